// StridedSlice: begin, end and stride for some axes, and five masks that say where they are not meant as they read.
import type { Operation } from './operation.ts';

export interface Cells {
  readonly axis: number;
  readonly start: number;
  readonly count: number;
  readonly stride: number;
}

export interface StridedRanges {
  /** Along axes of the input. */
  readonly cells: readonly Cells[];
  /** Axes of the input that go away. */
  readonly dropped: readonly number[];
  /** Axes of the result that are new, of size 1. */
  readonly added: readonly number[];
}

/** Inputs 1 to 3 are begin, end and strides. */
export function stridedRanges(operation: Operation, dims: readonly number[]): StridedRanges {
  const [begin, end, strides] = [1, 2, 3].map((input) => operation.integers(input)) as [number[], number[], number[]];
  const mask = (name: string) => {
    const bits = operation.number(name, 0);
    return (n: number): boolean => (bits & (1 << n)) !== 0;
  };
  const [noBegin, noEnd, ellipsis, isNew, drops] = [
    'begin_mask',
    'end_mask',
    'ellipsis_mask',
    'new_axis_mask',
    'shrink_axis_mask',
  ].map(mask);
  const spoken = begin.filter((_, n) => !ellipsis!(n) && !isNew!(n)).length;
  const cells: Cells[] = [];
  const [dropped, added]: [number[], number[]] = [[], []];
  let axis = 0;
  let place = 0;
  for (let n = 0; n < begin.length; n++) {
    if (ellipsis!(n)) {
      place += dims.length - spoken;
      axis += dims.length - spoken;
    } else if (isNew!(n)) added.push(place++);
    else {
      const size = dims[axis] ?? operation.refuse(`speaks of axis ${axis} of ${dims.length}`);
      const stride = strides[n]!;
      if (stride < 1 && !drops!(n)) operation.refuse(`walks axis ${axis} by ${stride}`, 'strides of at least 1');
      const from = noBegin!(n) && !drops!(n) ? 0 : clamped(begin[n]!, size);
      const to = noEnd!(n) ? size : clamped(end[n]!, size);
      const count = drops!(n) ? 1 : Math.max(0, Math.ceil((to - from) / stride));
      cells.push({ axis, start: from, count, stride: drops!(n) ? 1 : stride });
      if (drops!(n)) dropped.push(axis);
      else place++;
      axis++;
    }
  }
  return { cells, dropped, added };
}

const clamped = (at: number, size: number): number => Math.min(Math.max(at < 0 ? at + size : at, 0), size);
