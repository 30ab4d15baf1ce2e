// Packed weights for the tests: the layout that suits a schedule, axes in the order of the loops, and the unrolled axis in blocks, so that the
// innermost loop walks the memory from one vector to the next.
//
//   kernel[i, j, c, f] under f/8 y x/4 i j c, lanes f   →   [f/8][i][j][c][8]
import { type Read, readsOf, type TensorExpression } from '../../compiler/algebra/expression.ts';
import type { Schedule } from '../../compiler/scheduling/machine.ts';
import type { Shape } from '../../compiler/tensor.ts';
import type { Memory } from '../../compiler/tiler/loop.ts';
import type { View, ViewAxis } from '../../compiler/tiler/view.ts';

export interface Packing {
  /** The tensor's axes by position, outermost first. */
  readonly order: readonly number[];
  /** One axis is cut into blocks that lie innermost; the last block is padded with zeros. */
  readonly block?: { readonly axis: number; readonly size: number };
}

/** How a weight is best laid out for its use in an expression, or `undefined` where row-major is best. */
export function packedOrder(
  expression: TensorExpression,
  tensor: string,
  schedule: Schedule,
  vector: number,
): Packing | undefined {
  const reads = readsOf(expression.value).filter((read) => read.tensor === tensor);
  const [read] = reads;
  if (!read || read.index.length < 2 || reads.length > 1) return undefined;
  if (readsOf(expression.finish).some((other) => other.tensor === tensor)) return undefined;
  const walking = read.index.map((_, n) => walkingAxis(read, n));
  const depth = (n: number): number => schedule.order.findLastIndex(([axis]) => axis === walking[n]);
  const order = read.index.map((_, n) => n).sort((a, b) => depth(a) - depth(b));
  const blocked = blockedAxis(expression, read, walking, schedule, vector);
  if (schedule.lanes !== undefined && blocked === undefined && walking[order.at(-1)!] !== schedule.lanes)
    return undefined;
  if (order.every((axis, n) => axis === n) && !blocked) return undefined;
  return blocked ? { order, block: blocked } : { order };
}

/** The axis of the box that steps an index by one. */
const walkingAxis = (read: Read, n: number): string | undefined =>
  [...read.index[n]!.terms].find(([, coefficient]) => coefficient === 1)?.[0];

/** The axis of the tensor that the schedule unrolls along the target, if blocks of that size fit its index. */
function blockedAxis(
  expression: TensorExpression,
  read: Read,
  walking: readonly (string | undefined)[],
  { order, lanes }: Schedule,
  vector: number,
): Packing['block'] {
  for (const [axis, name] of walking.entries()) {
    const step = order.findLast(([other]) => other === name)?.[1] ?? 1;
    const size = lanes === undefined ? step : Math.max(vector, step - (step % vector));
    const wanted = lanes === undefined ? step > 1 : name === lanes;
    if (!wanted || !expression.target.index.some((index) => index.dependsOn(name!))) continue;
    const { constant, terms, tables } = read.index[axis]!;
    const others = [...terms].filter(([other]) => other !== name);
    const fits = tables.length === 0 && constant % size === 0 && others.every(([, step]) => step % size === 0);
    if (fits) return { axis, size };
  }
  return undefined;
}

/** A window of that layout at a place of the weights memory, and its length in elements with padding. */
export function packedWindow(
  { order, block }: Packing,
  shape: Shape,
  memory: Memory,
  base: number,
): { readonly view: View; readonly length: number } {
  const axes = new Array<ViewAxis>(shape.length);
  let stride = block?.size ?? 1;
  for (const axis of order.toReversed()) {
    const isBlocked = axis === block?.axis;
    axes[axis] = isBlocked ? { stride, block: block.size } : { stride };
    stride *= isBlocked ? Math.ceil(shape[axis]! / block.size) : shape[axis]!;
  }
  return { view: { memory, base, axes, margins: shape.map(() => [0, 0] as const) }, length: stride };
}

/** Lays row-major values out as a window says, into its memory. */
export function fillWindow(view: View, shape: Shape, values: ArrayLike<number>, memory: Float32Array): void {
  const point = new Array<number>(shape.length).fill(0);
  for (let at = 0; at < values.length; at++) {
    memory[view.base + placeIn(view, point)] = values[at]!;
    for (let axis = shape.length - 1; axis >= 0 && ++point[axis]! === shape[axis]; axis--) point[axis] = 0;
  }
}

/** The offset of an element from its window's base. */
export const placeIn = (view: View, point: readonly number[]): number =>
  view.axes.reduce((offset, { stride, block }, n) => {
    const at = point[n]!;
    return offset + (block ? Math.floor(at / block) * stride + (at % block) : at * stride);
  }, 0);
