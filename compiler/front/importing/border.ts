// Numbers across the border: the file's inputs as ours, our outputs as the file's.

import type { Shape } from '../../tensor.ts';
import { batchAxis, type Layout } from './layout.ts';

export interface BoundaryShape {
  /** The file's sizes. */
  readonly dims: readonly number[];
  readonly shape: Shape;
  readonly layout: Layout;
}

/** One sample of a tensor of the file, in our layout. */
export function fromForeign(data: ArrayLike<number>, boundary: BoundaryShape, sample = 0): Float32Array {
  const result = new Float32Array(boundary.shape.reduce((product, size) => product * size, 1));
  visit(boundary, (theirs, ours, at) => {
    if (at === sample) result[ours] = data[theirs]!;
  });
  return result;
}

/** The samples of our outputs as one tensor of the file. */
export function toForeign(samples: readonly ArrayLike<number>[], boundary: BoundaryShape): Float32Array {
  const result = new Float32Array(boundary.dims.reduce((product, size) => product * size, 1));
  visit(boundary, (theirs, ours, sample) => {
    result[theirs] = samples[sample]![ours]!;
  });
  return result;
}

/** Every element: its position in the file's tensor, in ours, and the sample it belongs to. */
function visit(
  { dims, shape, layout }: BoundaryShape,
  each: (theirs: number, ours: number, sample: number) => void,
): void {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const steps = layout.map(([axis]) => (axis === undefined || axis === batchAxis ? 0 : strides[axis]!));
  const samples = layout.findIndex(([axis]) => axis === batchAxis);
  const count = dims.reduce((product, size) => product * size, 1);
  const index = dims.map(() => 0);
  let ours = 0;
  for (let theirs = 0; theirs < count; theirs++) {
    each(theirs, ours, samples < 0 ? 0 : index[samples]!);
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      ours += steps[axis]!;
      if (++index[axis]! < dims[axis]!) break;
      ours -= steps[axis]! * dims[axis]!;
      index[axis] = 0;
    }
  }
}
