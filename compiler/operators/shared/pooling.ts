// What the pools share: parameters, windows, and the expression that reduces each window of each channel.
import { Affine } from '../../algebra/affine.ts';
import { type Combine, express, read, type Scalar, type TensorExpression } from '../../algebra/expression.ts';
import type { Shape } from '../../tensor.ts';
import { type AxisRecord, type Fault, isFault, type Meaning, operand } from '../operator.ts';
import { flag, optional, type Padding, type Parameter, padding, type Sizes, sizes } from '../parameters.ts';
import { spatialAxes, spatialIndex, spatialOf, tapAxes, windowIndex } from './convolution.ts';
import { sizeFault } from './size-limit.ts';
import { axisName, forwardWindows } from './windows.ts';

export interface PoolArguments {
  readonly kernel: Sizes;
  /** The kernel where not given. */
  readonly stride: Sizes | undefined;
  readonly padding: Padding;
  readonly dilation: Sizes;
  readonly ceil: boolean;
}

export const poolParameters: { readonly [K in keyof PoolArguments]: Parameter<PoolArguments[K]> } = {
  kernel: sizes('Size of the window.'),
  stride: optional<Sizes | undefined>(
    sizes('Distance between neighbouring windows, the kernel by default.'),
    undefined,
  ),
  padding: optional(padding('How far the window may hang over the border.'), 'valid'),
  dilation: optional(sizes('Distance between neighbouring cells of the window.'), 1),
  ceil: optional(flag('Whether a last window that hangs over the end is kept.'), false),
};

export interface Pool {
  readonly axes: readonly AxisRecord[];
  readonly channels: number;
  readonly output: Shape;
  /** Windows that see no cell of the input: their maximum is −∞, their mean and norm 0. */
  readonly warnings: readonly Fault[];
}

/** The windows of a pool. */
export function poolOf(given: PoolArguments, shape: Shape): Pool | Fault {
  const input = spatialOf(shape);
  if (isFault(input)) return input;
  const axes = forwardWindows({ ...given, input: input.space, stride: given.stride ?? given.kernel });
  if (isFault(axes)) return axes;
  const output = [...axes.map((axis) => axis.output), input.channels];
  const fault = sizeFault(output) ?? axes.map(paddingFault).find(isFault);
  return fault ?? { axes, channels: input.channels, output, warnings: axes.map(emptyWindow).filter(isFault) };
}

function paddingFault(record: AxisRecord, axis: number, axes: readonly AxisRecord[]): Fault | undefined {
  if (record.before >= 0 && record.after >= 0) return undefined;
  return {
    parameter: 'padding',
    code: 'shape/padding',
    message: `a pool takes padding of at least 0, in ${axisName(axis, axes.length)} it is [${record.before}, ${record.after}]`,
    notes: ['take the cells off the input in a layer before'],
  };
}

function emptyWindow(record: AxisRecord, axis: number, axes: readonly AxisRecord[]): Fault | undefined {
  const empty = [0, record.output - 1].find((at) => cellsSeen(record, at, 0, record.input) === 0);
  if (empty === undefined) return undefined;
  return {
    parameter: 'padding',
    code: 'lint/empty-window',
    message: `window ${empty} of the ${axisName(axis, axes.length)} sees only padding`,
    label: `[${record.before}, ${record.after}] around ${record.input} here`,
    notes: ['use padding smaller than the window'],
  };
}

/** How many cells of the window at an output coordinate lie in low ≤ cell < high. */
export function cellsSeen(
  { stride, dilation, before, kernel }: AxisRecord,
  at: number,
  low: number,
  high: number,
): number {
  const start = at * stride - before;
  const first = Math.max(0, Math.ceil((low - start) / dilation));
  const last = Math.min(kernel - 1, Math.floor((high - 1 - start) / dilation));
  return Math.max(0, last - first + 1);
}

