// JavaScript numbers: sixteen registers of double precision, one multiplication and one addition at a time. What costs is
// not arithmetic but bounds checks and conversions of single elements, so a small tile in which every load is used twice,
// and a few iterations of the innermost loop written out.
import type { Axis, TensorExpression } from '../../algebra/expression.ts';
import { scalarCosts } from '../../scheduling/cost.ts';
import type { Machine, Schedule } from '../../scheduling/machine.ts';
import { blockRows, type Order, single, unrolled } from '../../scheduling/orders.ts';
import { type Roles, rolesOf } from '../../scheduling/roles.ts';

export const javascript: Machine = {
  name: 'javascript',
  lanes: 1,
  registers: 14,
  halos: true,
  firstGuess,
  costs: scalarCosts,
};

function firstGuess(expression: TensorExpression): Schedule {
  return { order: orderOf(expression, rolesOf(expression)), splat: 'load' };
}

function orderOf({ combine }: TensorExpression, roles: Roles): Order {
  const { targets, reductions, product, matrixRows } = roles;
  if (matrixRows) return transform(roles, matrixRows);
  if (combine === 'set') return single(targets);
  if (product && product.columns.length > 0) return matrix(roles);
  return [...channelwise(roles), ...unrolled(reductions, 9)];
}

/** `y x/4 c` where neighbouring windows share what they read, or at least a loop nest. */
function channelwise({ targets, product }: Roles): Order {
  const tiled = product?.rows.at(-1);
  return targets.map((axis) => [axis.name, axis === tiled ? 4 : 1]);
}

/** `y x c i/6 j/6 a/6 b/6`: everything of one channel in one block. */
function transform({ targets, reductions }: Roles, rows: readonly Axis[]): Order {
  const others = targets.filter((axis) => !rows.includes(axis));
  return [...single(others), ...[...rows, ...reductions].map(({ name, extent }) => [name, extent] as const)];
}

/** `f/2 y x/2 i j c/4`: four sums, and each element read serves two of them. */
function matrix({ product, reductions }: Roles): Order {
  const { batch, rows, columns } = product!;
  const tiled = (axes: readonly Axis[], tile: number): Order =>
    axes.map(({ name }, n) => [name, n === axes.length - 1 ? tile : 1]);
  const inner = reductions.map(({ name, extent }, n): readonly [string, number] => [
    name,
    n === reductions.length - 1 ? Math.min(4, extent) : 1,
  ]);
  const step = rows.length > 0 ? 2 : 4;
  const extent = columns.reduce((count, axis) => count * axis.extent, 1);
  const tile = tiled(rows, 2);
  const blocks = blockRows(rows, tile, reductions, { extent, step });
  return [...single(batch), ...blocks, ...tiled(columns, step), ...tile, ...inner];
}
