// Windows over spatial axes: every dialect's padding becomes one explicit record an axis, for convolutions and pools in
// the forward direction (`transposed-windows.ts` has the other one). Formulas: V. Dumoulin and F. Visin, "A guide to
// convolution arithmetic for deep learning" (2016), and the padding rules of TensorFlow, PyTorch and ONNX.
import { type AxisRecord, type Fault, isFault } from '../operator.ts';
import type { Padding, Sizes } from '../parameters.ts';

export interface WindowSpecification {
  readonly input: readonly number[];
  readonly kernel: Sizes;
  readonly stride: Sizes;
  readonly dilation: Sizes;
  readonly padding: Padding;
  /** Round the number of windows up; a last window that would start in the tail padding is dropped. */
  readonly ceil?: boolean;
}

/** The size of a kernel with its holes: (k − 1)·d + 1. */
export const effectiveKernel = (kernel: number, dilation: number): number => (kernel - 1) * dilation + 1;

/** One number for each axis, or a fault that names the parameter. */
export function spread(value: Sizes, rank: number, parameter: string): readonly number[] | Fault {
  if (typeof value === 'number') return Array.from({ length: rank }, () => value);
  if (value.length === rank) return value;
  return {
    parameter,
    code: 'shape/axes',
    message: `${parameter} has ${value.length} numbers for ${rank} spatial ${rank === 1 ? 'axis' : 'axes'}`,
    label: `one number, or a list of ${rank}`,
  };
}

/** The window along one axis. */
export interface Geometry {
  readonly input: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
}

/** The four numbers of every axis, or the fault of a list that is too long or too short. */
export function geometries({
  input,
  ...lists
}: Pick<WindowSpecification, 'input' | 'kernel' | 'stride' | 'dilation'>): readonly Geometry[] | Fault {
  const kernel = spread(lists.kernel, input.length, 'kernel');
  if (isFault(kernel)) return kernel;
  const stride = spread(lists.stride, input.length, 'stride');
  if (isFault(stride)) return stride;
  const dilation = spread(lists.dilation, input.length, 'dilation');
  if (isFault(dilation)) return dilation;
  return input.map((size, n) => ({ input: size, kernel: kernel[n]!, stride: stride[n]!, dilation: dilation[n]! }));
}

/** The records of a convolution or a pool, or the first fault. */
export function forwardWindows(specification: WindowSpecification): readonly AxisRecord[] | Fault {
  const axes = geometries(specification);
  if (isFault(axes)) return axes;
  const records: AxisRecord[] = [];
  for (const [axis, geometry] of axes.entries()) {
    const record = forwardAxis(geometry, specification, axis, axes.length);
    if (isFault(record)) return record;
    records.push(record);
  }
  return records;
}

function forwardAxis(
  geometry: Geometry,
  { padding, ceil }: WindowSpecification,
  axis: number,
  rank: number,
): AxisRecord | Fault {
  const resolved = forwardPadding(geometry, padding, axis, rank);
  if (isFault(resolved)) return resolved;
  const { input, kernel, stride, dilation } = geometry;
  const { before, after, rule } = resolved;
  const extent = effectiveKernel(kernel, dilation);
  const padded = input + before + after;
  if (padded < 1) return nothingLeft(resolved, input, axisName(axis, rank));
  if (padded < extent) {
    return {
      parameter: 'kernel',
      code: 'shape/window',
      message: `a window of ${extent} does not fit into the ${axisName(axis, rank)} of ${padded}`,
      label: `the input is ${input} here`,
      notes: [
        `${input} + ${before} + ${after} of padding < (${kernel} − 1)·${dilation} + 1 = ${extent}: use a smaller kernel or dilation, or more padding`,
      ],
    };
  }
  const room = padded - extent;
  let output = Math.floor(room / stride) + 1;
  if (ceil) {
    output = Math.ceil(room / stride) + 1;
    if ((output - 1) * stride >= input + before) output--;
  }
  return { direction: 'forward', ...geometry, before, after, output, rule };
}

function nothingLeft({ before, after }: ResolvedPadding, input: number, name: string): Fault {
  return {
    parameter: 'padding',
    code: 'shape/padding',
    message: `padding [${before}, ${after}] leaves nothing of the ${name} of ${input}`,
    notes: [`${input} + (${before}) + (${after}) = ${input + before + after}: negative padding crops, use less of it`],
  };
}

