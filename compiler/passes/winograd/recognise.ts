// Recognises what can be transformed: an owned sum over the taps of a window, whatever operator it came from.
//
//   out[s·y + r, …, f] += in[y + δ·i + o, …, c] · kernel[…i…, c, f]       δ of either sign; the tap i may be missing
//
// A convolution of stride 1 has s = 1 and δ its dilation; a phase of a transposed one s = its stride and δ < 0.
import type { Affine } from '../../algebra/affine.ts';
import { type Axis, type Read, reductionAxes, type TensorExpression } from '../../algebra/expression.ts';
import { factorsOf, type Slide, windowAxes } from '../../algebra/window-sum.ts';

/** One spatial axis: the target's index is s·y + r, the data's y + δ·i + o. */
export interface SpatialAxis {
  readonly output: Axis;
  /** Missing where the kernel does not extend along this axis. */
  readonly tap?: Axis;
  readonly target: Slide;
  readonly data: Slide;
}

export interface WindowSum {
  readonly data: Read;
  readonly kernel: Read;
  readonly space: readonly SpatialAxis[];
  /** The summed channel, its position in the data's index, and where it begins there: a group's first channel. */
  readonly channel: Axis & { readonly data: number; readonly first: number };
  /** The output channel and its position in the target's index. */
  readonly filter: Axis & { readonly target: number };
}

/** @param prepared ids of values that are known when the module is built */
export function recogniseWindowSum(expression: TensorExpression, prepared: ReadonlySet<string>): WindowSum | undefined {
  const { value, combine, scatter } = expression;
  if (scatter || combine !== 'sum' || value.kind !== 'apply' || value.function !== 'multiply') return undefined;
  const {
    data: [data],
    weights: [kernel],
  } = factorsOf(expression, prepared);
  if (!data || !kernel || data.outside !== 0 || value.arguments.some(({ kind }) => kind !== 'read')) return undefined;
  const channels = channelsOf(expression, data, kernel);
  if (!channels) return undefined;
  const space = spaceOf(expression, data, channels.filter.target);
  if (!space || space.length === 0 || space.length > 2) return undefined;
  const sum: WindowSum = { data, kernel, space, ...channels };
  return usesEveryAxis(expression, sum) ? sum : undefined;
}

function channelsOf(
  { axes, target, ...rest }: TensorExpression,
  data: Read,
  kernel: Read,
): Pick<WindowSum, 'channel' | 'filter'> | undefined {
  const reductions = reductionAxes({ axes, target, ...rest });
  const uses = (read: Read, axis: Axis): boolean => read.index.some((index) => index.dependsOn(axis.name));
  const filter = axes.find((axis) => !reductions.includes(axis) && uses(kernel, axis) && !uses(data, axis));
  const bare = (index: readonly Affine[], axis: Axis): number =>
    index.findIndex((affine) => affine.minus(affine.constant).bareAxis() === axis.name);
  const channel = reductions.find((axis) => uses(kernel, axis) && bare(data.index, axis) >= 0);
  const place = channel ? bare(data.index, channel) : -1;
  if (!filter || !channel || bare(target.index, filter) < 0) return undefined;
  return {
    channel: { ...channel, data: place, first: data.index[place]!.constant },
    filter: { ...filter, target: bare(target.index, filter) },
  };
}

function spaceOf(expression: TensorExpression, data: Read, filter: number): SpatialAxis[] | undefined {
  const axes = new Map(expression.axes.map((axis) => [axis.name, axis]));
  const taps = new Set(reductionAxes(expression).map(({ name }) => name));
  const space: SpatialAxis[] = [];
  for (const [dimension, window] of windowAxes(expression, data, taps).entries()) {
    if (dimension === filter) continue;
    if (!window?.data || window.target.stride < 1 || window.data.stride !== 1) return undefined;
    const { axis, tap, target } = window;
    space.push({ output: axes.get(axis)!, ...(tap && { tap: axes.get(tap)! }), target, data: window.data });
  }
  return space;
}

/** Each axis has exactly the one part that its name gives it, and the kernel does not depend on the outputs' places. */
function usesEveryAxis(
  { axes, target }: TensorExpression,
  { data, kernel, space, channel, filter }: WindowSum,
): boolean {
  const known = new Set([channel.name, filter.name]);
  for (const { output, tap } of space) {
    if (known.has(output.name) || (tap && known.has(tap.name))) return false;
    known.add(output.name);
    if (tap) known.add(tap.name);
    if (kernel.index.some((index) => index.dependsOn(output.name))) return false;
  }
  const dataAxes = new Set([channel.data, ...space.map((axis) => axis.data.dimension)]);
  return (
    axes.every((axis) => known.has(axis.name)) &&
    dataAxes.size === data.index.length &&
    target.index.length === space.length + 1
  );
}
