// Questions about expressions that give each element of their target from the same element of a source.
import type { Affine } from './affine.ts';
import { coordinate, mapLeaves, mapReads, type Read, type Scalar, type TensorExpression } from './expression.ts';

/** Whether the target's index is the axes themselves, each once, over the whole target. */
export function writesElementwise(expression: TensorExpression, shape: readonly number[]): boolean {
  const extents = new Map(expression.axes.map(({ name, extent }) => [name, extent]));
  const axes = expression.target.index.map((index) => index.bareAxis());
  const whole = axes.every((axis, n) => axis !== undefined && extents.get(axis) === shape[n]);
  return (
    expression.combine === 'set' &&
    whole &&
    new Set(axes).size === axes.length &&
    axes.length === expression.axes.length
  );
}

/** Whether a read takes the element that is written. */
export const readsSameElement = (expression: TensorExpression, read: Read): boolean =>
  !read.computed &&
  read.index.length === expression.target.index.length &&
  read.index.every((index, n) => index.equals(expression.target.index[n]!));

/** An elementwise value as a function of the element's coordinates. */
export function overCoordinates(expression: TensorExpression): Scalar {
  const names = new Map<string, Affine>(expression.target.index.map((index, n) => [index.bareAxis()!, coordinate(n)]));
  return mapReads(expression.value, (read) => ({ ...read, index: read.index.map((index) => index.substitute(names)) }));
}

/** `outer` with its accumulated value replaced by `inner`. */
export const compose = (outer: Scalar, inner: Scalar): Scalar =>
  mapLeaves(outer, (leaf) => (leaf.kind === 'accumulated' ? inner : leaf));

/** Whether the value is one read and nothing else happens to it: a copy. */
export const isCopy = (expression: TensorExpression): boolean =>
  expression.combine === 'set' &&
  expression.value.kind === 'read' &&
  !expression.value.computed &&
  expression.finish.kind === 'accumulated';
