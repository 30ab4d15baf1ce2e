// What the convolutions share: parameters, group checks, and how a literal kernel gives its own size.
import { Affine } from '../../algebra/affine.ts';
import { accumulated, add, coordinate, read, type Scalar } from '../../algebra/expression.ts';
import { type Shape, showShape, sizeOf } from '../../tensor.ts';
import type { AxisRecord, Fault, WeightSpecification } from '../operator.ts';
import {
  bias,
  count,
  type Literal,
  literal,
  optional,
  type Padding,
  type Parameter,
  padding,
  type Sizes,
  sizes,
} from '../parameters.ts';
import { sizeFault } from './size-limit.ts';

export interface KernelArguments {
  readonly kernel: Sizes | undefined;
  readonly stride: Sizes;
  readonly padding: Padding;
  readonly dilation: Sizes;
  readonly weights: Literal | undefined;
  readonly bias: boolean | Literal;
}

/** Parameters every kernel-carrying layer has. */
export const kernelParameters: { readonly [K in keyof KernelArguments]: Parameter<KernelArguments[K]> } = {
  kernel: optional<Sizes | undefined>(
    sizes('Size of the kernel; read from `weights` where those are written out.'),
    undefined,
  ),
  stride: optional(sizes('Distance between neighbouring windows.'), 1),
  padding: optional(padding('How far the window may hang over the border.'), 'valid'),
  dilation: optional(sizes('Distance between neighbouring taps of the kernel.'), 1),
  weights: literal(
    'The kernel, written out; a list of as many levels as spatial axes serves a kernel from one channel to one.',
  ),
  bias: bias('Whether a value is added to each output channel, or the values themselves.'),
};

export const filters = count('Output channels.');
export const multiplier = optional(count('Output channels for each input channel.'), 1);
export const groups = optional(count('Groups of channels that do not see each other.'), 1);

/** The spatial part of a shape; an input needs one to three spatial axes and a channel axis. */
export function spatialOf(input: Shape): { readonly space: readonly number[]; readonly channels: number } | Fault {
  if (input.length >= 2 && input.length <= 4) return { space: input.slice(0, -1), channels: input.at(-1)! };
  return {
    code: 'shape/rank',
    message: `a window needs 1 to 3 spatial axes and channels, the input is ${showShape(input)}`,
    notes: ['give a shape such as [length, channels], [height, width, channels] or [depth, height, width, channels]'],
  };
}

/** The kernel size: written, or read from literal weights of the given number of spatial axes. */
export function kernelSize(
  { kernel, weights }: Pick<KernelArguments, 'kernel' | 'weights'>,
  rank: number,
): Sizes | Fault {
  if (kernel !== undefined) return kernel;
  if (weights && weights.shape.length >= rank) return weights.shape.slice(0, rank);
  return { code: 'argument/missing', message: 'the layer needs kernel', notes: ['write a size, such as kernel: 3'] };
}

/**
 * The specification of a kernel of taps and two channel axes. Its literal must have the full shape, or only that of the
 * taps where the rest is 1; `parameter` is the name under which the literal was given.
 */
export function kernelWeight(
  kernel: { readonly name: string; readonly taps: Shape; readonly channels: Shape; readonly fanIn: number },
  literal: Literal | undefined,
  parameter = 'weights',
): WeightSpecification | Fault {
  const shape = [...kernel.taps, ...kernel.channels];
  const oversized = sizeFault(shape, kernel.name);
  if (oversized) return oversized;
  const specification: WeightSpecification = { name: kernel.name, shape, fill: 'he', fanIn: kernel.fanIn };
  if (!literal) return specification;
  const whole = literal.shape.join() === shape.join();
  const tapsOnly = literal.shape.join() === kernel.taps.join() && sizeOf(kernel.channels) === 1;
  if (whole || tapsOnly) return { ...specification, literal: literal.data };
  return {
    parameter,
    code: 'weights/shape',
    message: `the ${kernel.name} is ${showShape(shape)} here, the list is ${showShape(literal.shape)}`,
    label: `expected ${showShape(shape)}`,
  };
}

