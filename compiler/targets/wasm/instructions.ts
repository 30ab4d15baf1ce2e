// The WebAssembly of each scalar function, on a plain number (f32) or on a vector of four (v128). What has no instruction
// is a call of a function of `math/`, built once and only where it is used.
//
// maximum(a, b) is `f32x4.max` in general: it keeps NaN as the function table says, but costs about six instructions on
// x86. Where one side is a constant, `pmax(x, constant)` is one instruction and keeps the NaN of x as well; the one
// difference is the sign of zero: maximum(−0, 0) gives −0. The same for minimum.
import type { FunctionName } from '../../algebra/functions.ts';
import { bytesOf } from '../../tensor.ts';
import type { Value, Width } from '../../tiler/loop.ts';
import { type Callee, call, select } from './encoding/control.ts';
import { type Expression, ofType } from './encoding/expression.ts';
import { f32 } from './encoding/numbers.ts';
import { f32x4, v128 } from './encoding/vectors.ts';
import type { Library } from './math/library.ts';

/** Of a number. */
export const bytes = bytesOf('f32');

/** A plain number, or a vector of four. */
export type Lanes = 'f32' | 'v128';

export const typeOf = (width: Width): Lanes => (width > 1 ? 'v128' : 'f32');

type Apply = Extract<Value, { kind: 'apply' }>;

/** What printing a value needs from the function around it. */
export interface Surroundings {
  /** Prints an argument. */
  readonly print: (value: Value) => Expression<Lanes>;
  readonly library: Library;
}

export const printApply = (value: Apply, width: Width, around: Surroundings): Expression<Lanes> =>
  width > 1 ? printVector(value, around) : printPlain(value, around);

type Print<T extends Lanes> = (value: Value) => Expression<T>;

function printPlain(value: Apply, around: Surroundings): Expression<'f32'> {
  const print: Print<'f32'> = (part) => ofType('f32', around.print(part));
  const [a, b, c] = value.arguments as [Value, Value, Value];
  switch (value.function) {
    case 'select': {
      const [left, right] = comparedIn(a) ?? [];
      const chosen = left && right ? f32.lt(print(left), print(right)) : f32.ne(print(a), f32.const(0));
      return select(chosen, print(b), print(c));
    }
    case 'less':
      return f32.convert_i32_u(f32.lt(print(a), print(b)));
    case 'maximum':
      return f32.max(print(a), print(b));
    case 'minimum':
      return f32.min(print(a), print(b));
    default:
      return printFunction(value, f32, print, (name) => around.library.plain(name));
  }
}

function printVector(value: Apply, around: Surroundings): Expression<'v128'> {
  const print: Print<'v128'> = (part) => ofType('v128', around.print(part));
  const [a, b, c] = value.arguments as [Value, Value, Value];
  switch (value.function) {
    case 'select': {
      const [left, right] = comparedIn(a) ?? [];
      const zeros = f32x4.splat(f32.const(0));
      const chosen = left && right ? f32x4.lt(print(left), print(right)) : f32x4.ne(print(a), zeros);
      return v128.bitselect(print(b), print(c), chosen);
    }
    case 'less':
      return v128.and(f32x4.lt(print(a), print(b)), f32x4.splat(f32.const(1)));
    case 'maximum':
    case 'minimum':
      return printExtreme(value.function, a, b, print);
    default:
      return printFunction(value, f32x4, print, (name) => around.library.vector(name));
  }
}

/** The sides of a comparison, whose mask needs no detour by ones and zeros. */
const comparedIn = (condition: Value): readonly Value[] | undefined =>
  condition.kind === 'apply' && condition.function === 'less' ? condition.arguments : undefined;

function printExtreme(name: 'maximum' | 'minimum', a: Value, b: Value, print: Print<'v128'>): Expression<'v128'> {
  const constant = [a, b].find((value) => value.kind === 'constant' && !Number.isNaN(value.value));
  const isMaximum = name === 'maximum';
  if (!constant) return (isMaximum ? f32x4.max : f32x4.min)(print(a), print(b));
  const other = print(constant === a ? b : a);
  return (isMaximum ? f32x4.pmax : f32x4.pmin)(other, print(constant));
}

/** Functions that have an instruction, under its name for numbers and for vectors. */
const instructions = {
  add: 'add',
  subtract: 'sub',
  multiply: 'mul',
  divide: 'div',
  negate: 'neg',
  absolute: 'abs',
  squareRoot: 'sqrt',
  floor: 'floor',
  ceiling: 'ceil',
  truncate: 'trunc',
  roundHalfEven: 'nearest',
} as const satisfies Partial<Record<FunctionName, keyof typeof f32 & keyof typeof f32x4>>;

type Arithmetic<T extends Lanes> = Record<
  (typeof instructions)[keyof typeof instructions],
  (...operands: Expression<T>[]) => Expression<T>
>;

function printFunction<T extends Lanes>(
  value: Apply,
  type: Arithmetic<T>,
  print: Print<T>,
  library: (name: FunctionName) => Callee<T>,
): Expression<T> {
  const parts = value.arguments.map(print);
  const name = hasInstruction(value.function) ? instructions[value.function] : undefined;
  return name ? type[name](...parts) : call(library(value.function), parts);
}

const hasInstruction = (name: FunctionName): name is keyof typeof instructions => name in instructions;
