// Tensors between ONNX's layout and ours: axes in another order, lists that are one number.
import type { ConstantValue, WeightData } from './onnx.ts';
import { type Shape, sizeOf } from './operator.ts';

/** The numbers of a tensor with its axes in another order. */
export function permuteData<T extends Float32Array | Float64Array>(
  data: T,
  shape: Shape,
  permutation: readonly number[],
): T {
  const result = data.slice() as T;
  const strides = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const sizes = permutation.map((axis) => shape[axis]!);
  const steps = permutation.map((axis) => strides[axis]!);
  const index = sizes.map(() => 0);
  let source = 0;
  for (let i = 0; i < result.length; i++) {
    result[i] = data[source]!;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      source += steps[axis]!;
      if (++index[axis]! < sizes[axis]!) break;
      source -= steps[axis]! * sizes[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}

/** A weight with its axes in another order. */
export const permuted = ({ shape, data }: ConstantValue | WeightData, permutation: readonly number[]): WeightData => ({
  shape: permutation.map((axis) => shape[axis]!),
  data: permuteData(Float32Array.from(data), shape, permutation),
});

/** The same numbers under another shape. */
export const reshapedTo = (shape: Shape, { data }: ConstantValue | WeightData): WeightData => ({
  shape,
  data: Float32Array.from(data),
});

/** A kernel [out, in, taps…] as [taps…, in, out], and back again. */
export const tapsFirst = (rank: number): number[] => [...Array.from({ length: rank - 2 }, (_, n) => n + 2), 1, 0];
export const channelsFirst = (rank: number): number[] => [
  rank - 1,
  rank - 2,
  ...Array.from({ length: rank - 2 }, (_, n) => n),
];
