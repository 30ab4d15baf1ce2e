// WebAssembly with 128-bit SIMD, as the engines of Node and the browsers compile it: fifteen of sixteen vector registers
// are left to a kernel, a multiply-add needs one more for its product, and one iteration of an innermost loop should load few
// values. The numbers behind these choices: a 4×8 tile holds eight sums, two vectors of the kernel, one element of the data
// and two products.
import type { Axis, Scalar, TensorExpression } from '../../algebra/expression.ts';
import type { FunctionName } from '../../algebra/functions.ts';
import { vectorCosts } from '../../scheduling/cost.ts';
import type { Machine, Schedule } from '../../scheduling/machine.ts';
import { blockRows, type Order, single, unrolled } from '../../scheduling/orders.ts';
import { type Product, type Roles, rolesOf, walks } from '../../scheduling/roles.ts';

export const wasm: Machine = { name: 'wasm', lanes: 4, registers: 15, halos: true, firstGuess, costs: vectorCosts };

function firstGuess(expression: TensorExpression): Schedule {
  const roles = rolesOf(expression);
  const lanes = lanesOf(roles);
  const order = orderOf(expression, roles, lanes);
  return { order, splat: 'load', ...(lanes && { lanes: lanes.name }) };
}

function orderOf({ combine, value }: TensorExpression, roles: Roles, lanes: Axis | undefined): Order {
  const { targets, reductions, product, matrixRows } = roles;
  if (matrixRows) return transform(roles, matrixRows, lanes);
  if (lanes === undefined) return single([...targets, ...reductions]);
  if (reductions.includes(lanes)) return alongReduction(roles, lanes);
  if (product?.columns.includes(lanes)) return matrix(product, reductions, lanes);
  if (combine === 'set') return elementwise(roles, lanes, value);
  return channelwise(roles, lanes);
}

/** Neighbours of the target if every read allows it (a kernel can be packed), else neighbours of the reduction. */
function lanesOf({ across, reductions, reads, product }: Roles): Axis | undefined {
  const allows = (axis: Axis): boolean =>
    reads.every((read) => read === product?.kernel || walks(read.index, axis.name) !== 'scattered');
  const summed = reductions.toReversed().find((axis) => allows(axis) && axis.extent >= 8);
  const few = across && across.extent <= 3 && product?.columns.includes(across) && product.rows.length > 0;
  if (across && allows(across) && !(few && summed && summed.extent % 4 === 0)) return across;
  return summed;
}

/** `y x c/4 i/6 j/6 a/6 b/6`: everything of one vector of channels in one block. */
function transform({ targets, reductions }: Roles, rows: readonly Axis[], lanes: Axis | undefined): Order {
  const others = targets.filter((axis) => !rows.includes(axis) && axis !== lanes);
  const whole = [...rows, ...reductions].map(({ name, extent }) => [name, extent] as const);
  return [...single(others), ...(lanes ? [[lanes.name, 4] as const] : []), ...whole];
}

/** `i j f/8 y x/4 k c`: a tile of sums of rows by columns; few columns are balanced by more rows. */
function matrix({ batch, rows, columns, windows }: Product, reductions: readonly Axis[], lanes: Axis): Order {
  const others = columns.filter((axis) => axis !== lanes);
  const narrow = lanes.extent <= 4 || (lanes.extent % 8 > 0 && lanes.extent % 8 <= 4 && lanes.extent < 24);
  const width = rows.length === 0 ? Math.min(16, roundUp(lanes.extent, 4)) : narrow ? 4 : 8;
  // Without taps rows and columns of an image are walked as one long row, and rests do not matter.
  const hasTaps = windows.some(({ axis, tap }) => tap !== undefined && rows.some(({ name }) => name === axis));
  const highest = hasTaps ? 4 : 1;
  const tile = narrow ? tileOf(rows, highest, 6, 1) : tileOf(rows, highest, 4, 2);
  return [
    ...single([...batch, ...others]),
    ...blockRows(rows, tile, reductions, { extent: lanes.extent, step: width }),
    [lanes.name, width],
    ...tile,
    ...single(reductions),
  ];
}

/**
 * The tile of the two innermost row axes that takes the least time, rests included, as few rows high as may be: 14 by 14 is
 * seven times seven of 2×2, where 1×4 would leave 2 in each row.
 *
 * @param highest how many rows it may have
 * @param most elements of it
 * @param vectors sums of an element
 */
