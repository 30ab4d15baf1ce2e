// sin, cos and tan in double precision: the argument minus a multiple of π/2, then a polynomial (FreeBSD msun, S. Moshier
// and B. Evans). Worst error 1 ulp over the whole range.
import { select } from '../encoding/control.ts';
import type { Expression } from '../encoding/expression.ts';
import { f64, i32, i64 } from '../encoding/numbers.ts';
import type { Double, DoubleBuilder, Integer, Long, Single } from './builder.ts';

/** A quarter turn in two parts: multiples of the first up to 2²⁸ are exact. */
const quarterHigh = 1.5707963109016418;
const quarterLow = 1.5893254773528196e-8;
const small = 2 ** 20;

export const sine = (d: DoubleBuilder, x: Single): Single => keepingZero(d, x, circular(d, reduce(d, x), 0));
export const cosine = (d: DoubleBuilder, x: Single): Single => d.demote(circular(d, reduce(d, x), 1));

export function tangent(d: DoubleBuilder, x: Single): Single {
  const reduced = reduce(d, x);
  return keepingZero(d, x, d.divide(circular(d, reduced, 0), circular(d, reduced, 1)));
}

/** sin(−0) is −0. */
function keepingZero(d: DoubleBuilder, x: Single, value: Double): Single {
  const wide = d.promote(x);
  return d.demote(d.select(d.equal(wide, 0), wide, value));
}

interface Reduced {
  /** −π/4 ≤ rest ≤ π/4. */
  readonly rest: Double;
  /** Quarter turns, modulo 4. */
  readonly quarters: Integer;
}

/** sin(rest + (quarters + ahead)·π/2). */
function circular(d: DoubleBuilder, { rest, quarters }: Reduced, ahead: number): Double {
  const square = d.multiply(rest, rest);
  const sinePart = d.polynomial(
    square,
    [2.718311493989822e-6, -0.00019839334836096632, 0.008333329385889463, -0.16666666641626524],
  );
  const sineOfRest = d.add(rest, d.multiply(d.multiply(sinePart, square), rest));
  const cosineOfRest = d.polynomial(
    square,
    [2.439044879627741e-5, -0.001388676377460993, 0.04166662332373906, -0.499999997251031, 1],
  );
  const turn = d.keep(i32.add(d.get(quarters), i32.const(ahead)));
  const odd = d.keep(i32.and(d.get(turn), i32.const(1)));
  const value = d.select(odd, cosineOfRest, sineOfRest);
  return d.select(d.keep(i32.and(d.get(turn), i32.const(2))), d.negate(value), value);
}

function reduce(d: DoubleBuilder, x: Single): Reduced {
  const wide = d.promote(x);
  const turns = d.nearest(d.multiply(wide, 2 / Math.PI));
  const near = d.subtract(d.subtract(wide, d.multiply(turns, quarterHigh)), d.multiply(turns, quarterLow));
  const isNear = d.less(d.absolute(wide), small);
  const far = reduceFar(d, x);
  const quarters = select(d.get(isNear), i32.trunc_sat_f64_s(d.get(turns)), d.get(far.quarters));
  const rest = d.select(isNear, near, far.rest);
  // Infinity and NaN have no rest.
  return { quarters: d.keep(quarters), rest: d.add(rest, d.subtract(wide, wide)) };
}

/** 2/π in binary, beginning two places behind the point, after a word of zeros. */
const twoOverPi = [0, 0x28be60db, 0x9391054a, 0x7f09d5f4, 0x7d4d3770, 0x36d8a566, 0x4f10e410, 0x7f9458ea, 0xf7aef158];

/**
 * M. Payne and R. Hanek, "Radian Reduction for Trigonometric Functions", 1983: of 2/π only the 96 bits that count at the
 * argument's exponent, times its 24 bits, in fixed point with 62 places behind the quarter. The code follows N. Juffa.
 */
function reduceFar(d: DoubleBuilder, x: Single): Reduced {
  const bits = d.keep(i32.reinterpret_f32(d.get(x)));
  const mantissa = i32.or(i32.shl(i32.and(d.get(bits), i32.const(0x7fffff)), i32.const(8)), i32.const(-0x80000000));
  const digits = d.keep(i64.extend_i32_u(mantissa));
  const [high, middle, low] = wordsAt(d, bits);
  const first = d.keep(i64.mul(d.get(digits), d.get(low)));
  const second = d.keep(i64.add(i64.mul(d.get(digits), d.get(middle)), i64.shr_u(d.get(first), i64.const(32n))));
  const product = d.keep(i64.add(i64.shl(i64.mul(d.get(digits), d.get(high)), i64.const(32n)), d.get(second)));
  const quarters = d.keep(i64.shr_u(i64.add(d.get(product), i64.const(1n << 61n)), i64.const(62n)));
  const fraction = i64.sub(d.get(product), i64.shl(d.get(quarters), i64.const(62n)));
  const rest = d.multiply(d.keep(f64.convert_i64_s(fraction)), (Math.PI / 2) * 2 ** -62);
  const turns = d.keep(i32.wrap_i64(d.get(quarters)));
  const negative = d.keep(i32.lt_s(d.get(bits), i32.const(0)));
  return {
    rest: d.select(negative, d.negate(rest), rest),
    quarters: d.keep(select(d.get(negative), i32.sub(i32.const(0), d.get(turns)), d.get(turns))),
  };
}

/** The three words of 2/π that count at an argument's exponent. */
function wordsAt(d: DoubleBuilder, bits: Integer): readonly [Long, Long, Long] {
  const biased = i32.and(i32.shr_u(d.get(bits), i32.const(23)), i32.const(0xff));
  const exponent = d.keep(i32.sub(biased, i32.const(126)));
  // Arguments below one are never far: any place in the table will do.
  const bounded = d.keep(i32.and(d.get(exponent), i32.xor(i32.shr_s(d.get(exponent), i32.const(31)), i32.const(-1))));
  const address = d.keep(i32.shl(i32.shr_u(d.get(bounded), i32.const(5)), i32.const(2)));
  const shift = d.keep(i64.extend_i32_u(i32.and(d.get(bounded), i32.const(31))));
  const table = d.table(twoOverPi);
  const word = (n: number): Expression<'i64'> => i64.load32_u({ pointer: d.get(address), offset: table + 4 * n });
  const pair = (n: number): Long => d.keep(i64.or(i64.shl(word(n), i64.const(32n)), word(n + 1)));
  const upper = pair(0);
  const lower = pair(2);
  const carried = i64.shr_u(i64.shr_u(d.get(lower), i64.const(1n)), i64.sub(i64.const(63n), d.get(shift)));
  const top = d.keep(i64.or(i64.shl(d.get(upper), d.get(shift)), carried));
  return [
    d.keep(i64.shr_u(d.get(top), i64.const(32n))),
    d.keep(i64.and(d.get(top), i64.const(0xffffffffn))),
    d.keep(i64.shr_u(i64.shl(d.get(lower), d.get(shift)), i64.const(32n))),
  ];
}
