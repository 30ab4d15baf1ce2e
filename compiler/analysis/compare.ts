// How far two tensors of float32 are apart: by absolute and relative error, and by ulp, the steps between neighbouring floats.

export interface Difference {
  readonly count: number;
  /** Elements outside the tolerance. */
  readonly outside: number;
  readonly largestError: number;
  /** Of elements that are expected to be other than zero. */
  readonly largestRelativeError: number;
  readonly largestUlp: number;
  /** Where the error is largest, as an offset. */
  readonly at: number;
}

export interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

/** An element fits where |found − expected| ≤ absolute + relative · |expected|; NaN fits NaN. */
export function compareTensors(found: Float32Array, expected: Float32Array, tolerance: Tolerance): Difference {
  if (found.length !== expected.length) throw new Error(`${found.length} numbers against ${expected.length}`);
  let [outside, largestError, largestRelativeError, largestUlp, at] = [0, 0, 0, 0, 0];
  for (let n = 0; n < found.length; n++) {
    const [a, b] = [found[n]!, expected[n]!];
    if (Object.is(a, b) || a === b) continue;
    const error = Number.isFinite(a) && Number.isFinite(b) ? Math.abs(a - b) : Number.POSITIVE_INFINITY;
    if (error > tolerance.absolute + tolerance.relative * Math.abs(b)) outside++;
    if (error > largestError) at = n;
    largestError = Math.max(largestError, error);
    if (b !== 0) largestRelativeError = Math.max(largestRelativeError, error / Math.abs(b));
    largestUlp = Math.max(largestUlp, ulpDistance(a, b));
  }
  return { count: found.length, outside, largestError, largestRelativeError, largestUlp, at };
}

/** Steps from one float32 to another along the line of all floats; zeros of either sign are one. */
export function ulpDistance(a: number, b: number): number {
  return Math.abs(orderOf(a) - orderOf(b));
}

/** Bits as a number that grows with the float. */
function orderOf(value: number): number {
  const bits = new Int32Array(new Float32Array([value]).buffer)[0]!;
  return bits < 0 ? -(bits & 0x7fffffff) : bits;
}
