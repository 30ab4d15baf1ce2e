// How far two tensors of float32 are apart, judged by the scale of the tensor: its largest value. A sum of large terms that
// comes out near zero is wrong by as much as one that does not, and wrong by that much in no interesting way.

export interface Difference {
  readonly count: number;
  /** Elements outside the tolerance. */
  readonly outside: number;
  /** The largest finite expected value, its sign left out. */
  readonly scale: number;
  readonly largestError: number;
  /** The largest error as a part of the scale. */
  readonly relativeError: number;
  /** The largest error in steps between neighbouring floats of the scale's size. */
  readonly ulp: number;
  /** Where the error is largest, as an offset. */
  readonly at: number;
}

export interface Tolerance {
  /** As a part of the scale. */
  readonly relative: number;
  readonly absolute: number;
}

/** An element fits where |found − expected| ≤ absolute + relative · scale; NaN fits NaN. */
export function compareTensors(found: Float32Array, expected: Float32Array, tolerance: Tolerance): Difference {
  if (found.length !== expected.length) throw new Error(`${found.length} numbers against ${expected.length}`);
  const scale = scaleOf(expected);
  const allowed = allowedError(scale, tolerance);
  let [outside, largestError, at] = [0, 0, 0];
  for (let n = 0; n < found.length; n++) {
    const error = errorOf(found[n]!, expected[n]!);
    if (error > allowed) outside++;
    if (error > largestError) at = n;
    largestError = Math.max(largestError, error);
  }
  const relativeError = largestError === 0 ? 0 : largestError / scale;
  return { count: found.length, outside, scale, largestError, relativeError, ulp: largestError / ulpOf(scale), at };
}

/** Infinite where only one of them is a finite number. */
export function errorOf(found: number, expected: number): number {
  if (Object.is(found, expected) || found === expected) return 0;
  return Number.isFinite(found) && Number.isFinite(expected) ? Math.abs(found - expected) : Number.POSITIVE_INFINITY;
}

export const scaleOf = (expected: Float32Array): number =>
  expected.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);

export const allowedError = (scale: number, { absolute, relative }: Tolerance): number => absolute + relative * scale;

/** The step from a float32 of this size to the next. */
export const ulpOf = (size: number): number => 2 ** (Math.max(-126, Math.floor(Math.log2(size))) - 23);
