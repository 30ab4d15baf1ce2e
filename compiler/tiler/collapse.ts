// Two neighbouring loops that walk every tensor as one long loop would become that loop:
//
//   for y < 56, x < 56, c < 64   out[3584·y + 64·x + c] = in[3584·y + 64·x + c]   →   for c < 200704   out[c] = in[c]
import { Affine } from '../algebra/affine.ts';
import { type Axis, mapReads, type Read, readsOf, type Scalar } from '../algebra/expression.ts';
import { offsetOf } from './locate.ts';
import type { Piece } from './pieces.ts';
import type { View, ViewAxis } from './view.ts';

export type Order = readonly (readonly [axis: string, step: number])[];

export interface Flat {
  readonly piece: Piece;
  readonly views: ReadonlyMap<string, View>;
}

/**
 * Every index becomes one flat offset; into a blocked view two, along the blocked axis and along the rest. Tensors in
 * `kept` stay as they are. The views are those of the piece.
 */
export function flatten(piece: Piece, views: ReadonlyMap<string, View>, kept: Pick<ReadonlySet<string>, 'has'>): Flat {
  const flat = (tensor: string, index: readonly Affine[]): readonly Affine[] =>
    kept.has(tensor) ? index : flatIndex(index, views.get(tensor)!);
  const scalar = (value: Scalar): Scalar =>
    mapReads(value, (read) => ({ ...read, index: flat(read.tensor, read.index) }));
  const { target } = piece;
  return {
    piece: {
      ...piece,
      target: { ...target, index: flat(target.tensor, target.index) },
      parts: piece.parts.map((part) => ({ ...part, value: scalar(part.value) })),
      finish: scalar(piece.finish),
    },
    views: new Map(
      tensorsOf(piece).flatMap((tensor) => {
        const view = views.get(tensor);
        return view ? [[tensor, kept.has(tensor) ? view : flatView(view)]] : [];
      }),
    ),
  };
}

const isBlocked = ({ block }: ViewAxis): boolean => block !== undefined;

function flatIndex(index: readonly Affine[], view: View): readonly Affine[] {
  const rest = view.axes.map((axis) => (isBlocked(axis) ? { stride: 0 } : axis));
  return [...index.filter((_, n) => isBlocked(view.axes[n]!)), offsetOf(index, { ...view, axes: rest })];
}

const flatView = (view: View): View => ({ ...view, axes: [...view.axes.filter(isBlocked), { stride: 1 }] });

/** Merges neighbours of the order for as long as any two walk as one. */
export function collapse(piece: Piece, order: Order): { readonly piece: Piece; readonly order: Order } {
  const extents = new Map<string, number>();
  for (const { name, extent } of [...piece.axes, ...piece.parts.flatMap((part) => part.axes)]) {
    extents.set(name, Math.max(extent, extents.get(name) ?? 1));
  }
  const present = order.filter(([axis]) => (extents.get(axis) ?? 1) > 1);
  for (let at = 0; at + 1 < present.length; at++) {
    const [outer, outerStep] = present[at]!;
    const [inner, innerStep] = present[at + 1]!;
    if (!mayMerge(piece, present, outer, inner)) continue;
    const step = innerStep === extents.get(inner) ? outerStep * innerStep : Math.max(outerStep, innerStep);
    return collapse(merge(piece, outer, inner), present.toSpliced(at, 2, [inner, step]));
  }
  return { piece, order: present };
}

function mayMerge(piece: Piece, order: Order, outer: string, inner: string): boolean {
  const mentions = order.filter(([axis]) => axis === outer || axis === inner).length;
  if (outer === inner || mentions > 2) return false;
  const owner = [piece, ...piece.parts].find(({ axes }) => axes.some((axis) => axis.name === outer));
  const other = [piece, ...piece.parts].find(({ axes }) => axes.some((axis) => axis.name === inner));
  if (!owner || owner !== other || (owner !== piece && piece.parts.length > 1)) return false;
  const extent = owner.axes.find((axis) => axis.name === inner)!.extent;
  return indicesOf(piece).every(
    (index) =>
      index.tables.every(({ axis }) => axis !== outer && axis !== inner) &&
      index.coefficient(outer) === extent * index.coefficient(inner),
  );
}

export const readsOfPiece = (piece: Piece): Read[] => [
  ...piece.parts.flatMap((part) => readsOf(part.value)),
  ...readsOf(piece.finish),
];

const tensorsOf = (piece: Piece): string[] => [piece.target.tensor, ...readsOfPiece(piece).map(({ tensor }) => tensor)];

const indicesOf = (piece: Piece): readonly Affine[] => [
  ...piece.target.index,
  ...readsOfPiece(piece).flatMap((read) => read.index),
];

function merge(piece: Piece, outer: string, inner: string): Piece {
  const away = new Map([[outer, Affine.constant(0)]]);
  const affine = (index: Affine): Affine => index.substitute(away);
  const scalar = (value: Scalar): Scalar => mapReads(value, (read) => ({ ...read, index: read.index.map(affine) }));
  const axes = (before: readonly Axis[]): readonly Axis[] => {
    const turns = before.find((axis) => axis.name === outer)?.extent ?? 1;
    return before
      .filter((axis) => axis.name !== outer)
      .map((axis) => (axis.name === inner ? { name: inner, extent: axis.extent * turns } : axis));
  };
  return {
    ...piece,
    axes: axes(piece.axes),
    target: { ...piece.target, index: piece.target.index.map(affine) },
    parts: piece.parts.map((part) => ({ axes: axes(part.axes), value: scalar(part.value) })),
    finish: scalar(piece.finish),
  };
}