/** The bias's specification: none, a tensor of its own, or written values. */
export function biasWeight(channels: number, given: boolean | Literal): readonly WeightSpecification[] | Fault {
  if (given === false) return [];
  const specification: WeightSpecification = { name: 'bias', shape: [channels], fill: 'zero' };
  if (given === true) return [specification];
  if (given.shape.join() === `${channels}`) return [{ ...specification, literal: given.data }];
  return {
    parameter: 'bias',
    code: 'weights/shape',
    message: `bias is ${showShape(given.shape)} for ${channels} output channels`,
    label: `expected ${showShape([channels])}`,
  };
}

/** Adds `bias[channel]` to the accumulated sum; `axis` is the position of the channel axis in the output. */
export const finishWithBias = (given: boolean | Literal, axis: number): Scalar =>
  given === false ? accumulated : add(accumulated, read('bias', [coordinate(axis)]));

/** Groups must divide both channel counts. */
export function groupFault(groups: number, input: number, output: number): Fault | undefined {
  if (input % groups === 0 && output % groups === 0) return undefined;
  const [what, size] = input % groups === 0 ? ['filters', output] : ['input channels', input];
  const divisors = commonDivisors(input, output);
  return {
    parameter: 'groups',
    code: 'shape/groups',
    message: `${groups} groups do not divide ${size} ${what}`,
    notes: [`groups that divide ${input} input channels and ${output} filters: ${divisors.join(', ')}`],
  };
}

/** The first dozen numbers that divide both. */
function commonDivisors(a: number, b: number): readonly number[] {
  const divisors: number[] = [];
  for (let n = 1; n <= Math.min(a, b) && divisors.length < 12; n++) if (a % n === 0 && b % n === 0) divisors.push(n);
  return divisors;
}

/** Names of the spatial axes of an output, and of the taps that go with them. */
export const spatialNames = (rank: number): readonly string[] => ['z', 'y', 'x'].slice(3 - rank);
export const tapNames = (rank: number): readonly string[] => ['h', 'i', 'j'].slice(3 - rank);

/** The spatial axes and their sizes, the taps and theirs, as axes of a box. */
export const spatialAxes = (sizes: readonly number[]): Readonly<Record<string, number>> =>
  Object.fromEntries(spatialNames(sizes.length).map((name, n) => [name, sizes[n]!]));
export const tapAxes = (records: readonly AxisRecord[]): Readonly<Record<string, number>> =>
  Object.fromEntries(tapNames(records.length).map((name, n) => [name, records[n]!.kernel]));

/** The cells a window touches: `stride·x + dilation·j − before` along each axis. */
export const windowIndex = (records: readonly AxisRecord[]): readonly Affine[] =>
  records.map(({ stride, dilation, before }, n) =>
    Affine.axis(spatialNames(records.length)[n]!, stride)
      .plus(Affine.axis(tapNames(records.length)[n]!, dilation))
      .minus(before),
  );

/** Bare indices of the spatial axes and of the taps. */
export const spatialIndex = (rank: number): readonly Affine[] => spatialNames(rank).map((name) => Affine.axis(name));
export const tapIndex = (rank: number): readonly Affine[] => tapNames(rank).map((name) => Affine.axis(name));

/** How channels fall into groups: the channel axes of a box and the indices of the input and output channel. */
export interface ChannelGroups {
  readonly groupAxis: Readonly<Record<string, number>>;
  readonly outputAxis: Readonly<Record<string, number>>;
  readonly inputAxis: Readonly<Record<string, number>>;
  readonly inputChannel: Affine;
  readonly outputChannel: Affine;
}

export function channelGroups(groups: number, inputs: number, outputs: number): ChannelGroups {
  const perGroup = { inputs: inputs / groups, outputs: outputs / groups };
  const within = (axis: string, size: number): Affine =>
    groups > 1 ? Affine.axis('g', size).plus(Affine.axis(axis)) : Affine.axis(axis);
  return {
    groupAxis: groups > 1 ? { g: groups } : {},
    outputAxis: { f: perGroup.outputs },
    inputAxis: { c: perGroup.inputs },
    inputChannel: within('c', perGroup.inputs),
    outputChannel: within('f', perGroup.outputs),
  };
}