function tileOf(rows: readonly Axis[], highest: number, most: number, vectors: number): Order {
  const [along, across] = rows.toReversed();
  if (!along) return [];
  const steps = (extent: number, limit: number): number[] =>
    Array.from({ length: Math.min(extent, limit) }, (_, n) => n + 1);
  const tiles = steps(across?.extent ?? 1, highest).flatMap((height) => {
    const heights = cutsOf(across?.extent ?? 1, height);
    return steps(along.extent, Math.floor(most / height))
      .toReversed()
      .map((width) => ({ height, width, time: tilesTime(heights, cutsOf(along.extent, width), vectors) }));
  });
  const { height, width } = tiles.reduce((best, next) => (next.time < best.time ? next : best));
  return [...single(rows.slice(0, -2)), ...(across ? [[across.name, height] as const] : []), [along.name, width]];
}

interface Cut {
  readonly size: number;
  readonly count: number;
}

/** An axis in steps, and what is left. */
const cutsOf = (extent: number, step: number): readonly Cut[] => [
  { size: step, count: Math.floor(extent / step) },
  { size: extent % step, count: Math.sign(extent % step) },
];

/** Cycles that a sum takes before the next can be added to it, and vectors that are added in each. */
const latency = 3;
const additions = 2;

/** How long one iteration of every tile takes, also of those that the ends of the axes cut. */
function tilesTime(heights: readonly Cut[], widths: readonly Cut[], vectors: number): number {
  const tiles = heights.flatMap((a) => widths.map((b) => ({ size: a.size * b.size, count: a.count * b.count })));
  return tiles.reduce((time, { size, count }) => time + count * Math.max(latency, (size * vectors) / additions), 0);
}

/** Takes the tile from the innermost row axis, and from the next if that one is short. */
function tileRows(rows: readonly Axis[], tile: number): Order {
  const order: (readonly [string, number])[] = [];
  let wanted = tile;
  for (const { name, extent } of rows.toReversed()) {
    const step = evenStep(extent, wanted);
    order.unshift([name, step]);
    wanted = Math.max(1, Math.floor(wanted / step));
  }
  return order;
}

/** The largest step up to `most` that leaves no small rest: 6 by 3 and 3, 5 by 3 and 2. Long axes do not mind a rest. */
function evenStep(extent: number, most: number): number {
  if (extent >= 3 * most) return most;
  return Math.ceil(extent / Math.ceil(extent / most));
}

/** Neighbours so many numbers apart (2 KiB, or a multiple) fall into few sets of the first cache: more is taken of each line. */
const crowding = 512;

/**
 * `y x/4 c/4 i j/3` with a kernel, one row of taps at a time, so that its loads fit into registers; `y x/2 c/4 i/3 j/3`
 * with a stride, where neighbours share little; `y x/4 c/8 i j/3` where they crowd the cache; `y x c/8 i/2 j/2` without a
 * kernel; `c/16 y x` over everything.
 */
function channelwise({ targets, reductions, product }: Roles, lanes: Axis): Order {
  const rows = targets.filter((axis) => axis !== lanes);
  if (rows.length === 0) return [[lanes.name, Math.min(16, roundUp(lanes.extent, 4))], ...single(reductions)];
  if (product && !product.rows.includes(lanes)) {
    const skips = product.windows.some(({ axis, data }) => axis !== lanes.name && data.stride > 1);
    const [tile, taps] = skips ? [2, 9] : [4, 5];
    if (lanes.extent % crowding === 0) return [...tileRows(rows, tile), [lanes.name, 8], ...unrolled(reductions, 3)];
    return [...tileRows(rows, tile), [lanes.name, 4], ...unrolled(reductions, taps)];
  }
  return [...single(rows), [lanes.name, Math.min(8, roundUp(lanes.extent, 4))], ...unrolled(reductions, 9)];
}

/** `y x/2 f/3 i j c/4`, lanes along c: one vector of partial sums for each of a few targets. */
function alongReduction({ targets, reductions, product }: Roles, lanes: Axis): Order {
  const others = reductions.filter((axis) => axis !== lanes);
  const columns = product?.columns.filter((axis) => axis.extent <= 3) ?? [];
  const rows = targets.filter((axis) => !columns.includes(axis));
  const tile = Math.max(1, Math.floor(6 / columns.reduce((count, axis) => count * axis.extent, 1)));
  return [
    ...tileRows(rows, tile),
    ...columns.map(({ name, extent }) => [name, extent] as const),
    ...single(others),
    [lanes.name, 4],
  ];
}

/** One long loop; what costs many instructions is not unrolled. */
function elementwise({ targets }: Roles, lanes: Axis, value: Scalar): Order {
  const rows = targets.filter((axis) => axis !== lanes);
  return [...single(rows), [lanes.name, isCheap(value) ? 8 : 4]];
}

const instructions = new Set<FunctionName>([
  'add',
  'subtract',
  'multiply',
  'divide',
  'maximum',
  'minimum',
  'negate',
  'absolute',
  'squareRoot',
  'floor',
  'ceiling',
  'less',
  'select',
]);

const isCheap = (value: Scalar): boolean =>
  value.kind !== 'apply' || (instructions.has(value.function) && value.arguments.every(isCheap));

const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;
