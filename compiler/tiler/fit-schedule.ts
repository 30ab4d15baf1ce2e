// A schedule names what is wanted; a piece of an expression may be smaller, and views have their say. Fitting gives every
// axis of the piece its level, whole vectors to the lanes' axis, whole blocks to axes of packed tensors, and plain
// numbers where neighbours do not lie side by side.
import { type Read, readsOf } from '../algebra/expression.ts';
import type { Machine, Schedule } from '../scheduling/machine.ts';
import type { Order } from './collapse.ts';
import { walkOf } from './locate.ts';
import type { Width } from './loop.ts';
import { walksInVectors } from './lower.ts';
import type { Piece } from './pieces.ts';
import type { View } from './view.ts';

export interface Fitted {
  readonly order: Order;
  readonly lanes: string | undefined;
}

export function fitSchedule(
  piece: Piece,
  schedule: Schedule,
  views: ReadonlyMap<string, View>,
  machine: Machine,
): Fitted {
  const { lanes: vector } = machine;
  const lanes = vector > 1 && fitsLanes(piece, schedule.lanes, vector, views) ? schedule.lanes : undefined;
  const levels = schedule.order.map(([axis, step]): [string, number] => {
    if (axis !== schedule.lanes) return [axis, step];
    if (lanes !== undefined) return [axis, Math.max(vector, step - (step % vector))];
    return [axis, vector > 1 ? 1 : step];
  });
  return { order: withBlocks(withoutTableBlocks(levels, piece), piece, views), lanes };
}

function fitsLanes(piece: Piece, lanes: string | undefined, vector: Width, views: ReadonlyMap<string, View>): boolean {
  if (lanes === undefined) return false;
  const walks = (read: Read): boolean =>
    !read.computed && walksInVectors(read.index, views.get(read.tensor)!, lanes, vector);
  if (!piece.parts.every((part) => readsOf(part.value).every(walks))) return false;
  if (!piece.axes.some((axis) => axis.name === lanes)) return true;
  const target = walkOf(piece.target.index, views.get(piece.target.tensor)!, lanes, vector);
  return target === 'neighbours' && readsOf(piece.finish).every(walks);
}

/** The schedule's levels for a piece; axes that it forgets are loops of single steps. */
export function levelsOf(piece: Piece, { order: given, unroll = 1 }: Schedule): Order {
  const order = given.map(([axis, step], n) => [axis, n === given.length - 1 ? step * unroll : step] as const);
  const forgotten = (axes: readonly { readonly name: string }[]): Order =>
    axes.filter(({ name }) => !order.some(([axis]) => axis === name)).map(({ name }) => [name, 1]);
  const reductions = new Map(piece.parts.flatMap((part) => part.axes.map((axis) => [axis.name, axis] as const)));
  return [...forgotten(piece.axes), ...order, ...forgotten([...reductions.values()])];
}

const indicesOf = (piece: Piece) => [
  { tensor: piece.target.tensor, index: piece.target.index },
  ...[...piece.parts.map((part) => part.value), piece.finish].flatMap(readsOf),
];

/** A table follows one loop variable, so its axis cannot be walked in blocks. */
function withoutTableBlocks(order: Order, piece: Piece): Order {
  const tabled = (axis: string): boolean =>
    indicesOf(piece).some(({ index }) => index.some((affine) => affine.tables.some((table) => table.axis === axis)));
  return order.filter(([axis], n) => !tabled(axis) || !order.slice(n + 1).some(([later]) => later === axis));
}

/** An axis that runs within the blocks of a packed tensor is walked block by block. */
function withBlocks(order: Order, piece: Piece, views: ReadonlyMap<string, View>): Order {
  let result = order;
  for (const { tensor, index } of indicesOf(piece)) {
    for (const [n, { block }] of views.get(tensor)!.axes.entries()) {
      if (block === undefined) continue;
      for (const [axis, coefficient] of index[n]!.terms) {
        if (coefficient % block !== 0) result = walkedInBlocks(result, axis, block);
      }
    }
  }
  return result;
}

/**
 * `f/8 f → f/8 f/4 f` for blocks of 4: a level that cuts blocks stands within one that walks them one by one.
 */
function walkedInBlocks(order: Order, axis: string, block: number): Order {
  const cutting = order.findIndex(([name, step]) => name === axis && step % block !== 0);
  if (cutting < 0) return order;
  const around = order.slice(0, cutting).findLast(([name]) => name === axis);
  return around?.[1] === block ? order : order.toSpliced(cutting, 0, [axis, block]);
}
