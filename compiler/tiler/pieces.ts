// Cuts an owned expression into pieces: boxes of its target in which every read is wholly inside its tensor (or the halo
// around it) or wholly outside, where it becomes the constant `outside`. What then adds nothing vanishes:
//
//   out[x] += in[x + i − 1] · kernel[i],  x < 5, i < 3
//     x = 0      out[0]     += in[i] · kernel[i + 1],          i < 2
//     1 ≤ x < 4  out[x + 1] += in[x + i] · kernel[i],          x < 3, i < 3      the interior
//     x = 4      out[4]     += in[i + 3] · kernel[i],          i < 2
import { Affine } from '../algebra/affine.ts';
import {
  type Axis,
  type Combine,
  extentsOf,
  identityOf,
  mapReads,
  type Read,
  readsOf,
  reductionAxes,
  type Scalar,
  type TensorExpression,
} from '../algebra/expression.ts';
import type { Shape } from '../tensor.ts';
import { type Condition, place, type Run } from './runs.ts';
import { simplify } from './simplify.ts';
import type { View } from './view.ts';

/** A box of reduction axes and what it contributes to the elements of its piece. */
export interface Part {
  readonly axes: readonly Axis[];
  readonly value: Scalar;
}

/** A box of target elements; `value`s and `finish` read inside their views only, all over the piece's own axes. */
export interface Piece {
  readonly axes: readonly Axis[];
  readonly target: TensorExpression['target'];
  readonly combine: Combine;
  /** One after the other; none where every read that matters is outside. */
  readonly parts: readonly Part[];
  readonly finish: Scalar;
}

interface Tensors {
  readonly shapes: ReadonlyMap<string, Shape>;
  readonly views: ReadonlyMap<string, View>;
}

/** @param outer axes of loops around the expression, which must not change what is inside and outside */
export function piecesOf(expression: TensorExpression, tensors: Tensors, outer: readonly Axis[] = []): Iterable<Piece> {
  return expression.axes.some((axis) => axis.extent === 0) ? [] : refine(wholePiece(expression), tensors, outer);
}

/** The expression as one piece, its `finish` over the axes instead of the target's coordinates. */
export function wholePiece(expression: TensorExpression): Piece {
  if (expression.scatter) throw new Error(`the statement that writes ${expression.target.tensor} still scatters`);
  const reductions = reductionAxes(expression);
  const coordinates = new Map(expression.target.index.map((index, n) => [`@${n}`, index]));
  const extents = extentsOf(expression.axes);
  const whole: Piece = {
    axes: expression.axes.filter((axis) => !reductions.includes(axis)),
    target: expression.target,
    combine: expression.combine,
    parts: [{ axes: reductions, value: simplify(expression.value) }],
    finish: mapReads(expression.finish, (read) => ({
      ...read,
      index: read.index.map((index) => index.substitute(coordinates, extents)),
    })),
  };
  return expression.axes.filter(({ extent }) => extent === 1).reduce(withoutAxis, whole);
}

/** An axis of one value leaves the indices. */
function withoutAxis(piece: Piece, { name }: Axis): Piece {
  const only = { low: 0, extent: 1 };
  const clipped = clipPiece(piece, name, only);
  return { ...clipped, parts: clipped.parts.map((part) => clipPart(part, name, only)) };
}

