// Windows over spatial axes: every dialect's padding becomes one explicit record an axis, for convolutions and pools in
// the forward direction and for transposed convolutions. Formulas: V. Dumoulin and F. Visin, "A guide to convolution
// arithmetic for deep learning" (2016), and the padding rules of TensorFlow, PyTorch and ONNX.
import { type AxisRecord, type Fault, showShape } from './operator.ts';
import type { Padding, Sizes } from './parameters.ts';

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

/** The records of a convolution or a pool, or the first fault. */
export function forwardWindows(specification: WindowSpecification): readonly AxisRecord[] | Fault {
  const rank = specification.input.length;
  const kernel = spread(specification.kernel, rank, 'kernel');
  const stride = spread(specification.stride, rank, 'stride');
  const dilation = spread(specification.dilation, rank, 'dilation');
  for (const list of [kernel, stride, dilation]) if (isFault(list)) return list;
  const records: AxisRecord[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const geometry = {
      input: specification.input[axis]!,
      kernel: (kernel as readonly number[])[axis]!,
      stride: (stride as readonly number[])[axis]!,
      dilation: (dilation as readonly number[])[axis]!,
    };
    const record = forwardAxis(geometry, specification, axis, rank);
    if (isFault(record)) return record;
    records.push(record);
  }
  return records;
}

interface Geometry {
  readonly input: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
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
  const room = input + before + after - extent;
  if (room < 0) {
    return {
      parameter: 'kernel',
      code: 'shape/window',
      message: `a window of ${extent} does not fit into ${input + before + after} ${axisName(axis, rank)}`,
      label: `the input is ${input} here`,
      notes: [
        `${input} + ${before} + ${after} of padding < (${kernel} − 1)·${dilation} + 1 = ${extent}: use a smaller kernel or dilation, or more padding`,
      ],
    };
  }
  let output = Math.floor(room / stride) + 1;
  if (ceil) {
    output = Math.ceil(room / stride) + 1;
    if ((output - 1) * stride >= input + before) output--;
  }
  return { direction: 'forward', ...geometry, before, after, output, rule };
}

interface ResolvedPadding {
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
      if (rank !== 1)
        return {
          parameter: 'padding',
          code: 'shape/causal',
          message: `causal padding is for one spatial axis, here are ${rank}`,
        };
      return { before: extent - 1, after: 0, rule: 'causal' };
    default:
      return explicitPadding(padding, axis, rank);
  }
}

/** Numeric padding in its three spellings: one number, a number an axis, a pair an axis. */
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
      label: `${showShape(padding.flat())} here`,
    };
  }
  const entry = padding[axis]!;
  return typeof entry === 'number'
    ? { before: entry, after: entry, rule: 'explicit' }
    : { before: entry[0], after: entry[1], rule: 'explicit' };
}

export const isFault = (value: unknown): value is Fault =>
  typeof value === 'object' && value !== null && 'code' in value && 'message' in value;

const axisName = (axis: number, rank: number): string =>
  `in ${['depth', 'height', 'width'].slice(rank === 1 ? 2 : 3 - rank)[axis] ?? `axis ${axis}`}`;
