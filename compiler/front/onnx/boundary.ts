// Numbers across the border: ONNX's inputs as ours, our outputs as ONNX's.

import type { Shape } from '../../tensor.ts';
import { batchAxis, type Layout } from './mapping.ts';

export interface BoundaryShape {
  /** ONNX's sizes. */
  readonly dims: readonly number[];
  readonly shape: Shape;
  readonly layout: Layout;
}

/** One sample of an ONNX tensor, in our layout. */
export function fromOnnx(data: ArrayLike<number>, boundary: BoundaryShape, sample = 0): Float32Array {
  const result = new Float32Array(boundary.shape.reduce((product, size) => product * size, 1));
  visit(boundary, (onnx, ours, at) => {
    if (at === sample) result[ours] = data[onnx]!;
  });
  return result;
}

/** The samples of our outputs as one ONNX tensor. */
export function toOnnx(samples: readonly ArrayLike<number>[], boundary: BoundaryShape): Float32Array {
  const result = new Float32Array(boundary.dims.reduce((product, size) => product * size, 1));
  visit(boundary, (onnx, ours, sample) => {
    result[onnx] = samples[sample]![ours]!;
  });
  return result;
}

/** Every element: its position in ONNX's tensor, in ours, and the sample it belongs to. */
function visit(
  { dims, shape, layout }: BoundaryShape,
  each: (onnx: number, ours: number, sample: number) => void,
): void {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const steps = layout.map(([axis]) => (axis === undefined || axis === batchAxis ? 0 : strides[axis]!));
  const samples = layout.findIndex(([axis]) => axis === batchAxis);
  const count = dims.reduce((product, size) => product * size, 1);
  const index = dims.map(() => 0);
  let ours = 0;
  for (let onnx = 0; onnx < count; onnx++) {
    each(onnx, ours, samples < 0 ? 0 : index[samples]!);
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      ours += steps[axis]!;
      if (++index[axis]! < dims[axis]!) break;
      ours -= steps[axis]! * dims[axis]!;
      index[axis] = 0;
    }
  }
}
