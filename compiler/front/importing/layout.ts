// Where a file's axes are in a value of ours, and what it takes to bring them into another arrangement.
//
//   [[], [2], [0], [1]]   batch, channels, height, width seen in [height, width, channels]
//   [[], [2, 0, 1]]       the same after a flattening: nothing moved, a dense layer's weights are sorted instead
//   [[], [0], [1], [2]]   batch, height, width, channels: as ours, but for the batch

import type { Shape } from '../../tensor.ts';

/**
 * For each axis that the file sees, the axes of our shape that make it up, outermost first. Several make a flattened axis,
 * none an axis of size 1; `batchAxis` stands for the samples of the batch.
 */
export type Layout = readonly (readonly number[])[];

export const batchAxis = -1;

/** The file's sizes. */
export const dimsOf = (shape: Shape, layout: Layout, batch: number): number[] =>
  layout.map((axes) => axes.reduce((size, axis) => size * (axis === batchAxis ? batch : shape[axis]!), 1));

/** `[[], [2], [0], [1]]` for rank 4: the file has the channels behind the batch, we have them last. */
export const channelsFirstLayout = (rank: number, batch: readonly number[]): Layout =>
  Array.from({ length: rank }, (_, axis) => (axis === 0 ? batch : axis === 1 ? [rank - 2] : [axis - 2]));

/** One axis of ours for each of the file's, in the same order; behind the batch where there is one. */
export const sameOrderLayout = (rank: number, batch?: readonly number[]): Layout =>
  Array.from({ length: rank }, (_, axis) => (batch ? (axis === 0 ? batch : [axis - 1]) : [axis]));

/** What to do to a value, in this order; an absent step is not needed. */
export interface Rearrangement {
  readonly permutation?: readonly number[];
  readonly shape?: Shape;
}

/**
 * Brings a value into a shape with one axis for each entry of `order`: an axis of the file, or `undefined` for a new axis of
 * size 1. Returns `undefined` where samples of the batch would be mixed with other axes.
 */
export function rearrange(
  shape: Shape,
  layout: Layout,
  order: readonly (number | undefined)[],
): Rearrangement | undefined {
  const groups = order.map((axis) => (axis === undefined ? [] : layout[axis]!));
  const sequence = groups.flat();
  if (sequence.includes(batchAxis)) return undefined;
  const wanted = groups.map((axes) => axes.reduce((size, axis) => size * shape[axis]!, 1));
  const moving = sequence.filter((axis) => shape[axis] !== 1);
  if (moving.every((axis, n) => n === 0 || moving[n - 1]! < axis)) {
    return sameShape(shape, wanted) ? {} : { shape: wanted };
  }
  const unseen = shape.map((_, axis) => axis).filter((axis) => !sequence.includes(axis));
  const permutation = [...unseen, ...sequence];
  const moved = permutation.map((axis) => shape[axis]!);
  return sameShape(moved, wanted) ? { permutation } : { permutation, shape: wanted };
}

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((size, n) => size === b[n]);

/** The layout after `rearrange`. */
export const arrangedLayout = (layout: Layout, order: readonly (number | undefined)[]): Layout =>
  layout.map((axes, axis) => {
    const place = order.indexOf(axis);
    return place >= 0 ? [place] : axes.includes(batchAxis) ? [batchAxis] : [];
  });

interface Piece {
  /** The axis of ours it comes from. */
  readonly axis: number;
  readonly size: number;
}

/**
 * How the file's new sizes are made of the axes of ours, some of them split. `undefined` where an axis of the file would have to
 * be cut across, and where samples of the batch would be split: then the numbers must really move.
 */
export function regroup(
  shape: Shape,
  layout: Layout,
  dims: readonly number[],
  batch: number,
): { readonly shape: Shape; readonly layout: Layout } | undefined {
  const pieces: Piece[] = layout
    .flat()
    .map((axis) => ({ axis, size: axis === batchAxis ? batch : shape[axis]! }))
    .filter(({ size }) => size !== 1);
  const groups: Piece[][] = [];
  for (const dim of dims) {
    const group = takePieces(pieces, dim);
    if (!group) return undefined;
    groups.push(group);
  }
  return pieces.length > 0 ? undefined : splitAxes(shape, groups);
}

/** Takes pieces whose sizes multiply to `size` from the front, cutting the last one where it is larger. */
function takePieces(pieces: Piece[], size: number): Piece[] | undefined {
  const group: Piece[] = [];
  let missing = size;
  while (missing > 1) {
    const piece = pieces.shift();
    if (!piece) return undefined;
    if (missing % piece.size === 0) group.push(piece);
    else if (piece.size % missing === 0 && piece.axis !== batchAxis) {
      group.push({ axis: piece.axis, size: missing });
      pieces.unshift({ axis: piece.axis, size: piece.size / missing });
      return group;
    } else return undefined;
    missing /= piece.size;
  }
  return group;
}

/** Numbers the pieces as axes of a shape in which the split axes are several. */
function splitAxes(shape: Shape, groups: readonly (readonly Piece[])[]): { shape: Shape; layout: Layout } {
  const all = groups.flat();
  const split: number[] = [];
  const first = shape.map((size, axis) => {
    const parts = all.filter((piece) => piece.axis === axis).map((piece) => piece.size);
    const start = split.length;
    split.push(...(parts.length > 0 ? parts : [size]));
    return start;
  });
  const taken = new Map<number, number>();
  const layout = groups.map((group) =>
    group.map(({ axis }) => {
      if (axis === batchAxis) return batchAxis;
      const part = taken.get(axis) ?? 0;
      taken.set(axis, part + 1);
      return first[axis]! + part;
    }),
  );
  return { shape: split, layout };
}