/** One piece after the other, as they are asked for: there may be very many. */
function* refine(given: Piece, tensors: Tensors, outer: readonly Axis[]): Generator<Piece> {
  const piece = dropIdentities(given);
  const context = [...piece.axes, ...outer];
  const longestFirst = [...piece.axes].sort((a, b) => b.extent - a.extent);
  const size = tensors.shapes.get(piece.target.tensor)!;
  for (const [n, index] of piece.target.index.entries()) {
    const where = place({ index, low: 0, high: size[n]! - 1 }, longestFirst, context);
    if (where.kind === 'outside') return;
    if (where.kind === 'cut') return yield* cutPiece(piece, where, tensors, outer);
  }
  for (const read of readsOf(piece.finish)) {
    const where = placeRead(read, tensors, longestFirst, context);
    if (where.kind === 'cut') return yield* cutPiece(piece, where, tensors, outer);
    if (where.kind === 'outside') {
      return yield* refine({ ...piece, finish: withoutRead(piece.finish, read) }, tensors, outer);
    }
  }
  for (const [n, part] of piece.parts.entries()) {
    for (const read of readsOf(part.value)) {
      const where = placeRead(read, tensors, [...longestFirst, ...part.axes], [...context, ...part.axes]);
      if (where.kind === 'inside') continue;
      if (where.kind === 'cut' && piece.axes.some((axis) => axis.name === where.axis)) {
        return yield* cutPiece(piece, where, tensors, outer);
      }
      const instead =
        where.kind === 'cut'
          ? where.runs.map((run) => clipPart(part, where.axis, run))
          : [{ ...part, value: withoutRead(part.value, read) }];
      return yield* refine({ ...piece, parts: piece.parts.toSpliced(n, 1, ...instead) }, tensors, outer);
    }
  }
  yield piece;
}

function* cutPiece(
  piece: Piece,
  { axis, runs }: { readonly axis: string; readonly runs: readonly Run[] },
  tensors: Tensors,
  outer: readonly Axis[],
): Generator<Piece> {
  for (const run of runs) yield* refine(clipPiece(piece, axis, run), tensors, outer);
}

function dropIdentities(piece: Piece): Piece {
  if (piece.combine === 'set') return piece;
  const identity = identityOf[piece.combine];
  const parts = piece.parts.filter(({ value }) => value.kind !== 'constant' || value.value !== identity);
  return { ...piece, parts };
}

const withoutRead = (scalar: Scalar, outside: Read): Scalar =>
  simplify(scalar, (leaf) => (leaf === outside ? { kind: 'constant', value: outside.outside } : leaf));

/** The conditions on a read: how far each index may go. Zeros around a view serve reads that want zeros. */
export function conditionsOf(read: Read, { shapes, views }: Tensors): Condition[] {
  const shape = shapes.get(read.tensor) ?? unknownTensor(read.tensor);
  const { margins } = views.get(read.tensor) ?? unknownTensor(read.tensor);
  return read.index.map((index, n) => {
    const [before, after] = read.outside === 0 ? margins[n]! : [0, 0];
    return { index, low: -before, high: shape[n]! - 1 + after };
  });
}

function placeRead(read: Read, tensors: Tensors, axes: readonly Axis[], context: readonly Axis[]) {
  const places = conditionsOf(read, tensors).map((condition) => place(condition, axes, context));
  return (
    places.find(({ kind }) => kind === 'outside') ?? places.find(({ kind }) => kind === 'cut') ?? { kind: 'inside' }
  );
}

/** Restricts one axis to a run, renumbered from zero. */
export function clipPiece(piece: Piece, axis: string, run: Run): Piece {
  const { scalar, affine } = clipping(axis, run);
  return {
    ...piece,
    axes: clipAxes(piece.axes, axis, run),
    target: { ...piece.target, index: piece.target.index.map(affine) },
    parts: piece.parts.map((part) => ({ ...part, value: scalar(part.value) })),
    finish: scalar(piece.finish),
  };
}

export const clipPart = (part: Part, axis: string, run: Run): Part => ({
  axes: clipAxes(part.axes, axis, run),
  value: clipping(axis, run).scalar(part.value),
});

const clipAxes = (axes: readonly Axis[], name: string, { extent }: Run): readonly Axis[] =>
  axes.map((axis) => (axis.name === name ? { name, extent } : axis));

/** Axis becomes axis + low; one that is left with a single value disappears from the indices. */
function clipping(axis: string, { low, extent }: Run) {
  const shifted = extent === 1 ? Affine.constant(low) : Affine.axis(axis).plus(low);
  const replacements = new Map([[axis, shifted]]);
  const extents = new Map([[axis, extent]]);
  const affine = (index: Affine): Affine => (index.dependsOn(axis) ? index.substitute(replacements, extents) : index);
  const scalar = (value: Scalar): Scalar => mapReads(value, (read) => ({ ...read, index: read.index.map(affine) }));
  return { affine, scalar };
}

function unknownTensor(name: string): never {
  throw new Error(`the tiler was not told about ${name}`);
}
