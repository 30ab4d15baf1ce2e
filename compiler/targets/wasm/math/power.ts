// aᵇ as 2^(b·log₂ a) in double precision, with the special cases of JavaScript's `**`: worst error 1 ulp.
import { f64, i64 } from '../encoding/numbers.ts';
import type { Double, DoubleBuilder, Single } from './builder.ts';

export function power(d: DoubleBuilder, a: Single, b: Single): Single {
  const base = d.promote(a);
  const exponent = d.promote(b);
  const size = raise(d, d.multiply(exponent, logarithm2(d, d.absolute(base))));
  const whole = d.equal(exponent, d.truncate(exponent));
  const half = d.multiply(exponent, 0.5);
  const odd = d.both(whole, d.not(d.equal(half, d.truncate(half))));
  const negative = d.keep(i64.lt_s(i64.reinterpret_f64(d.get(base)), i64.const(0n)));
  const signed = d.select(d.both(negative, odd), d.negate(size), size);
  // A negative number that is neither zero nor infinite has powers of whole exponents only.
  const ordinary = d.both(d.less(base, 0), d.less(Number.NEGATIVE_INFINITY, base));
  const real = d.select(d.both(ordinary, d.not(whole)), Number.NaN, signed);
  return d.demote(d.select(d.equal(exponent, 0), 1, real));
}

/** log₂ of a number that is not negative: exponent and 2·artanh((m − 1) / (m + 1)) / ln 2 of the mantissa. */
function logarithm2(d: DoubleBuilder, x: Double): Double {
  const rootHalf = 0x3fe6a09e667f3bcdn;
  const one = 0x3ff0000000000000n;
  const shifted = d.keep(i64.add(i64.reinterpret_f64(d.get(x)), i64.const(one - rootHalf)));
  const exponent = f64.convert_i64_s(i64.sub(i64.shr_s(d.get(shifted), i64.const(52n)), i64.const(1023n)));
  const mantissa = i64.add(i64.and(d.get(shifted), i64.const((1n << 52n) - 1n)), i64.const(rootHalf));
  const m = d.keep(f64.reinterpret_i64(mantissa));
  const s = d.divide(d.subtract(m, 1), d.add(m, 1));
  const odds = [19, 17, 15, 13, 11, 9, 7, 5, 3, 1].map((n) => (2 * Math.LOG2E) / n);
  const value = d.add(d.keep(exponent), d.multiply(d.polynomial(d.multiply(s, s), odds), s));
  const finite = d.select(d.less(x, Number.POSITIVE_INFINITY), value, x);
  return d.select(d.equal(x, 0), Number.NEGATIVE_INFINITY, finite);
}

/** 2ˣ; what float32 cannot hold anyway is cut off. */
function raise(d: DoubleBuilder, x: Double): Double {
  const bounded = d.clamp(x, -1000, 1000);
  const n = d.nearest(bounded);
  const rest = d.multiply(d.subtract(bounded, n), Math.LN2);
  const factorials = [1];
  for (let k = 1; k <= 12; k++) factorials.unshift(factorials[0]! * k);
  const fraction = d.polynomial(
    rest,
    factorials.map((factorial) => 1 / factorial),
  );
  const bits = i64.shl(i64.add(i64.trunc_sat_f64_s(d.get(n)), i64.const(1023n)), i64.const(52n));
  return d.multiply(fraction, d.keep(f64.reinterpret_i64(bits)));
}
