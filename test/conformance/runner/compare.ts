// Whether a result is within a case's own tolerance of what the case expects.
import type { Dense, Tolerance } from './case.ts';

export interface Comparison {
  /** Only so many values. */
  readonly first?: number;
  readonly nonFiniteAlike?: boolean;
  /** The values are half floats: results are rounded to them, and the last place is theirs. */
  readonly half?: boolean;
}

/** Nothing, or the first difference in words. */
export function difference(
  actual: Dense,
  expected: Dense,
  tolerance: Tolerance,
  options: Comparison = {},
): string | undefined {
  if (expected.shape.join() !== actual.shape.join())
    return `shape [${actual.shape.join(', ')}] instead of [${expected.shape.join(', ')}]`;
  if (!expected.data) return undefined;
  if (!actual.data) return 'there are no values';
  const end = Math.min(options.first ?? expected.data.length, expected.data.length);
  const distance = options.half ? halfDistance : ulpDistance;
  let wrong = 0;
  let first = -1;
  for (let n = 0; n < end; n++) {
    const e = expected.data[n]!;
    const a = options.half ? roundToHalf(actual.data[n]!) : actual.data[n]!;
    if (within(a, e, tolerance, distance) || (options.nonFiniteAlike && !Number.isFinite(a) && !Number.isFinite(e)))
      continue;
    if (first < 0) first = n;
    wrong++;
  }
  if (first < 0) return undefined;
  const [is, should] = [actual.data[first]!, expected.data[first]!];
  return `${wrong} of ${end} values, first at ${first}: ${is} instead of ${should} (${distance(is, should)} ulp)`;
}

type Distance = (a: number, b: number) => number;

function within(actual: number, expected: number, tolerance: Tolerance, distance: Distance): boolean {
  if (Number.isNaN(expected) || Number.isNaN(actual)) return Number.isNaN(expected) && Number.isNaN(actual);
  if (actual === expected) return true;
  switch (tolerance.type) {
    case 'ulp':
      return distance(actual, expected) <= tolerance.value;
    case 'abs':
    case 'atol':
      return Math.abs(actual - expected) <= tolerance.value;
    case 'abs-rel':
      return (
        Number.isFinite(expected) && Math.abs(actual - expected) <= tolerance.abs + tolerance.rel * Math.abs(expected)
      );
  }
}

const bits = new DataView(new ArrayBuffer(4));

/** How many float32 numbers lie between two of them; +0 and −0 are one. */
export function ulpDistance(a: number, b: number): number {
  return Math.abs(ordinal(a) - ordinal(b));
}

function ordinal(value: number): number {
  bits.setFloat32(0, Math.abs(value));
  const size = bits.getUint32(0);
  return value < 0 ? -size : size;
}

/** The nearest half float, of two the even one. */
export function roundToHalf(value: number): number {
  const size = Math.abs(value);
  if (!(size < 65520)) return Number.isNaN(value) ? value : Math.sign(value) * Number.POSITIVE_INFINITY;
  const steps = size / placeOf(size);
  const down = Math.floor(steps);
  const rest = steps - down;
  const rounded = rest > 0.5 || (rest === 0.5 && down % 2 === 1) ? down + 1 : down;
  return Math.sign(value) * rounded * placeOf(size);
}

/** What the last of ten places is worth. */
const placeOf = (size: number): number => 2 ** (Math.max(-14, Math.floor(Math.log2(size))) - 10);

/** How many half floats lie between two of them. */
function halfDistance(a: number, b: number): number {
  return Math.abs(halfOrdinal(a) - halfOrdinal(b));
}

function halfOrdinal(value: number): number {
  const size = Math.min(Math.abs(value), 65536);
  const place = placeOf(size);
  const exponent = Math.round(Math.log2(place)) + 24;
  return Math.sign(value) * (1024 * exponent + size / place);
}
