// When numbers do not fit, they may be right and stand in another order: `[32, 32, 3]` written channels first is a file of
// as many numbers. Files that state no shape, and shapes with equal sizes, cannot be told otherwise.
import type { Shape } from '../tensor.ts';
import { allowedError, errorOf, scaleOf, type Tolerance } from './compare.ts';

/**
 * The order of axes in which the expected numbers must be read to fit: `[2, 0, 1]` where the last axis stands first.
 * `undefined` where they fit in none, or as they are.
 */
export function fittingOrder(
  found: Float32Array,
  expected: Float32Array,
  shape: Shape,
  tolerance: Tolerance,
): readonly number[] | undefined {
  const axes = shape.flatMap((size, axis) => (size > 1 ? [axis] : []));
  if (axes.length < 2 || axes.length > 5) return undefined;
  const allowed = allowedError(scaleOf(expected), tolerance);
  // One of the rest is the order as it is, which does not fit.
  const order = permutationsOf(axes).find((moved) => fits(found, expected, shape, moved, allowed));
  const ones = shape.flatMap((size, axis) => (size > 1 ? [] : [axis]));
  return order && [...ones, ...order];
}

const permutationsOf = (items: readonly number[]): readonly (readonly number[])[] =>
  items.length === 0
    ? [[]]
    : items.flatMap((item, n) => permutationsOf(items.toSpliced(n, 1)).map((rest) => [item, ...rest]));

/** Whether every number fits, walking the file with the last axis of `order` fastest. */
function fits(found: Float32Array, expected: Float32Array, shape: Shape, order: readonly number[], allowed: number) {
  const strides = order.map((axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const index = order.map(() => 0);
  let ours = 0;
  for (let file = 0; file < expected.length; file++) {
    if (errorOf(found[ours]!, expected[file]!) > allowed) return false;
    for (let n = order.length - 1; n >= 0; n--) {
      ours += strides[n]!;
      if (++index[n]! < shape[order[n]!]!) break;
      ours -= strides[n]! * shape[order[n]!]!;
      index[n] = 0;
    }
  }
  return true;
}
