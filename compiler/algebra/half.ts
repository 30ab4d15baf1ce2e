// Half precision: IEEE 754 binary16, of a sign, 5 exponent bits and 10 fraction bits.
import { roundHalfEven } from './functions.ts';

/** The value of the bits. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The bits of the nearest value, of two equally near ones that with the even fraction. */
export function numberToHalf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  // From halfway between the largest value and what would be the next on, everything is infinite.
  if (size >= 65520) return sign | 0x7c00;
  if (size < 2 ** -14) return sign | roundHalfEven(size * 2 ** 24);
  const exponent = 17 - Math.clz32(Math.floor(size * 2 ** 14));
  // A fraction that is rounded up to 1024 carries into the exponent, as it should.
  return sign | (((exponent + 15) << 10) + roundHalfEven((size / 2 ** exponent - 1) * 1024));
}
