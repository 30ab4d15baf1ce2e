// Sizes and axes of reshapings, as every format has them.

import { countOf } from '../../files/elements.ts';
import { type Shape, showShape } from '../../tensor.ts';
import { Refusal } from './refusal.ts';

/** Counted from 0. */
export function resolveAxis(axis: number, rank: number): number {
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  throw new Refusal(`has axis ${axis} for ${rank} axes`);
}

/** The sizes that a reshaping asks for: one −1 is what is left; 0 keeps a size, unless `allowZero`. */
export function reshapedDims(dims: Shape, wanted: readonly number[], allowZero = false): number[] {
  const sizes = wanted.map((size, axis) => (size === 0 && !allowZero ? (dims[axis] ?? 0) : size));
  const known = sizes.reduce((product, size) => product * (size === -1 ? 1 : size), 1);
  const total = dims.reduce((product, size) => product * size, 1);
  const result = sizes.map((size) => (size === -1 ? total / known : size));
  if (countOf(result) === total) return result;
  throw new Refusal(`cannot reshape ${showShape(dims)} to ${showShape(wanted)}`);
}

/** The axes that are left when these, or all of size 1, are taken away. */
export function squeezedAxes(dims: Shape, axes: readonly number[] | undefined): number[] {
  const dropped = axes
    ? axes.map((axis) => resolveAxis(axis, dims.length))
    : dims.map((_, axis) => axis).filter((axis) => dims[axis] === 1);
  const thick = dropped.find((axis) => dims[axis] !== 1);
  if (thick !== undefined) throw new Refusal(`squeezes axis ${thick}, which has size ${dims[thick]}`);
  return dims.map((_, axis) => axis).filter((axis) => !dropped.includes(axis));
}

/** Where the axes of the input are in the output, when axes of size 1 are added: `undefined` for the new ones. */
export function unsqueezedAxes(rank: number, axes: readonly number[] | undefined): (number | undefined)[] {
  if (!axes) throw new Refusal('lacks the axes');
  const added = new Set(axes.map((axis) => resolveAxis(axis, rank + axes.length)));
  let next = 0;
  return Array.from({ length: rank + axes.length }, (_, axis) => (added.has(axis) ? undefined : next++));
}

export const product = (sizes: readonly number[]): number => sizes.reduce((result, size) => result * size, 1);
