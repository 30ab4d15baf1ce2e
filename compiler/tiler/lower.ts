// A scalar of the algebra at one place of a nest becomes a value of the loop IR: reads turn into loads of neighbours, one
// value in all lanes, plain numbers, or constants that are known now.
import type { Affine } from '../algebra/affine.ts';
import type { ComputedIndex, Read, Scalar } from '../algebra/expression.ts';
import type { Position } from './levels.ts';
import { offsetOf, type Walk, walkOf } from './locate.ts';
import type { PlaceIndex, Value, Width } from './loop.ts';
import type { Values } from './values.ts';
import type { View } from './view.ts';

/** What lowering needs to know of the tensors and the schedule. */
export interface Target {
  readonly views: ReadonlyMap<string, View>;
  readonly operandOf: (tensor: string) => number;
  /** The number that a read of a constant tensor comes to, if its place is fixed. */
  readonly numberAt: (tensor: string, index: readonly Affine[]) => number | undefined;
  /** The axis whose neighbours share a vector. */
  readonly lanes: string | undefined;
  /** Elements in a vector. */
  readonly vector: Width;
  /** The unrolled axis whose neighbours may be loaded together and taken apart into splats. */
  readonly laneSource: string | undefined;
}

/** One unrolled point: where the axes' stretches begin, and how far into them it is. */
export interface Site {
  readonly position: Position;
  readonly offsets: ReadonlyMap<string, number>;
  readonly width: Width;
  /** What stands for `accumulated`. */
  readonly accumulated?: Value;
}

export function lower(scalar: Scalar, site: Site, target: Target, values: Values): Value {
  switch (scalar.kind) {
    case 'constant':
      return values.constant(scalar.value, site.width);
    case 'accumulated':
      return site.accumulated ?? noAccumulator();
    case 'read':
      return lowerRead(scalar, site, target, values);
    case 'apply':
      return values.apply(scalar.function, ...scalar.arguments.map((part) => lower(part, site, target, values)));
  }
}

function lowerRead(read: Read, site: Site, target: Target, values: Values): Value {
  if (read.computed) return lowerComputed(read, read.computed, site, target, values);
  const index = indexAt(read.index, site);
  const view = target.views.get(read.tensor)!;
  const walk: Walk = target.lanes === undefined ? 'still' : walkOf(read.index, view, target.lanes, target.vector);
  const still = site.width === 1 || walk === 'still';
  const number = still ? target.numberAt(read.tensor, index) : undefined;
  if (number !== undefined) return values.constant(number, site.width);
  const operand = target.operandOf(read.tensor);
  const at = offsetOf(index, view, site.position.loops);
  if (site.width === 1) return values.load(operand, at, 1);
  if (walk === 'neighbours') return values.load(operand, at, site.width);
  if (walk === 'scattered') throw new Error(`${read.tensor} cannot be read in vectors along ${target.lanes}`);
  const lane = laneOf(read, view, site, target);
  if (lane === undefined) return values.splat(operand, at, site.width);
  return values.lane(values.load(operand, at.plus(-lane), site.width), lane);
}

/** An element at a place that is computed: plain numbers alone. */
function lowerComputed(
  { tensor, index }: Read,
  computed: readonly ComputedIndex[],
  site: Site,
  target: Target,
  values: Values,
): Value {
  if (site.width > 1) throw new Error(`${tensor} is read at computed places, which no vector can`);
  const view = target.views.get(tensor)!;
  const indices = computed.map(({ axis, extent, value }): PlaceIndex => {
    const { stride, block } = view.axes[axis]!;
    if (block) throw new Error(`${tensor} lies in blocks along an axis whose places are computed`);
    return { value: lower(value, site, target, values), stride, extent };
  });
  return values.gather(target.operandOf(tensor), offsetOf(indexAt(index, site), view, site.position.loops), indices);
}

/** Which lane of a vector along the lane source holds this element, where that axis is unrolled and contiguous. */
function laneOf(
  read: Read,
  view: View,
  { position, offsets }: Site,
  { laneSource, vector }: Target,
): number | undefined {
  if (laneSource === undefined || (position.stretches.get(laneSource)?.extent ?? 1) === 1) return undefined;
  if (walkOf(read.index, view, laneSource, vector) !== 'neighbours') return undefined;
  return (offsets.get(laneSource) ?? 0) % vector;
}

/** An index over axes becomes one over loop variables. */
export function indexAt(index: readonly Affine[], { position, offsets }: Site): readonly Affine[] {
  return index.map((affine) => {
    const replacements = new Map<string, Affine>();
    for (const axis of affine.axes()) {
      const stretch = position.stretches.get(axis);
      if (stretch) replacements.set(axis, stretch.origin.plus(offsets.get(axis) ?? 0));
    }
    return replacements.size === 0 ? affine : affine.substitute(replacements, position.loops);
  });
}

/** Whether an index can be walked in vectors of so many elements along an axis. */
export const walksInVectors = (index: readonly Affine[], view: View, axis: string, vector: Width): boolean =>
  walkOf(index, view, axis, vector) !== 'scattered';

/** A row-major value of a tensor known at compile time. */
export function constantAt(
  data: readonly number[],
  shape: readonly number[],
  index: readonly Affine[],
): number | undefined {
  if (!index.every((affine) => affine.isConstant())) return undefined;
  return data[index.reduce((offset, affine, n) => offset * shape[n]! + affine.constant, 0)];
}

function noAccumulator(): never {
  throw new Error('only finish may use the accumulated value');
}
