// The scalar functions a tensor expression may apply: one table with arity, value and identity for reductions.
// Backends spell the same names; the interpreter and the oracle use `evaluate`.

export interface ScalarFunction {
  readonly arity: 1 | 2 | 3;
  readonly evaluate: (a: number, b: number, c: number) => number;
}

const unary = (evaluate: (a: number) => number): ScalarFunction => ({ arity: 1, evaluate });
const binary = (evaluate: (a: number, b: number) => number): ScalarFunction => ({ arity: 2, evaluate });

/** Abramowitz–Stegun is too coarse for float32 checks: a series near zero, a continued fraction for the tail. */
export function errorFunction(x: number): number {
  const size = Math.abs(x);
  if (Number.isNaN(x)) return Number.NaN;
  if (size > 6) return Math.sign(x);
  if (size < 2.5) {
    let term = size;
    let sum = size;
    for (let n = 1; Math.abs(term) > 1e-17 * sum && n < 200; n++) {
      term *= (-size * size) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (size + fraction);
  return Math.sign(x) * (1 - Math.exp(-size * size) / ((size + fraction) * Math.sqrt(Math.PI)));
}

/** Round half to even, as IEEE 754 and ONNX do. */
export function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** A computed index: rounded half to even, clamped to an axis of this extent; NaN is 0. */
export const clampedPlace = (x: number, extent: number): number =>
  Number.isNaN(x) ? 0 : Math.min(Math.max(roundHalfEven(x), 0), extent - 1);

export const functions = {
  add: binary((a, b) => a + b),
  subtract: binary((a, b) => a - b),
  multiply: binary((a, b) => a * b),
  divide: binary((a, b) => a / b),
  /** NaN if either is NaN, as IEEE 754-2019 `maximum`. */
  maximum: binary((a, b) => Math.max(a, b)),
  minimum: binary((a, b) => Math.min(a, b)),
  power: binary((a, b) => a ** b),
  negate: unary((a) => -a),
  absolute: unary(Math.abs),
  squareRoot: unary(Math.sqrt),
  exponential: unary(Math.exp),
  /** e^a − 1 without cancellation near zero. */
  exponentialMinusOne: unary(Math.expm1),
  logarithm: unary(Math.log),
  /** log(1 + a) without cancellation near zero. */
  logarithmOnePlus: unary(Math.log1p),
  tanh: unary(Math.tanh),
  sigmoid: unary((a) => 1 / (1 + Math.exp(-a))),
  errorFunction: unary(errorFunction),
  sine: unary(Math.sin),
  cosine: unary(Math.cos),
  tangent: unary(Math.tan),
  floor: unary(Math.floor),
  ceiling: unary(Math.ceil),
  truncate: unary(Math.trunc),
  roundHalfEven: unary(roundHalfEven),
  sign: unary(Math.sign),
  /** 1 where a < b, else 0. */
  less: binary((a, b) => (a < b ? 1 : 0)),
  /** b where a is not zero, else c. */
  select: { arity: 3, evaluate: (a, b, c) => (a !== 0 ? b : c) },
} satisfies Record<string, ScalarFunction>;

export type FunctionName = keyof typeof functions;

export function applyFunction(name: FunctionName, values: readonly number[]): number {
  return functions[name].evaluate(values[0] ?? 0, values[1] ?? 0, values[2] ?? 0);
}