/** Reduces every window: `out[y, x, c] combine= cell(in[s·y + d·i − p, s·x + d·j − p, c])`. */
export function poolExpression(
  { axes, channels }: Pool,
  reduction: {
    readonly combine: Combine;
    /** What cells outside the input count as. */
    readonly outside: number;
    readonly cell?: (x: Scalar) => Scalar;
    readonly finish?: Scalar;
  },
): TensorExpression {
  const { combine, outside, cell = (x) => x, finish } = reduction;
  const near = axes.map(reachableTaps);
  return express({
    axes: { ...spatialAxes(axes.map((axis) => axis.output)), c: channels, ...tapAxes(near) },
    target: [...spatialIndex(axes.length), Affine.axis('c')],
    combine,
    value: cell(read(operand(0), [...windowIndex(near), Affine.axis('c')], outside)),
    ...(finish && { finish }),
  });
}

/** The window without the cells at both of its ends that lie outside the input at every output. */
export function reachableTaps(axis: AxisRecord): AxisRecord {
  const { kernel, stride, dilation, before, output, input } = axis;
  const first = Math.min(Math.max(0, Math.ceil((before - (output - 1) * stride) / dilation)), kernel - 1);
  const last = Math.max(first, Math.min(kernel - 1, Math.floor((input - 1 + before) / dilation)));
  return { ...axis, kernel: last - first + 1, before: before - first * dilation };
}

/** Windows that hang over a border are code of their own each; those of this many along an axis read a padded copy. */
const mostHanging = 16;

/**
 * Reduces every window whose cells outside the input count as a number that is not 0. Where very many hang over it:
 *
 *     before  out[y, c] max= in[y + i − p, c] else −∞
 *     after   padded[y, c] = in[y − p, c] else −∞;  out[y, c] max= padded[y + i, c]
 */
export function poolMeaning(pool: Pool, reduction: { readonly combine: Combine; readonly outside: number }): Meaning {
  const near = pool.axes.map(reachableTaps);
  const padded = [...near.map(paddedSize), pool.channels];
  if (near.every((axis) => hanging(axis) <= mostHanging) || sizeFault(padded)) {
    return { kind: 'expressions', statements: [poolExpression(pool, reduction)] };
  }
  const channel = Affine.axis('c');
  const place = spatialIndex(near.length);
  const border = express({
    tensor: 'padded',
    axes: { ...spatialAxes(near.map(paddedSize)), c: pool.channels },
    target: [...place, channel],
    value: read(operand(0), [...place.map((index, n) => index.minus(near[n]!.before)), channel], reduction.outside),
  });
  const within = near.map((axis) => ({ ...axis, before: 0 }));
  const windows = express({
    axes: { ...spatialAxes(near.map((axis) => axis.output)), c: pool.channels, ...tapAxes(within) },
    target: [...place, channel],
    combine: reduction.combine,
    value: read('padded', [...windowIndex(within), channel]),
  });
  return { kind: 'expressions', statements: [border, windows], temporaries: { padded } };
}

/** From the first cell of the first window to the last one of the last window. */
const paddedSize = ({ output, stride, kernel, dilation }: AxisRecord): number =>
  (output - 1) * stride + (kernel - 1) * dilation + 1;

/** How many windows reach over a border. */
function hanging({ output, stride, kernel, dilation, before, input }: AxisRecord): number {
  const first = Math.min(output, Math.max(0, Math.ceil(before / stride)));
  const inside = Math.floor((input - 1 - (kernel - 1) * dilation + before) / stride) + 1 - first;
  return output - Math.min(Math.max(0, inside), output - first);
}

/** Reduces all spatial axes to size 1. */
export function globalPoolExpression(shape: Shape, combine: Combine, finish?: Scalar): TensorExpression {
  const space = shape.slice(0, -1);
  return express({
    axes: { c: shape.at(-1)!, ...spatialAxes(space) },
    target: [...space.map(() => Affine.constant(0)), Affine.axis('c')],
    combine,
    value: read(operand(0), [...spatialIndex(space.length), Affine.axis('c')]),
    ...(finish && { finish }),
  });
}
