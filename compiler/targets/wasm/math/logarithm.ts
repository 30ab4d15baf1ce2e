// ln x: x = m·2ᵉ with √½ ≤ m < √2, a polynomial of m − 1, plus e·ln 2 in two parts. Coefficients of the Cephes library
// (S. Moshier). Worst error 2 ulp; ln(1 + x) 3 ulp.
import type { Vector, VectorBuilder } from './builder.ts';

/** (ln(1 + f) − f + f²/2) / f³. */
const coefficients = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
];
const smallestNormal = 2 ** -126;

export function logarithm(v: VectorBuilder, x: Vector): Vector {
  const tiny = v.less(x, smallestNormal);
  const normal = v.select(tiny, v.multiply(x, 2 ** 23), x);
  // The exponent of m / √½, rounded down: m · 2 where m < √½.
  const shifted = v.addIntegers(normal, 0x3f800000 - 0x3f3504f3);
  const exponent = v.addIntegers(v.shiftRight(shifted, 23), -127);
  const e = v.add(v.toFloat(exponent), v.select(tiny, -23, 0));
  const mantissa = v.addIntegers(v.and(shifted, 0x007fffff), 0x3f3504f3);
  const f = v.subtract(mantissa, 1);
  const square = v.multiply(f, f);
  const cubic = v.multiply(v.multiply(v.polynomial(f, coefficients), f), square);
  const low = v.add(v.subtract(cubic, v.multiply(square, 0.5)), v.multiply(e, -2.1219444e-4));
  const value = v.add(v.add(f, low), v.multiply(e, 0.693359375));
  const finite = v.select(v.less(x, Number.POSITIVE_INFINITY), value, x);
  const positive = v.select(v.less(x, 0), Number.NaN, finite);
  return v.select(v.equal(x, 0), Number.NEGATIVE_INFINITY, positive);
}

/** ln u + (x − (u − 1)) / u with u = 1 + x as rounded: what rounding took away is added again. */
export function logarithmOnePlus(v: VectorBuilder, x: Vector): Vector {
  const u = v.add(x, 1);
  const correction = v.divide(v.subtract(x, v.subtract(u, 1)), u);
  const usable = v.equal(correction, correction);
  const value = v.add(v.call('logarithm', u), v.select(usable, correction, 0));
  return v.select(v.equal(u, 1), x, value);
}
