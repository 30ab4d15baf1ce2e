// Windows of a transposed convolution: input i and tap k add to output i·stride + k·dilation − before, and all the ways to
// say how large the output is become one record an axis.
//
//   full = (input − 1)·stride + dilation·(kernel − 1) + 1        output = full − before − after
//
// `after` may be negative: the output then has a tail that no tap reaches. Output padding a is "after, less a".
import type { AxisRecord, Fault } from '../operator.ts';
import { isFault } from '../operator.ts';
import type { Padding, Sizes } from '../parameters.ts';
import {
  axisName,
  causalFault,
  effectiveKernel,
  explicitPadding,
  type Geometry,
  geometries,
  spread,
} from './windows.ts';

export interface TransposedSpecification {
  readonly input: readonly number[];
  readonly kernel: Sizes;
  readonly stride: Sizes;
  readonly dilation: Sizes;
  readonly padding: Padding;
  readonly outputPadding: Sizes | undefined;
  readonly outputShape: Sizes | undefined;
}

/** The records of a transposed convolution, or the first fault. */
export function transposedWindows(specification: TransposedSpecification): readonly AxisRecord[] | Fault {
  const axes = geometries(specification);
  if (isFault(axes)) return axes;
  const rank = axes.length;
  const { outputPadding, outputShape, padding } = specification;
  if (padding === 'causal' && rank !== 1) return causalFault(rank)!;
  if (outputPadding !== undefined && outputShape !== undefined) return bothGiven;
  const extra = spread(outputPadding ?? 0, rank, 'outputPadding');
  if (isFault(extra)) return extra;
  const wanted = outputShape === undefined ? undefined : spread(outputShape, rank, 'outputShape');
  if (isFault(wanted)) return wanted;
  const records: AxisRecord[] = [];
  for (const [axis, geometry] of axes.entries()) {
    const fault = extraFault(geometry, extra[axis]!);
    if (fault) return fault;
    const natural = naturalAxis(geometry, padding, outputPadding === undefined ? undefined : extra[axis]!, axis, rank);
    if (isFault(natural)) return natural;
    records.push(natural);
  }
  const empty = records.findIndex((record) => (wanted ? reachable(record)[1] : record.output) < 1);
  if (empty >= 0) return emptyOutput(records, empty);
  return wanted ? reach(records, wanted) : records;
}

const bothGiven: Fault = {
  parameter: 'outputPadding',
  code: 'argument/conflict',
  message: 'outputPadding and outputShape both fix the output size',
  notes: ['give one of them: outputPadding is derived from outputShape'],
};

/** Output padding only chooses among the sizes that one forward convolution maps to this input. */
function extraFault({ stride, dilation }: Geometry, extra: number): Fault | undefined {
  const limit = Math.max(stride, dilation);
  if (extra < limit) return undefined;
  return {
    parameter: 'outputPadding',
    code: 'transpose/output-padding',
    message: `outputPadding ${extra} is not smaller than stride ${stride} or dilation ${dilation}`,
    label: `at most ${limit - 1}`,
    notes: ['for a longer tail without taps write negative padding: padding: [[0, -2], [0, -2]]'],
  };
}

/** The record before any `outputShape`. Rules: Keras and TensorFlow for 'same', PyTorch and ONNX for numbers. */
function naturalAxis(
  geometry: Geometry,
  padding: Padding,
  extra: number | undefined,
  axis: number,
  rank: number,
): AxisRecord | Fault {
  const { input, kernel, stride, dilation } = geometry;
  const extent = effectiveKernel(kernel, dilation);
  const full = (input - 1) * stride + extent;
  const record = (before: number, output: number, rule: string): AxisRecord => ({
    direction: 'transposed',
    ...geometry,
    before,
    after: full - output - before,
    output,
    rule,
  });
  switch (padding) {
    case 'valid':
      return record(0, full + (extra ?? 0), 'valid');
    case 'causal':
      return record(0, input * stride + (extra ?? 0), 'causal');
    case 'same':
    case 'same_lower': {
      // Keras with output padding: half the kernel is cut at both ends, then the tail grows.
      const output = extra === undefined ? input * stride : (input - 1) * stride + (extent % 2) + extra;
      return record(sameHead(full - output, padding), output, padding);
    }
    default: {
      const resolved = explicitPadding(padding, axis, rank);
      if (isFault(resolved)) return resolved;
      return record(resolved.before, full - resolved.before - resolved.after + (extra ?? 0), 'explicit');
    }
  }
}

/** The head's share of the cells that are cut; where the output is longer than `full`, all of the extension is tail. */
export function sameHead(total: number, padding: 'same' | 'same_lower'): number {
  const cut = Math.max(total, 0);
  return padding === 'same' ? Math.floor(cut / 2) : Math.ceil(cut / 2);
}

