// Straight-line WebAssembly as calls: every operation is kept in a local of its own, so that its result can be used again.
//
//   const square = v.multiply(x, x);
//   return v.add(v.multiply(square, 0.5), x);
import binaryen from 'binaryen';
import type { Expression } from '../instructions.ts';

/** A value that a local holds. */
export interface Kept {
  readonly index: number;
  readonly type: binaryen.Type;
}

/** Locals, constants and calls: what vector and plain code share. */
export class Builder {
  readonly statements: Expression[] = [];
  readonly locals: binaryen.Type[] = [];
  readonly module: binaryen.Module;
  private readonly parameters: number;

  constructor(module: binaryen.Module, parameters: number) {
    this.module = module;
    this.parameters = parameters;
  }

  keep(type: binaryen.Type, expression: Expression): Kept {
    this.locals.push(type);
    const index = this.parameters + this.locals.length - 1;
    this.statements.push(this.module.local.set(index, expression));
    return { index, type };
  }

  get({ index, type }: Kept): Expression {
    return this.module.local.get(index, type);
  }

  /** The body of a function that returns a value. */
  body(result: Kept): Expression {
    return this.module.block(null, [...this.statements, this.get(result)], result.type);
  }
}

export type Operand = Kept | number;

/** Four floats at a time; masks and integers are vectors too. */
export class VectorBuilder extends Builder {
  /** Calls another function of the library, one vector to one vector. */
  readonly call: (name: 'exponential' | 'logarithm', x: Kept) => Kept;

  constructor(module: binaryen.Module, parameters: number, library: (name: 'exponential' | 'logarithm') => string) {
    super(module, parameters);
    this.call = (name, x) => this.vector(module.call(library(name), [this.get(x)], binaryen.v128));
  }

  vector(expression: Expression): Kept {
    return this.keep(binaryen.v128, expression);
  }

  /** A number in every lane. */
  float(value: number): Expression {
    return this.bits(new Uint8Array(new Float32Array(4).fill(value).buffer));
  }

  integer(value: number): Expression {
    return this.bits(new Uint8Array(new Int32Array(4).fill(value).buffer));
  }

  private bits(bytes: Uint8Array): Expression {
    return this.module.v128.const(bytes);
  }

  private part(operand: Operand): Expression {
    return typeof operand === 'number' ? this.float(operand) : this.get(operand);
  }

  add = (a: Operand, b: Operand): Kept => this.vector(this.module.f32x4.add(this.part(a), this.part(b)));
  subtract = (a: Operand, b: Operand): Kept => this.vector(this.module.f32x4.sub(this.part(a), this.part(b)));
  multiply = (a: Operand, b: Operand): Kept => this.vector(this.module.f32x4.mul(this.part(a), this.part(b)));
  divide = (a: Operand, b: Operand): Kept => this.vector(this.module.f32x4.div(this.part(a), this.part(b)));
  negate = (a: Kept): Kept => this.vector(this.module.f32x4.neg(this.get(a)));
  absolute = (a: Kept): Kept => this.vector(this.module.f32x4.abs(this.get(a)));
  nearest = (a: Kept): Kept => this.vector(this.module.f32x4.nearest(this.get(a)));

  /** Into the range, NaN stays NaN. */
  clamp(a: Kept, low: number, high: number): Kept {
    const { f32x4 } = this.module;
    return this.vector(f32x4.pmin(f32x4.pmax(this.get(a), this.float(low)), this.float(high)));
  }

  /** Highest power first. */
  polynomial(x: Kept, [first, ...rest]: readonly number[]): Kept {
    return rest.reduce<Operand>((sum, coefficient) => this.add(this.multiply(sum, x), coefficient), first!) as Kept;
  }

  less = (a: Operand, b: Operand): Kept => this.vector(this.module.f32x4.lt(this.part(a), this.part(b)));
  equal = (a: Operand, b: Operand): Kept => this.vector(this.module.f32x4.eq(this.part(a), this.part(b)));
  select = (mask: Kept, yes: Operand, no: Operand): Kept =>
    this.vector(this.module.v128.bitselect(this.part(yes), this.part(no), this.get(mask)));

  /** The size of one with the sign of the other. */
  copySign(size: Kept, sign: Kept): Kept {
    return this.vector(this.module.v128.bitselect(this.get(sign), this.get(size), this.integer(-0x80000000)));
  }

