// Tensors in another order of axes, or under another shape.

import { type Shape, sizeOf } from '../../tensor.ts';
import type { ConstantValue, LayerValue, WeightData } from './values.ts';

/** The numbers of a tensor with its axes in another order. */
export function permuteData<T extends Float32Array | Float64Array>(
  data: T,
  shape: Shape,
  permutation: readonly number[],
): T {
  const strides = rowMajorStrides(shape);
  const sizes = permutation.map((axis) => shape[axis]!);
  const steps = permutation.map((axis) => strides[axis]!);
  if (permutation.every((axis, n) => axis === n) || data.length === 0) return data;
  const result = data.slice() as T;
  const targets = rowMajorStrides(sizes);
  // The axis that is innermost in the source and the one that is innermost in the result: tiles of the two keep both
  // within the cache.
  const last = sizes.length - 1;
  const first = Math.max(0, permutation.indexOf(shape.length - 1));
  const others = sizes.map((_, axis) => axis).filter((axis) => axis !== last && axis !== first);
  const width = first === last ? 1 : sizes[first]!;
  forEachIndex(
    others.map((axis) => sizes[axis]!),
    (index) => {
      const from = others.reduce((sum, axis, n) => sum + index[n]! * steps[axis]!, 0);
      const to = others.reduce((sum, axis, n) => sum + index[n]! * targets[axis]!, 0);
      copyTiles(
        data,
        from,
        result,
        to,
        { rows: width, target: targets[first]! },
        { columns: sizes[last]!, step: steps[last]! },
      );
    },
  );
  return result;
}

const rowMajorStrides = (shape: Shape): number[] => shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));

const tile = 32;

/** `result[to + r·target + c] = data[from + r + c·step]` */
function copyTiles(
  data: Float32Array | Float64Array,
  from: number,
  result: Float32Array | Float64Array,
  to: number,
  { rows, target }: { readonly rows: number; readonly target: number },
  { columns, step }: { readonly columns: number; readonly step: number },
): void {
  for (let top = 0; top < rows; top += tile) {
    for (let left = 0; left < columns; left += tile) {
      const [bottom, right] = [Math.min(rows, top + tile), Math.min(columns, left + tile)];
      for (let r = top; r < bottom; r++) {
        for (let c = left; c < right; c++) result[to + r * target + c] = data[from + r + c * step]!;
      }
    }
  }
}

/** Every index of a box, the last axis fastest. */
function forEachIndex(sizes: readonly number[], each: (index: readonly number[]) => void): void {
  const index = sizes.map(() => 0);
  for (let left = sizeOf(sizes); left > 0; left--) {
    each(index);
    for (let axis = sizes.length - 1; axis >= 0 && ++index[axis]! === sizes[axis]; axis--) index[axis] = 0;
  }
}

/** Numbers as float32; the same array where they are already. */
export const asFloats = (data: Float32Array | Float64Array): Float32Array =>
  data instanceof Float32Array ? data : new Float32Array(data);

/** A weight with its axes in another order. */
export const permuted = ({ shape, data }: ConstantValue | WeightData, permutation: readonly number[]): WeightData => ({
  shape: permutation.map((axis) => shape[axis]!),
  data: permuteData(asFloats(data), shape, permutation),
});

/** The same numbers under another shape. */
export const reshapedTo = (shape: Shape, { data }: ConstantValue | WeightData): WeightData => ({
  shape,
  data: asFloats(data),
});

/** The rows of a dense kernel from the order in which the file flattened the input to the order of our axes. */
export function sortRows(matrix: WeightData, value: LayerValue): WeightData {
  const order = value.layout.at(-1)!;
  const sizes = order.map((axis) => value.shape[axis]!);
  const outputs = matrix.shape[1]!;
  const permutation = order.map((_, place) => place).sort((a, b) => order[a]! - order[b]!);
  const split = reshapedTo([...sizes, outputs], matrix);
  return reshapedTo(matrix.shape, permuted(split, [...permutation, order.length]));
}
