// Whether a schedule may be used for an expression. The tiler takes any legal one and gives the same numbers; what is not
// legal is refused before it gets there.
import type { TensorExpression } from '../algebra/expression.ts';
import type { Schedule } from './machine.ts';

/** Points of straight-line code that one tile may have: more is no kernel that an engine compiles in reasonable time. */
const mostUnrolled = 1 << 16;

/** What is wrong with it, and at which level of the order. */
export function faultIn({ order, lanes, unroll = 1 }: Schedule, { axes }: TensorExpression): string | undefined {
  const extents = new Map(axes.map(({ name, extent }) => [name, extent]));
  const known = `the axes are ${[...extents.keys()].join(', ')}`;
  const mentions = new Map<string, number>();
  for (const [n, [axis]] of order.entries()) {
    if (!extents.has(axis)) return `level ${n + 1} of its order walks ${JSON.stringify(axis)}; ${known}`;
    const before = mentions.get(axis) ?? 0;
    if (before === 2)
      return `level ${n + 1} of its order walks ${axis} once more; an axis has one level, or two for blocks`;
    mentions.set(axis, before + 1);
  }
  if (lanes !== undefined && !extents.has(lanes)) return `its lanes are along ${JSON.stringify(lanes)}; ${known}`;
  const innermost = new Map(order);
  const points = [...innermost].reduce((all, [axis, step]) => all * Math.min(step, extents.get(axis)!), unroll);
  if (points > mostUnrolled) return `its steps unroll ${points} points, at most ${mostUnrolled} are allowed`;
  return undefined;
}