  /** A whole number in floats as integers; NaN becomes 0. */
  toInteger = (a: Kept): Kept => this.vector(this.module.i32x4.trunc_sat_f32x4_s(this.get(a)));
  toFloat = (a: Kept): Kept => this.vector(this.module.f32x4.convert_i32x4_s(this.get(a)));
  addIntegers = (a: Kept, b: number): Kept => this.vector(this.module.i32x4.add(this.get(a), this.integer(b)));
  subtractIntegers = (a: Kept, b: Kept): Kept => this.vector(this.module.i32x4.sub(this.get(a), this.get(b)));
  negateIntegers = (a: Kept): Kept => this.vector(this.module.i32x4.neg(this.get(a)));
  shiftLeft = (a: Kept, by: number): Kept => this.vector(this.module.i32x4.shl(this.get(a), this.module.i32.const(by)));
  /** Keeps the sign. */
  shiftRight = (a: Kept, by: number): Kept =>
    this.vector(this.module.i32x4.shr_s(this.get(a), this.module.i32.const(by)));
  and = (a: Kept, mask: number): Kept => this.vector(this.module.v128.and(this.get(a), this.integer(mask)));
  or = (a: Kept, mask: number): Kept => this.vector(this.module.v128.or(this.get(a), this.integer(mask)));

  /** 2ⁿ of integers −127 < n < 128. */
  powerOfTwo(n: Kept): Kept {
    return this.shiftLeft(this.addIntegers(n, 127), 23);
  }

  /** a · 2ⁿ, in two steps, so that results below the normal range are rounded once and n may be 128. */
  scale(a: Kept, n: Kept): Kept {
    const half = this.shiftRight(n, 1);
    const rest = this.subtractIntegers(n, half);
    return this.multiply(this.multiply(a, this.powerOfTwo(half)), this.powerOfTwo(rest));
  }
}

/** One double at a time, for what is rarely used and hard to get right in single precision. */
export class DoubleBuilder extends Builder {
  /** The byte address of a table of 32-bit integers. */
  readonly table: (values: readonly number[]) => number;

  constructor(module: binaryen.Module, parameters: number, table: (values: readonly number[]) => number) {
    super(module, parameters);
    this.table = table;
  }

  double = (expression: Expression): Kept => this.keep(binaryen.f64, expression);
  integer = (expression: Expression): Kept => this.keep(binaryen.i32, expression);
  long = (expression: Expression): Kept => this.keep(binaryen.i64, expression);

  private part(operand: Operand): Expression {
    return typeof operand === 'number' ? this.module.f64.const(operand) : this.get(operand);
  }

  promote = (a: Kept): Kept => this.double(this.module.f64.promote(this.get(a)));
  demote = (a: Kept): Kept => this.keep(binaryen.f32, this.module.f32.demote(this.get(a)));
  add = (a: Operand, b: Operand): Kept => this.double(this.module.f64.add(this.part(a), this.part(b)));
  subtract = (a: Operand, b: Operand): Kept => this.double(this.module.f64.sub(this.part(a), this.part(b)));
  multiply = (a: Operand, b: Operand): Kept => this.double(this.module.f64.mul(this.part(a), this.part(b)));
  divide = (a: Operand, b: Operand): Kept => this.double(this.module.f64.div(this.part(a), this.part(b)));
  negate = (a: Kept): Kept => this.double(this.module.f64.neg(this.get(a)));
  absolute = (a: Kept): Kept => this.double(this.module.f64.abs(this.get(a)));
  nearest = (a: Kept): Kept => this.double(this.module.f64.nearest(this.get(a)));
  truncate = (a: Kept): Kept => this.double(this.module.f64.trunc(this.get(a)));
  clamp = (a: Kept, low: number, high: number): Kept =>
    this.double(this.module.f64.min(this.module.f64.max(this.get(a), this.part(low)), this.part(high)));

  /** Conditions are 32-bit integers, 0 or 1. */
  less = (a: Operand, b: Operand): Kept => this.integer(this.module.f64.lt(this.part(a), this.part(b)));
  equal = (a: Operand, b: Operand): Kept => this.integer(this.module.f64.eq(this.part(a), this.part(b)));
  both = (a: Kept, b: Kept): Kept => this.integer(this.module.i32.and(this.get(a), this.get(b)));
  not = (a: Kept): Kept => this.integer(this.module.i32.eqz(this.get(a)));
  select = (condition: Kept, yes: Operand, no: Operand): Kept =>
    this.double(this.module.select(this.get(condition), this.part(yes), this.part(no)));

  /** Highest power first. */
  polynomial(x: Kept, [first, ...rest]: readonly number[]): Kept {
    return rest.reduce<Operand>((sum, coefficient) => this.add(this.multiply(sum, x), coefficient), first!) as Kept;
  }
}
