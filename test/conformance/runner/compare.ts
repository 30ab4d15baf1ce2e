// Whether a result is within a case's own tolerance of what the case expects.
import type { Dense, Tolerance } from './case.ts';

/** Nothing, or the first difference in words. */
export function difference(
  actual: Dense,
  expected: Dense,
  tolerance: Tolerance,
  options: { readonly first?: number; readonly nonFiniteAlike?: boolean } = {},
): string | undefined {
  if (expected.shape.join() !== actual.shape.join())
    return `shape [${actual.shape.join(', ')}] instead of [${expected.shape.join(', ')}]`;
  if (!expected.data) return undefined;
  if (!actual.data) return 'there are no values';
  const end = Math.min(options.first ?? expected.data.length, expected.data.length);
  let wrong = 0;
  let first = -1;
  for (let n = 0; n < end; n++) {
    const [a, e] = [actual.data[n]!, expected.data[n]!];
    if (within(a, e, tolerance) || (options.nonFiniteAlike && !Number.isFinite(a) && !Number.isFinite(e))) continue;
    if (first < 0) first = n;
    wrong++;
  }
  if (first < 0) return undefined;
  const [is, should] = [actual.data[first]!, expected.data[first]!];
  return `${wrong} of ${end} values, first at ${first}: ${is} instead of ${should} (${ulpDistance(is, should)} ulp)`;
}

function within(actual: number, expected: number, tolerance: Tolerance): boolean {
  if (Number.isNaN(expected) || Number.isNaN(actual)) return Number.isNaN(expected) && Number.isNaN(actual);
  if (actual === expected) return true;
  switch (tolerance.type) {
    case 'ulp':
      return ulpDistance(actual, expected) <= tolerance.value;
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
