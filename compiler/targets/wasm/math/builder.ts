// Straight-line WebAssembly as calls: every operation is kept in a local of its own, so that its result can be used again.
//
//   const square = v.multiply(x, x);
//   return v.add(v.multiply(square, 0.5), x);
import { type Callee, call, local, select } from '../encoding/control.ts';
import type { Expression, Instruction } from '../encoding/expression.ts';
import { type Local, Locals } from '../encoding/locals.ts';
import type { FunctionContent } from '../encoding/module.ts';
import { f32, f64, i32 } from '../encoding/numbers.ts';
import type { ValueType } from '../encoding/types.ts';
import { f32x4, i32x4, v128 } from '../encoding/vectors.ts';

export type Vector = Local<'v128'>;
export type Single = Local<'f32'>;
export type Double = Local<'f64'>;
export type Integer = Local<'i32'>;
export type Long = Local<'i64'>;

/** Locals and their operations: what vector and plain code share. */
class Builder<Parameters extends readonly ValueType[]> {
  readonly locals: Locals<Parameters>;
  private readonly body: Instruction[] = [];

  constructor(...parameters: Parameters) {
    this.locals = new Locals(...parameters);
  }

  keep<T extends ValueType>(expression: Expression<T>): Local<T> {
    const kept = this.locals.add(expression.type);
    this.body.push(local.set(kept, expression));
    return kept;
  }

  get = local.get;

  /** The function that returns a value. */
  content<T extends ValueType>(name: string, result: Local<T>): FunctionContent<T> {
    return { name, locals: this.locals, body: this.body, result: local.get(result) };
  }
}

/** Four floats at a time; masks and integers are vectors too. */
export class VectorBuilder extends Builder<readonly ['v128']> {
  /** Calls another function of the library, one vector to one vector. */
  readonly call: (name: 'exponential' | 'logarithm', x: Vector) => Vector;

  constructor(library: (name: 'exponential' | 'logarithm') => Callee<'v128'>) {
    super('v128');
    this.call = (name, x) => this.keep(call(library(name), [this.get(x)]));
  }

  private part(operand: Vector | number): Expression<'v128'> {
    return typeof operand === 'number' ? f32x4.const(operand) : this.get(operand);
  }

  add = (a: Vector | number, b: Vector | number): Vector => this.keep(f32x4.add(this.part(a), this.part(b)));
  subtract = (a: Vector | number, b: Vector | number): Vector => this.keep(f32x4.sub(this.part(a), this.part(b)));
  multiply = (a: Vector | number, b: Vector | number): Vector => this.keep(f32x4.mul(this.part(a), this.part(b)));
  divide = (a: Vector | number, b: Vector | number): Vector => this.keep(f32x4.div(this.part(a), this.part(b)));
  negate = (a: Vector): Vector => this.keep(f32x4.neg(this.get(a)));
  absolute = (a: Vector): Vector => this.keep(f32x4.abs(this.get(a)));
  nearest = (a: Vector): Vector => this.keep(f32x4.nearest(this.get(a)));

  /** Into the range, NaN stays NaN. */
  clamp(a: Vector, low: number, high: number): Vector {
    return this.keep(f32x4.pmin(f32x4.pmax(this.get(a), f32x4.const(low)), f32x4.const(high)));
  }

  /** Highest power first. */
  polynomial(x: Vector, [first, ...rest]: readonly number[]): Vector {
    return rest.reduce<Vector | number>(
      (sum, coefficient) => this.add(this.multiply(sum, x), coefficient),
      first!,
    ) as Vector;
  }

  less = (a: Vector | number, b: Vector | number): Vector => this.keep(f32x4.lt(this.part(a), this.part(b)));
  equal = (a: Vector | number, b: Vector | number): Vector => this.keep(f32x4.eq(this.part(a), this.part(b)));
  select = (mask: Vector, yes: Vector | number, no: Vector | number): Vector =>
    this.keep(v128.bitselect(this.part(yes), this.part(no), this.get(mask)));

  /** The size of one with the sign of the other. */
  copySign(size: Vector, sign: Vector): Vector {
    return this.keep(v128.bitselect(this.get(sign), this.get(size), i32x4.const(-0x80000000)));
  }