export interface ResolvedPadding {
  readonly before: number;
  readonly after: number;
  readonly rule: string;
}

function forwardPadding(geometry: Geometry, padding: Padding, axis: number, rank: number): ResolvedPadding | Fault {
  const { input, kernel, stride, dilation } = geometry;
  const extent = effectiveKernel(kernel, dilation);
  switch (padding) {
    case 'valid':
      return { before: 0, after: 0, rule: 'valid' };
    case 'same':
    case 'same_lower': {
      // The clamp matters where the stride is larger than the kernel.
      const total = Math.max((Math.ceil(input / stride) - 1) * stride + extent - input, 0);
      const less = Math.floor(total / 2);
      return padding === 'same'
        ? { before: less, after: total - less, rule: 'same' }
        : { before: total - less, after: less, rule: 'same_lower' };
    }
    case 'causal':
      return causalFault(rank) ?? { before: extent - 1, after: 0, rule: 'causal' };
    default:
      return explicitPadding(padding, axis, rank);
  }
}

/** Causal padding looks back along time, so it needs one axis that is time. */
export function causalFault(rank: number): Fault | undefined {
  if (rank === 1) return undefined;
  return {
    parameter: 'padding',
    code: 'shape/causal',
    message: `causal padding is for one spatial axis, here are ${rank}`,
    notes: ['write [before, after] pairs: padding: [[2, 0], [1, 1]]'],
  };
}

/** Numeric padding in its three spellings: one number, a number per axis, a pair per axis. */
export function explicitPadding(
  padding: Exclude<Padding, string>,
  axis: number,
  rank: number,
): ResolvedPadding | Fault {
  if (typeof padding === 'number') return { before: padding, after: padding, rule: 'explicit' };
  if (padding.length !== rank) {
    return {
      parameter: 'padding',
      code: 'shape/axes',
      message: `padding has ${padding.length} entries for ${rank} spatial ${rank === 1 ? 'axis' : 'axes'}`,
      label: `one number, or a list of ${rank}`,
      notes: ['an entry is a number for both ends or a pair [before, after]: a pair for one axis is written [[0, 1]]'],
    };
  }
  const entry = padding[axis]!;
  return typeof entry === 'number'
    ? { before: entry, after: entry, rule: 'explicit' }
    : { before: entry[0], after: entry[1], rule: 'explicit' };
}

/** What a spatial axis is called. */
export const axisName = (axis: number, rank: number): string =>
  (rank === 1 ? ['length'] : ['depth', 'height', 'width'].slice(3 - rank))[axis] ?? `axis ${axis}`;

/**
 * The lint for kernels with taps that only ever see padding (forward) or only ever write outside the output (transposed):
 * their weights are stored and multiplied for nothing.
 */
export function deadTaps(axes: readonly AxisRecord[]): readonly Fault[] {
  return axes.flatMap((record, axis): readonly Fault[] => {
    const dead = Array.from({ length: record.kernel }, (_, tap) => tap).filter((tap) => !tapLives(record, tap));
    if (dead.length === 0) return [];
    const where = record.direction === 'forward' ? 'only ever see padding' : 'only ever write outside the output';
    return [
      {
        parameter: record.dilation > 1 ? 'dilation' : 'kernel',
        code: 'lint/dead-taps',
        message: `${dead.length} of ${record.kernel} taps in ${axisName(axis, axes.length)} ${where}`,
        label: `taps ${dead.slice(0, 8).join(', ')}${dead.length > 8 ? ', …' : ''} of the kernel`,
        notes: [
          `the window spans (${record.kernel} − 1)·${record.dilation} + 1 = ${effectiveKernel(record.kernel, record.dilation)} and the input is ${record.input}: use a smaller kernel or dilation`,
        ],
      },
    ];
  });
}

/** Whether some window position o (0 ≤ o < positions) puts a tap at o·stride + tap·dilation − before into 0 … size − 1. */
function tapLives({ direction, input, output, stride, dilation, before }: AxisRecord, tap: number): boolean {
  const [positions, size] = direction === 'forward' ? [output, input] : [input, output];
  const first = Math.max(0, Math.ceil((before - tap * dilation) / stride));
  const last = Math.min(positions - 1, Math.floor((size - 1 + before - tap * dilation) / stride));
  return first <= last;
}
