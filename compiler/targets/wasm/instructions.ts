// The WebAssembly of each scalar function, on a plain number (f32) or on a vector of four (v128). What has no instruction
// is a call of a function of `math/`, built once and only where it is used.
//
// maximum(a, b) is `f32x4.max` in general: it keeps NaN as the function table says, but costs about six instructions on
// x86. Where one side is a constant, `pmax(x, constant)` is one instruction and keeps the NaN of x as well; the one
// difference is the sign of zero: maximum(−0, 0) gives −0. The same for minimum.
import binaryen from 'binaryen';
import type { FunctionName } from '../../algebra/functions.ts';
import type { Value, Width } from '../../tiler/loop.ts';

export type Expression = binaryen.ExpressionRef;

/** Of a number. */
export const bytes = 4;

/** Loads and stores name their memory: the module gets it last, when its size is known. */
export const memoryName = 'memory';

type Apply = Extract<Value, { kind: 'apply' }>;

/** What printing a value needs from the function around it. */
export interface Surroundings {
  readonly module: binaryen.Module;
  /** Prints an argument. */
  readonly print: (value: Value) => Expression;
  /** The name of a function of `math/`, which the module then includes. */
  readonly library: (name: FunctionName, width: Width) => string;
}

export const typeOf = (width: Width): binaryen.Type => (width === 4 ? binaryen.v128 : binaryen.f32);

export function printApply(value: Apply, width: Width, around: Surroundings): Expression {
  const { module } = around;
  switch (value.function) {
    case 'select':
      return printSelect(value.arguments, width, around);
    case 'less':
      return printLess(value.arguments, width, around);
    case 'maximum':
    case 'minimum':
      return printExtreme(value.function, value.arguments, width, around);
    default: {
      const parts = value.arguments.map(around.print);
      return (
        instruction(width === 4 ? module.f32x4 : module.f32, value.function, parts[0]!, parts[1]!) ??
        module.call(around.library(value.function, width), parts, typeOf(width))
      );
    }
  }
}

/** Plain and vector instructions have the same names. */
type Arithmetic = Pick<
  binaryen.Module['f32x4'],
  'add' | 'sub' | 'mul' | 'div' | 'neg' | 'abs' | 'sqrt' | 'floor' | 'ceil' | 'trunc' | 'nearest'
>;

function instruction(type: Arithmetic, name: FunctionName, a: Expression, b: Expression): Expression | undefined {
  switch (name) {
    case 'add':
      return type.add(a, b);
    case 'subtract':
      return type.sub(a, b);
    case 'multiply':
      return type.mul(a, b);
    case 'divide':
      return type.div(a, b);
    case 'negate':
      return type.neg(a);
    case 'absolute':
      return type.abs(a);
    case 'squareRoot':
      return type.sqrt(a);
    case 'floor':
      return type.floor(a);
    case 'ceiling':
      return type.ceil(a);
    case 'truncate':
      return type.trunc(a);
    case 'roundHalfEven':
      return type.nearest(a);
    default:
      return undefined;
  }
}

function printExtreme(
  name: 'maximum' | 'minimum',
  [a, b]: readonly Value[],
  width: Width,
  { module, print }: Surroundings,
): Expression {
  const type = width === 4 ? module.f32x4 : module.f32;
  const constant = [a!, b!].find((value) => value.kind === 'constant' && !Number.isNaN(value.value));
  if (width === 1 || !constant) {
    return name === 'maximum' ? type.max(print(a!), print(b!)) : type.min(print(a!), print(b!));
  }
  const other = print(constant === a ? b! : a!);
  return name === 'maximum' ? module.f32x4.pmax(other, print(constant)) : module.f32x4.pmin(other, print(constant));
}

/** A mask of ones where a < b. */
function mask([a, b]: readonly Value[], width: Width, { module, print }: Surroundings): Expression {
  return width === 4 ? module.f32x4.lt(print(a!), print(b!)) : module.f32.lt(print(a!), print(b!));
}

function printLess(parts: readonly Value[], width: Width, around: Surroundings): Expression {
  const { module } = around;
  const smaller = mask(parts, width, around);
  return width === 4
    ? module.v128.and(smaller, module.f32x4.splat(module.f32.const(1)))
    : module.f32.convert_u.i32(smaller);
}

function printSelect([condition, yes, no]: readonly Value[], width: Width, around: Surroundings): Expression {
  const { module, print } = around;
  const test = condition!.kind === 'apply' && condition!.function === 'less' ? condition!.arguments : undefined;
  if (width === 4) {
    const chosen = test
      ? mask(test, width, around)
      : module.f32x4.ne(print(condition!), module.f32x4.splat(module.f32.const(0)));
    return module.v128.bitselect(print(yes!), print(no!), chosen);
  }
  const chosen = test ? mask(test, width, around) : module.f32.ne(print(condition!), module.f32.const(0));
  return module.select(chosen, print(yes!), print(no!));
}
