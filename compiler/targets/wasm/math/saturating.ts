// tanh, sigmoid and erf: polynomials near zero, exponentials further out.
import type { Vector, VectorBuilder } from './builder.ts';

/** (tanh x − x) / x³ as a polynomial of x², |x| < 0.625 (Cephes, S. Moshier); else 1 − 2 / (e²ˣ + 1). Worst error 2 ulp. */
export function tanh(v: VectorBuilder, x: Vector): Vector {
  const size = v.absolute(x);
  const square = v.multiply(x, x);
  const polynomial = v.polynomial(
    square,
    [-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1],
  );
  const near = v.add(v.multiply(v.multiply(polynomial, square), x), x);
  const far = v.subtract(1, v.divide(2, v.add(v.call('exponential', v.add(size, size)), 1)));
  // Not less: NaN takes the polynomial's way.
  return v.copySign(v.select(v.less(0.625, size), far, near), x);
}

/** 1 / (1 + e⁻ˣ), or eˣ / (1 + eˣ) for negative x, which does not overflow. Worst error 3 ulp. */
export function sigmoid(v: VectorBuilder, x: Vector): Vector {
  const power = v.call('exponential', v.negate(v.absolute(x)));
  return v.divide(v.select(v.less(x, 0), power, 1), v.add(power, 1));
}

/** Polynomials of N. Juffa: x + x·p(x²) near zero, 1 − e^q(|x|) further out. Worst error 2 ulp. */
export function errorFunction(v: VectorBuilder, x: Vector): Vector {
  const size = v.absolute(x);
  const square = v.multiply(x, x);
  const polynomial = v.polynomial(
    square,
    [-5.96761703e-4, 4.99119423e-3, -2.67681349e-2, 1.12819925e-1, -3.76125336e-1, 1.28379166e-1],
  );
  const near = v.add(v.multiply(polynomial, x), x);
  const exponent = v.polynomial(v.clamp(size, 0, 5), [
    -1.7285347e-5,
    3.83197126e-4,
    -3.88396438e-3,
    2.42546219e-2,
    -1.06777877e-1,
    -6.34846687e-1,
    -1.28717512e-1 - 1,
    0,
  ]);
  const far = v.subtract(1, v.call('exponential', exponent));
  return v.select(v.less(0.927734375, size), v.copySign(far, x), near);
}

/** −1, 0 or 1; zeros and NaN stay what they are. */
export function sign(v: VectorBuilder, x: Vector): Vector {
  return v.select(v.less(x, 0), -1, v.select(v.less(0, x), 1, x));
}
