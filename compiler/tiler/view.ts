// A view: how a tensor's elements lie in a memory. Strides in elements from the view's base; one axis may be blocked
// (`f/8 … f%8`, the layout of packed weights). Halo and views (a concat's part) are just strides and an offset.
import type { Element } from '../tensor.ts';
import type { Memory } from './loop.ts';

export interface ViewAxis {
  /** Elements between neighbours; for a blocked axis, between blocks. */
  readonly stride: number;
  /** For a blocked axis: neighbours within a block are adjacent (stride 1), `block` of them. */
  readonly block?: number;
}

export interface View {
  readonly memory: Memory;
  /** What the elements are stored as; float32 where it is left out. Places and strides count these elements. */
  readonly element?: Element;
  /** Element (0, 0, …), in elements from the start of the memory. */
  readonly base: number;
  readonly axes: readonly ViewAxis[];
  /**
   * How far a read may go beyond the tensor on each axis and still find zeros: the halo, `[before, after]`.
   * Reads further out, or reads that want another value outside, need pieces.
   */
  readonly margins: readonly (readonly [before: number, after: number])[];
}

/** A shape with its margins. */
export const paddedShape = (shape: readonly number[], margins: View['margins']): number[] =>
  shape.map((size, n) => size + margins[n]![0] + margins[n]![1]);

/** Row-major strides of a shape. */
export function denseStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

export const denseView = (memory: Memory, base: number, shape: readonly number[]): View => ({
  memory,
  base,
  axes: denseStrides(shape).map((stride) => ({ stride })),
  margins: shape.map(() => [0, 0] as const),
});