function emptyOutput(records: readonly AxisRecord[], axis: number): Fault {
  const { input, kernel, stride, dilation, before, after, output } = records[axis]!;
  return {
    parameter: 'padding',
    code: 'shape/padding',
    message: `padding [${before}, ${after}] leaves nothing of the ${axisName(axis, records.length)}`,
    label: `the input is ${input} here`,
    notes: [
      `o = (${input} − 1)·${stride} + ${dilation}·(${kernel} − 1) + 1 − (${before}) − (${after}) = ${output}: use less padding`,
    ],
  };
}

/** Moves each axis to its wanted size, if some output padding 0 ≤ a < stride gets there. */
function reach(records: readonly AxisRecord[], wanted: readonly number[]): readonly AxisRecord[] | Fault {
  const ranges = records.map(reachable);
  if (wanted.some((size, axis) => size < ranges[axis]![0] || size > ranges[axis]![1])) {
    return unreachable(records, wanted, ranges);
  }
  return records.map((record, axis): AxisRecord => {
    const full = record.output + record.before + record.after;
    const output = wanted[axis]!;
    const { rule } = record;
    const before = rule === 'same' || rule === 'same_lower' ? sameHead(full - output, rule) : record.before;
    return { ...record, before, after: full - output - before, output, rule: 'outputShape' };
  });
}

/** The output sizes whose forward convolution gives this input: 'same' shares its stride downwards, the others upwards. */
function reachable({ output, stride, rule }: AxisRecord): readonly [low: number, high: number] {
  if (rule === 'same' || rule === 'same_lower') return [output - stride + 1, output];
  return [Math.max(output, 1), output + stride - 1];
}

function unreachable(
  records: readonly AxisRecord[],
  wanted: readonly number[],
  ranges: readonly (readonly [number, number])[],
): Fault {
  const axis = wanted.findIndex((size, n) => size < ranges[n]![0] || size > ranges[n]![1]);
  return {
    parameter: 'outputShape',
    code: 'transpose/unreachable-size',
    message: `no output padding reaches ${wanted.join('×')}`,
    label: `the input is ${records.map((record) => record.input).join('×')} here`,
    notes: [`${formula(records[axis]!)}: choose ${choices(ranges)}`],
  };
}

function formula({ input, kernel, stride, dilation, before, after, rule, output }: AxisRecord): string {
  if (rule === 'same' || rule === 'same_lower') return `o = ${input}·${stride} − b = ${output} − b with b < ${stride}`;
  if (rule === 'causal') return `o = ${input}·${stride} + a = ${output} + a with a < ${stride}`;
  const extent = effectiveKernel(kernel, dilation);
  const window = dilation === 1 ? `${extent}` : `${dilation}·(${kernel} − 1) + 1`;
  return `o = (${input} − 1)·${stride} + ${window} − ${before + after} + a = ${output} + a with a < ${stride}`;
}

/** `[5, 5] or [6, 6]` where the axes agree and there are few, else the range of each axis. */
function choices(ranges: readonly (readonly [number, number])[]): string {
  const [low, high] = ranges[0]!;
  const alike = ranges.every((range) => range[0] === low && range[1] === high);
  if (alike && high - low < 4) {
    const shapes = Array.from({ length: high - low + 1 }, (_, n) => `[${ranges.map(() => low + n).join(', ')}]`);
    return shapes.join(' or ');
  }
  const span = ([from, to]: readonly [number, number]): string => (from === to ? `${from}` : `${from} to ${to}`);
  return ranges.map((range, axis) => `${axisName(axis, ranges.length)} ${span(range)}`).join(', ');
}

/**
 * The lint for kernels that overlap unevenly (A. Odena et al., "Deconvolution and checkerboard artifacts", 2016): outputs of
 * different phases then sum different numbers of taps.
 */
export function checkerboard(axes: readonly AxisRecord[]): readonly Fault[] {
  const axis = axes.find((record) => overlaps(record).length > 1);
  if (!axis) return [];
  const { kernel, stride, dilation } = axis;
  const even = Math.ceil(kernel / stride) * stride;
  const fix = greatestCommonDivisor(stride, dilation) > 1 ? 'dilation: 1' : `kernel: ${even}`;
  return [
    {
      parameter: 'kernel',
      code: 'lint/checkerboard',
      message: `a kernel of ${kernel} with stride ${stride} overlaps unevenly: neighbouring outputs sum ${overlaps(axis).join(' or ')} taps`,
      notes: [`use ${fix}, or enlarge the input ${stride} times and convolve it with stride 1`],
    },
  ];
}

/** The numbers of taps that different outputs sum: outputs r and taps k meet where k·dilation ≡ r (mod stride). */
function overlaps({ kernel, stride, dilation }: AxisRecord): readonly number[] {
  const divisor = greatestCommonDivisor(stride, dilation);
  const cycles = kernel / (stride / divisor);
  return [...new Set([...(divisor > 1 ? [0] : []), Math.floor(cycles), Math.ceil(cycles)])];
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
