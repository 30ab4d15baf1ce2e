// What the convolutions share: parameters, group checks, and how a literal kernel gives its own size.
import { accumulated, add, coordinate, read, type Scalar } from '../algebra/expression.ts';
import { type Fault, type Shape, showShape, sizeOf, type WeightSpecification } from './operator.ts';
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
} from './parameters.ts';

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
export function kernelSize({ kernel, weights }: KernelArguments, rank: number): Sizes | Fault {
  if (kernel !== undefined) return kernel;
  if (weights && weights.shape.length >= rank) return weights.shape.slice(0, rank);
  return { code: 'argument/missing', message: 'the layer needs kernel', notes: ['write a size, such as kernel: 3'] };
}

/** The kernel's specification: its literal must have the full shape, or only the spatial one where the rest is 1. */
export function kernelWeight(
  name: string,
  shape: Shape,
  rank: number,
  fanIn: number,
  literal?: Literal,
): WeightSpecification | Fault {
  const specification: WeightSpecification = { name, shape, fill: 'he', fanIn };
  if (!literal) return specification;
  const whole = literal.shape.join() === shape.join();
  const spatial =
    literal.shape.length === rank &&
    literal.shape.join() === shape.slice(0, rank).join() &&
    sizeOf(shape.slice(rank)) === 1;
  if (whole || spatial) return { ...specification, literal: literal.data };
  return {
    parameter: 'weights',
    code: 'weights/shape',
    message: `the kernel is ${showShape(shape)} here, the list is ${showShape(literal.shape)}`,
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
    message: `bias has ${showShape(given.shape)} numbers for ${channels} output channels`,
  };
}

/** Adds `bias[channel]` to the accumulated sum; `axis` is the position of the channel axis in the output. */
export const finishWithBias = (given: boolean | Literal, axis: number): Scalar =>
  given === false ? accumulated : add(accumulated, read('bias', [coordinate(axis)]));

/** Groups must divide both channel counts. */
export function groupFault(groups: number, input: number, output: number): Fault | undefined {
  if (input % groups === 0 && output % groups === 0) return undefined;
  const [what, size] = input % groups === 0 ? ['filters', output] : ['input channels', input];
  const divisors = Array.from({ length: Math.min(input, output) }, (_, n) => n + 1).filter(
    (n) => input % n === 0 && output % n === 0,
  );
  return {
    parameter: 'groups',
    code: 'shape/groups',
    message: `${groups} groups do not divide ${size} ${what}`,
    notes: [`groups that divide ${input} input channels and ${output} filters: ${divisors.slice(0, 12).join(', ')}`],
  };
}

/** Names of the spatial axes of an output, and of the taps that go with them. */
export const spatialNames = (rank: number): readonly string[] => ['z', 'y', 'x'].slice(3 - rank);
export const tapNames = (rank: number): readonly string[] => ['h', 'i', 'j'].slice(3 - rank);
