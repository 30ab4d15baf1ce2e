// Where an element lies: an index into a tensor becomes a flat offset into its view, and an axis is asked how it walks
// through memory: to the neighbour (one vector load), not at all (one value for all lanes), or otherwise.
import { Affine } from '../algebra/affine.ts';
import type { View } from './view.ts';

/** Offset from the view's base; `extents` bounds the axes that run within a block. */
export function offsetOf(
  index: readonly Affine[],
  view: View,
  extents: ReadonlyMap<string, number> = new Map(),
): Affine {
  let offset = Affine.constant(0);
  for (const [n, { stride, block }] of view.axes.entries()) {
    offset = offset.plus(block ? blockedOffset(index[n]!, stride, block, extents) : index[n]!.times(stride));
  }
  return offset;
}

/** `index = block·outer + inner` lies at `stride·outer + inner`; the inner part must stay within a block. */
function blockedOffset(index: Affine, stride: number, block: number, extents: ReadonlyMap<string, number>): Affine {
  let outer = Affine.constant(0);
  let inner = Affine.constant(index.constant);
  for (const [axis, coefficient] of index.terms) {
    if (coefficient % block === 0) outer = outer.plus(Affine.axis(axis, coefficient / block));
    else inner = inner.plus(Affine.axis(axis, coefficient));
  }
  const [low, high] = inner.range(extents);
  const first = Math.floor(low / block);
  if (index.tables.length > 0 || Math.floor(high / block) !== first) {
    throw new Error(`${index} does not walk blocks of ${block}: the schedule and the window disagree`);
  }
  return outer
    .plus(first)
    .times(stride)
    .plus(inner.minus(first * block));
}

/** How neighbouring values of an axis lie: side by side, all at one place, or scattered. */
export type Walk = 'neighbours' | 'still' | 'scattered';

/** @param alignment neighbours must be side by side for every aligned group of so many */
export function walkOf(index: readonly Affine[], view: View, axis: string, alignment: number): Walk {
  let step = 0;
  for (const [n, affine] of index.entries()) {
    if (!affine.dependsOn(axis)) continue;
    if (affine.tables.some((table) => table.axis === axis)) return 'scattered';
    const { stride, block } = view.axes[n]!;
    if (block && !walksBlocks(affine, axis, block, alignment)) return 'scattered';
    step += affine.coefficient(axis) * (block ? 1 : stride);
  }
  if (step === 0) return 'still';
  return step === 1 ? 'neighbours' : 'scattered';
}

const walksBlocks = (index: Affine, axis: string, block: number, alignment: number): boolean =>
  index.coefficient(axis) === 1 &&
  [block, index.constant, ...[...index.terms].map(([name, coefficient]) => (name === axis ? 0 : coefficient))].every(
    (size) => size % alignment === 0,
  );