  /** A whole number in floats as integers; NaN becomes 0. */
  toInteger = (a: Vector): Vector => this.keep(i32x4.trunc_sat_f32x4_s(this.get(a)));
  toFloat = (a: Vector): Vector => this.keep(f32x4.convert_i32x4_s(this.get(a)));
  addIntegers = (a: Vector, b: number): Vector => this.keep(i32x4.add(this.get(a), i32x4.const(b)));
  subtractIntegers = (a: Vector, b: Vector): Vector => this.keep(i32x4.sub(this.get(a), this.get(b)));
  negateIntegers = (a: Vector): Vector => this.keep(i32x4.neg(this.get(a)));
  shiftLeft = (a: Vector, by: number): Vector => this.keep(i32x4.shl(this.get(a), i32.const(by)));
  /** Keeps the sign. */
  shiftRight = (a: Vector, by: number): Vector => this.keep(i32x4.shr_s(this.get(a), i32.const(by)));
  and = (a: Vector, mask: number): Vector => this.keep(v128.and(this.get(a), i32x4.const(mask)));
  or = (a: Vector, mask: number): Vector => this.keep(v128.or(this.get(a), i32x4.const(mask)));

  /** 2ⁿ of integers −127 < n < 128. */
  powerOfTwo(n: Vector): Vector {
    return this.shiftLeft(this.addIntegers(n, 127), 23);
  }

  /** a · 2ⁿ, in two steps, so that results below the normal range are rounded once and n may be 128. */
  scale(a: Vector, n: Vector): Vector {
    const half = this.shiftRight(n, 1);
    const rest = this.subtractIntegers(n, half);
    return this.multiply(this.multiply(a, this.powerOfTwo(half)), this.powerOfTwo(rest));
  }
}

/** One double at a time, for what is rarely used and hard to get right in single precision. */
export class DoubleBuilder extends Builder<readonly 'f32'[]> {
  /** The byte address of a table of 32-bit integers. */
  readonly table: (values: readonly number[]) => number;

  constructor(arity: 1 | 2, table: (values: readonly number[]) => number) {
    super(...Array.from({ length: arity }, () => 'f32' as const));
    this.table = table;
  }

  private part(operand: Double | number): Expression<'f64'> {
    return typeof operand === 'number' ? f64.const(operand) : this.get(operand);
  }

  promote = (a: Single): Double => this.keep(f64.promote_f32(this.get(a)));
  demote = (a: Double): Single => this.keep(f32.demote_f64(this.get(a)));
  add = (a: Double | number, b: Double | number): Double => this.keep(f64.add(this.part(a), this.part(b)));
  subtract = (a: Double | number, b: Double | number): Double => this.keep(f64.sub(this.part(a), this.part(b)));
  multiply = (a: Double | number, b: Double | number): Double => this.keep(f64.mul(this.part(a), this.part(b)));
  divide = (a: Double | number, b: Double | number): Double => this.keep(f64.div(this.part(a), this.part(b)));
  negate = (a: Double): Double => this.keep(f64.neg(this.get(a)));
  absolute = (a: Double): Double => this.keep(f64.abs(this.get(a)));
  nearest = (a: Double): Double => this.keep(f64.nearest(this.get(a)));
  truncate = (a: Double): Double => this.keep(f64.trunc(this.get(a)));
  clamp = (a: Double, low: number, high: number): Double =>
    this.keep(f64.min(f64.max(this.get(a), this.part(low)), this.part(high)));

  /** Conditions are 32-bit integers, 0 or 1. */
  less = (a: Double | number, b: Double | number): Integer => this.keep(f64.lt(this.part(a), this.part(b)));
  equal = (a: Double | number, b: Double | number): Integer => this.keep(f64.eq(this.part(a), this.part(b)));
  both = (a: Integer, b: Integer): Integer => this.keep(i32.and(this.get(a), this.get(b)));
  not = (a: Integer): Integer => this.keep(i32.eqz(this.get(a)));
  select = (condition: Integer, yes: Double | number, no: Double | number): Double =>
    this.keep(select(this.get(condition), this.part(yes), this.part(no)));

  /** Highest power first. */
  polynomial(x: Double, [first, ...rest]: readonly number[]): Double {
    return rest.reduce<Double | number>(
      (sum, coefficient) => this.add(this.multiply(sum, x), coefficient),
      first!,
    ) as Double;
  }
}
