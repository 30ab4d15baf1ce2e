// Convolution (cross-correlation, as every framework means it), 1-D to 3-D, with stride, dilation and groups.
//
//   out[y, x, F·g + f] += in[s·y + d·i − p, s·x + d·j − p, C·g + c] · kernel[i, j, c, F·g + f]

import { Affine } from '../../algebra/affine.ts';
import { express, multiply, read, type TensorExpression } from '../../algebra/expression.ts';
import { sizeOf } from '../../tensor.ts';
import {
  type AxisRecord,
  type Call,
  defineOperator,
  faults,
  type InferenceResult,
  isFault,
  operand,
} from '../operator.ts';
import {
  biasWeight,
  channelGroups,
  filters,
  finishWithBias,
  groupFault,
  groups,
  type KernelArguments,
  kernelParameters,
  kernelSize,
  kernelWeight,
  spatialAxes,
  spatialIndex,
  spatialOf,
  tapAxes,
  tapIndex,
  windowIndex,
} from '../shared/convolution.ts';
import { sizeFault } from '../shared/size-limit.ts';
import { deadTaps, forwardWindows } from '../shared/windows.ts';

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
  const axes = forwardWindows({ ...given, input: space, kernel });
  if (isFault(axes)) return faults(axes);
  const taps = axes.map((axis) => axis.kernel);
  const perGroup = channels / given.groups;
  const weight = kernelWeight(
    { name: 'kernel', taps, channels: [perGroup, given.filters], fanIn: sizeOf(taps) * perGroup },
    given.weights,
  );
  if (isFault(weight)) return faults(weight);
  const bias = biasWeight(given.filters, given.bias);
  if (isFault(bias)) return faults(bias);
  const output = [...axes.map((axis) => axis.output), given.filters];
  const oversized = sizeFault(output);
  if (oversized) return faults(oversized);
  return {
    output,
    weights: [weight, ...bias],
    axes,
    meaning: { kind: 'expressions', statements: [expression(given, axes, channels)] },
    warnings: deadTaps(axes),
  };
}

function expression(given: Arguments, windows: readonly AxisRecord[], channels: number): TensorExpression {
  const rank = windows.length;
  const { groupAxis, outputAxis, inputAxis, inputChannel, outputChannel } = channelGroups(
    given.groups,
    channels,
    given.filters,
  );
  return express({
    axes: {
      ...spatialAxes(windows.map((window) => window.output)),
      ...groupAxis,
      ...outputAxis,
      ...tapAxes(windows),
      ...inputAxis,
    },
    target: [...spatialIndex(rank), outputChannel],
    combine: 'sum',
    value: multiply(
      read(operand(0), [...windowIndex(windows), inputChannel]),
      read('kernel', [...tapIndex(rank), Affine.axis('c'), outputChannel]),
    ),
    finish: finishWithBias(given.bias, rank),
  });
}
