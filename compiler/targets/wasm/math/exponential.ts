// eˣ and eˣ − 1: x = n·ln 2 + r with |r| ≤ ln 2 / 2, a polynomial of r, then · 2ⁿ. Coefficients of the Cephes library
// (S. Moshier). Worst error 1 ulp and 2 ulp.
import { f32x4 } from '../encoding/vectors.ts';
import type { Vector, VectorBuilder } from './builder.ts';

const log2e = Math.LOG2E;
/** ln 2 in two parts: n times the first is exact. */
const ln2High = 0.693359375;
const ln2Low = Math.LN2 - ln2High;
/** (eʳ − 1 − r) / r². */
const coefficients = [
  1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
];

function reduced(v: VectorBuilder, x: Vector): { n: Vector; r: Vector; power: Vector } {
  const n = v.nearest(v.multiply(x, log2e));
  const r = v.subtract(v.subtract(x, v.multiply(n, ln2High)), v.multiply(n, ln2Low));
  return { n: v.toInteger(n), r, power: v.multiply(v.polynomial(r, coefficients), v.multiply(r, r)) };
}

/** Beyond these bounds the result is infinite or rounds to zero. */
export function exponential(v: VectorBuilder, x: Vector): Vector {
  const { n, r, power } = reduced(v, v.clamp(x, -104, 89));
  return v.scale(v.add(v.add(power, r), 1), n);
}

/** (eʳ − 1 + (1 − 2⁻ⁿ)) · 2ⁿ; below −18 the result is −1. */
export function exponentialMinusOne(v: VectorBuilder, x: Vector): Vector {
  const { n, r, power } = reduced(v, v.clamp(x, -18, 89));
  const small = v.add(power, r);
  const rest = v.subtract(1, v.scale(v.keep(f32x4.const(1)), v.negateIntegers(n)));
  return v.select(v.equal(x, 0), x, v.scale(v.add(small, rest), n));
}
