// Between a caller's dense tensor and a window of the arena: the loops of the copy, merged where both run on together,
// so that a dense window is one piece and a halo costs two loops.

import type { Shape } from '../../tensor.ts';
import { denseStrides, paddedShape, type View } from '../../tiler/view.ts';

export interface CopyLoop {
  readonly extent: number;
  /** Elements between iterations in the window and in the dense tensor. */
  readonly window: number;
  readonly tensor: number;
}

/** One box of elements: loops outermost first, none with a single iteration. Starts from element offsets of both. */
export interface CopyNest {
  readonly window: number;
  readonly tensor: number;
  readonly loops: readonly CopyLoop[];
}

/** Where the nest is one run of neighbours, how many. */
export function runLength({ loops }: CopyNest): number | undefined {
  if (loops.length === 0) return 1;
  const [only] = loops;
  return loops.length === 1 && only!.window === 1 && only!.tensor === 1 ? only!.extent : undefined;
}

/** More than one nest only where a block is not full. */
export function copyNests(shape: Shape, view: View): readonly CopyNest[] {
  let nests: CopyNest[] = [{ window: view.base, tensor: 0, loops: [] }];
  let tensor = shape.reduce((product, size) => product * size, 1);
  shape.forEach((size, axis) => {
    tensor /= size;
    const { stride, block } = view.axes[axis]!;
    const parts = block === undefined ? [whole(size, stride, tensor)] : blocks(size, stride, block, tensor);
    nests = nests.flatMap((nest) =>
      parts.map((part) => ({
        window: nest.window + part.window,
        tensor: nest.tensor + part.tensor,
        loops: [...nest.loops, ...part.loops],
      })),
    );
  });
  return nests.map((nest) => ({ ...nest, loops: mergeLoops(nest.loops) }));
}

const whole = (extent: number, window: number, tensor: number): CopyNest => ({
  window: 0,
  tensor: 0,
  loops: [{ extent, window, tensor }],
});

/** `f/8 … f%8`: full blocks, then what is left of the last one. */
function blocks(size: number, stride: number, block: number, tensor: number): CopyNest[] {
  const full = Math.floor(size / block);
  const inner = { extent: block, window: 1, tensor };
  const nests: CopyNest[] = [];
  if (full > 0) {
    nests.push({ window: 0, tensor: 0, loops: [{ extent: full, window: stride, tensor: tensor * block }, inner] });
  }
  if (size % block > 0) {
    const rest = whole(size % block, 1, tensor);
    nests.push({ ...rest, window: full * stride, tensor: full * block * tensor });
  }
  return nests;
}

/** `y by 80, x by 16, c by 1` over 16 channels: x and c are one loop where the strides meet in both. */
function mergeLoops(loops: readonly CopyLoop[]): readonly CopyLoop[] {
  const merged: CopyLoop[] = [];
  for (const loop of loops) {
    if (loop.extent === 1) continue;
    const outer = merged[merged.length - 1];
    const meets = outer?.window === loop.extent * loop.window && outer?.tensor === loop.extent * loop.tensor;
    if (outer && meets) merged[merged.length - 1] = { ...loop, extent: outer.extent * loop.extent };
    else merged.push(loop);
  }
  return merged;
}

/** A dense tensor that is set down at the end of its buffer and then spread out, row by row from the first. */
export interface Spread {
  /** Rows, and elements in one. */
  readonly rows: number;
  readonly length: number;
  /** Where the first row belongs, and elements from there to the next. */
  readonly window: number;
  readonly stride: number;
  /** Where the buffer ends, with its border. */
  readonly end: number;
}

/** Shorter rows are copied faster one element at a time. */
const shortestRow = 64;

/**
 * Two levels of loops over a buffer of the tensor's own: what lies between its rows is border. No row is set down before the
 * place where it belongs, so none is overwritten before it is moved.
 */
export function spreadOf(shape: Shape, view: View): Spread | undefined {
  const [nest, ...more] = copyNests(shape, view);
  if (!nest || more.length > 0 || nest.loops.length !== 2 || !hasOwnBuffer(shape, view)) return undefined;
  const [row, element] = nest.loops as [CopyLoop, CopyLoop];
  if (element.window !== 1 || element.tensor !== 1 || element.extent < shortestRow) return undefined;
  const end = view.axes.reduce((at, { stride }, n) => at + (shape[n]! - 1 + view.margins[n]![1]) * stride, 1);
  return {
    rows: row.extent,
    length: element.extent,
    window: nest.window,
    stride: row.window,
    end: view.base + end,
  };
}

/** Whether the strides are those of the shape with its margins and nothing else in between, as in a view. */
function hasOwnBuffer(shape: Shape, { axes, margins }: View): boolean {
  const strides = denseStrides(paddedShape(shape, margins));
  return axes.every(({ stride, block }, n) => block === undefined && stride === strides[n]);
}
