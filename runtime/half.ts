// Half precision in memory, as the bits of 16-bit integers: Float16Array is newer than the engines that modules run in.

/** The value of IEEE 754 binary16 bits; every step is exact. */
export function widenHalf(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  let size = (1024 + fraction) * (1 << exponent) * 2 ** -25;
  if (exponent === 0) size = fraction * 2 ** -24;
  if (exponent === 31) size = fraction === 0 ? Infinity : NaN;
  return bits & 0x8000 ? -size : size;
}
