// Reductions over known axes.

import type { AnyOperator } from '../../../operators/operator.ts';
import { globalAvgPool } from '../../../operators/pooling/global-avg-pool.ts';
import { globalMaxPool } from '../../../operators/pooling/global-max-pool.ts';
import { reduceMax } from '../../../operators/reduction/reduce-max.ts';
import { reduceMean } from '../../../operators/reduction/reduce-mean.ts';
import { reduceMin } from '../../../operators/reduction/reduce-min.ts';
import { reduceProd } from '../../../operators/reduction/reduce-prod.ts';
import { reduceSum } from '../../../operators/reduction/reduce-sum.ts';
import { isRow, ourAxisIfAny, separate } from '../../importing/arranging.ts';
import { resolveAxis } from '../../importing/shapes.ts';
import type { LayerValue } from '../../importing/values.ts';
import type { Meaning, Operation } from '../operation.ts';

const reduction =
  (operator: AnyOperator, pool?: AnyOperator): Meaning =>
  (operation) =>
    reduce(operation, operator, pool);

export const reductions: readonly (readonly [string, Meaning])[] = [
  ['Mean', reduction(reduceMean, globalAvgPool)],
  ['Max', reduction(reduceMax, globalMaxPool)],
  ['Min', reduction(reduceMin)],
  ['Sum', reduction(reduceSum)],
  ['Prod', reduction(reduceProd)],
];

function reduce(operation: Operation, operator: AnyOperator, pool: AnyOperator | undefined): LayerValue {
  const { importer } = operation;
  const keep = operation.flag('keep_dims');
  const value = separate(importer, operation.layer(0));
  const rank = value.layout.length;
  const over = operation.integers(1).map((axis) => resolveAxis(axis, rank));
  const axes = over.flatMap((axis) => ourAxisIfAny(importer, value, axis) ?? []);
  const left = value.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const dropped = keep
    ? value.layout
    : value.layout
        .filter((_, axis) => !over.includes(axis))
        .map((list) => list.map((axis) => (axis < 0 ? axis : left.indexOf(axis))));
  // Over axes of size 1 nothing happens.
  if (axes.length === 0) return { ...value, layout: dropped };
  if (pool && keep && isSpace(axes, value) && isRow(importer, value, 1)) return importer.layer(pool, {}, [value]);
  const all = axes.length === value.shape.length;
  const given = { ...(!all && { axes: axes.map((axis) => axis - value.shape.length) }), keepAxes: keep };
  const reduced = importer.layer(operator, given, [value]);
  return keep ? reduced : { ...reduced, layout: dropped };
}

/** All axes but the last. */
const isSpace = (axes: readonly number[], { shape }: LayerValue): boolean =>
  shape.length > 1 && axes.length === shape.length - 1 && !axes.includes(shape.length - 1);
