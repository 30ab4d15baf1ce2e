// Halo: how far reads go beyond a value's border. Where the buffer itself has a border of zeros, kernels need no pieces.
import type { Affine } from '../../algebra/affine.ts';
import { extentsOf, type Read, readsOf } from '../../algebra/expression.ts';
import type { Program, Step } from '../../program/program.ts';
import { computeSteps } from '../../program/usage.ts';
import type { Places } from './places.ts';

export type Margin = readonly [before: number, after: number];

/** A border may make a buffer this many times larger; beyond, kernels get pieces instead. */
const largestGrowth = 2.6;

/** The halo of each owner, by axis. */
export function margins(program: Program, places: Places): Map<string, Margin[]> {
  const result = new Map<string, Margin[]>();
  for (const step of program.steps) {
    for (const { axes, read } of readsWithBoxes(step)) {
      const place = places.of.get(read.tensor);
      if (!place || places.dense.has(place.root) || read.outside !== 0) continue;
      const shape = program.values.get(read.tensor)!.shape;
      const wanted = read.index.map((index, n) => beyond(index, axes, shape[n]!));
      const { shape: whole } = program.values.get(place.root)!;
      const merged = widen(
        result.get(place.root) ?? whole.map(() => [0, 0]),
        inOwner(wanted, place.offset!, shape, whole),
      );
      if (growth(whole, merged) <= largestGrowth) result.set(place.root, merged);
    }
  }
  return result;
}

function* readsWithBoxes(step: Step): Generator<{ axes: ReadonlyMap<string, number>; read: Read }> {
  const outer = step.kind === 'blocked' ? [step.axis] : [];
  for (const { expression } of computeSteps(step)) {
    const axes = extentsOf([...outer, ...expression.axes]);
    for (const read of readsOf(expression.value)) yield { axes, read };
  }
}

function beyond(index: Affine, axes: ReadonlyMap<string, number>, size: number): Margin {
  const [low, high] = index.range(axes);
  return [Math.max(0, -low), Math.max(0, high - size + 1)];
}

/** A part has a border of its own only on axes where it reaches from end to end of its owner. */
function inOwner(
  wanted: readonly Margin[],
  offset: readonly number[],
  shape: readonly number[],
  whole: readonly number[],
): Margin[] {
  return wanted.map((margin, n) => (offset[n] === 0 && shape[n] === whole[n] ? margin : [0, 0]));
}

const widen = (a: readonly Margin[], b: readonly Margin[]): Margin[] =>
  a.map(([before, after], n) => [Math.max(before, b[n]![0]), Math.max(after, b[n]![1])]);

function growth(shape: readonly number[], margin: readonly Margin[]): number {
  return shape.reduce((product, size, n) => (product * (size + margin[n]![0] + margin[n]![1])) / size, 1);
}
