// Convolution (cross-correlation, as every framework means it), 1-D to 3-D, with stride, dilation and groups.
//
//   out[y, x, F·g + f] += in[s·y + d·i − p, s·x + d·j − p, C·g + c] · kernel[i, j, c, F·g + f]
import { Affine } from '../algebra/affine.ts';
import { express, multiply, read, type TensorExpression } from '../algebra/expression.ts';
import {
  biasWeight,
  filters,
  finishWithBias,
  groupFault,
  groups,
  type KernelArguments,
  kernelParameters,
  kernelSize,
  kernelWeight,
  spatialNames,
  spatialOf,
  tapNames,
} from './convolution.ts';
import {
  type AxisRecord,
  type Call,
  defineOperator,
  faults,
  type InferenceResult,
  operand,
  sizeOf,
} from './operator.ts';
import { forwardWindows, isFault } from './windows.ts';

interface Arguments extends KernelArguments {
  readonly filters: number;
  readonly groups: number;
}

export const conv = defineOperator<Arguments>({
  name: 'conv',
  family: 'convolution',
  about: 'Convolution: each output is the sum of a window of the input weighted by a kernel.',
  example: 'conv(8, kernel: 3, padding: same)',
  exampleInputs: [[6, 6, 3]],
  operands: { minimum: 1, maximum: 1 },
  parameters: { filters, ...kernelParameters, groups },
  positional: ['filters'],
  infer,
});

function infer({ arguments: given, inputs }: Call<Arguments>): InferenceResult {
  const input = spatialOf(inputs[0]!);
  if (isFault(input)) return faults(input);
  const { space, channels } = input;
  const wrongGroups = groupFault(given.groups, channels, given.filters);
  if (wrongGroups) return faults(wrongGroups);
  const kernel = kernelSize(given, space.length);
  if (isFault(kernel)) return faults(kernel);
  const axes = forwardWindows({
    input: space,
    kernel,
    stride: given.stride,
    dilation: given.dilation,
    padding: given.padding,
  });
  if (isFault(axes)) return faults(axes);
  const taps = axes.map((axis) => axis.kernel);
  const shape = [...taps, channels / given.groups, given.filters];
  const weight = kernelWeight('kernel', shape, space.length, sizeOf(taps) * (channels / given.groups), given.weights);
  if (isFault(weight)) return faults(weight);
  const bias = biasWeight(given.filters, given.bias);
  if (isFault(bias)) return faults(bias);
  return {
    output: [...axes.map((axis) => axis.output), given.filters],
    weights: [weight, ...bias],
    axes,
    meaning: { kind: 'expressions', statements: [expression(given, axes, channels)] },
  };
}

function expression(given: Arguments, windows: readonly AxisRecord[], channels: number): TensorExpression {
  const rank = windows.length;
  const space = spatialNames(rank);
  const taps = tapNames(rank);
  const perGroup = { inputs: channels / given.groups, outputs: given.filters / given.groups };
  const grouped = given.groups > 1;
  const filter = grouped ? Affine.axis('g', perGroup.outputs).plus(Affine.axis('f')) : Affine.axis('f');
  const channel = grouped ? Affine.axis('g', perGroup.inputs).plus(Affine.axis('c')) : Affine.axis('c');
  const sources = windows.map(({ stride, dilation, before }, n) =>
    Affine.axis(space[n]!, stride).plus(Affine.axis(taps[n]!, dilation)).minus(before),
  );
  const tapIndex = taps.map((name) => Affine.axis(name));
  return express({
    axes: {
      ...Object.fromEntries(windows.map((window, n) => [space[n]!, window.output])),
      ...(grouped && { g: given.groups }),
      f: perGroup.outputs,
      ...Object.fromEntries(windows.map((window, n) => [taps[n]!, window.kernel])),
      c: perGroup.inputs,
    },
    target: [...space.map((name) => Affine.axis(name)), filter],
    combine: 'sum',
    value: multiply(read(operand(0), [...sources, channel]), read('kernel', [...tapIndex, Affine.axis('c'), filter])),
    finish: finishWithBias(given.bias, rank),
  });
}
