// From a schedule's order to loops. Each axis has a range of values still to be visited, `origin … origin + extent`;
// a level cuts it into iterations of `step` and a rest, and what is left when all levels are done is unrolled.
//
//   f/8 over f < 20   →   for f < 2 { f: 8·f … 8·f + 8 },  { f: 16 … 20 }
import { Affine } from '../algebra/affine.ts';
import type { Axis } from '../algebra/expression.ts';
import { type Code, loop, sequence } from './code.ts';
import type { Order } from './collapse.ts';

export interface Stretch {
  readonly origin: Affine;
  readonly extent: number;
}

/** Where a nest stands: the stretch of each axis, and the loops around, outermost first. */
export interface Position {
  readonly stretches: ReadonlyMap<string, Stretch>;
  readonly loops: ReadonlyMap<string, number>;
}

export const start = (axes: readonly Axis[], around: Position): Position => ({
  stretches: new Map([
    ...around.stretches,
    ...axes.map(({ name, extent }) => [name, { origin: Affine.constant(0), extent }] as const),
  ]),
  loops: around.loops,
});

export const nowhere: Position = { stretches: new Map(), loops: new Map() };

export const innermostLoop = (position: Position): string | undefined => [...position.loops.keys()].at(-1);

/** The loops of an order, outermost first, around what `body` makes of each combination of full iterations and rests. */
export function loopsOver(order: Order, position: Position, body: (position: Position) => Code): Code {
  const [level, ...inner] = order;
  if (!level) return body(position);
  const [axis, step] = level;
  const stretch = position.stretches.get(axis);
  if (!stretch) return loopsOver(inner, position, body);
  const turns = Math.floor(stretch.extent / step);
  const rest = stretch.extent % step;
  const within = (next: Stretch, loops = position.loops): Code =>
    loopsOver(inner, { stretches: new Map(position.stretches).set(axis, next), loops }, body);
  const code: Code[] = [];
  if (turns === 1) code.push(within({ origin: stretch.origin, extent: step }));
  if (turns > 1) {
    const variable = unusedName(axis, position.loops);
    const origin = stretch.origin.plus(Affine.axis(variable, step));
    const loops = new Map(position.loops).set(variable, turns);
    code.push(loop(variable, turns, within({ origin, extent: step }, loops)));
  }
  if (rest > 0) code.push(within({ origin: stretch.origin.plus(turns * step), extent: rest }));
  return sequence(code);
}

/** `y`, `yWithin` in a block of it, `yWithinWithin` in a block of that. */
function unusedName(axis: string, loops: ReadonlyMap<string, number>): string {
  let name = axis;
  while (loops.has(name)) name += 'Within';
  return name;
}

/** The unrolled points of some axes: offsets from their origins, the last axis fastest. */
export function pointsOf(axes: readonly string[], position: Position, stepOf: (axis: string) => number) {
  let points: ReadonlyMap<string, number>[] = [new Map()];
  for (const axis of axes) {
    const extent = position.stretches.get(axis)?.extent ?? 1;
    const offsets: number[] = [];
    for (let offset = 0; offset < extent; offset += stepOf(axis)) offsets.push(offset);
    points = points.flatMap((point) => offsets.map((offset) => new Map(point).set(axis, offset)));
  }
  return points;
}
