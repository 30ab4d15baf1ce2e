// Transposed convolution: the adjoint of a convolution, written as it is meant: every input adds a weighted kernel into the
// output. 1-D to 3-D, with stride, dilation, groups and padding of either sign.
//
//   out[s·y + d·i − p, s·x + d·j − p, F·g + f] += in[y, x, C·g + c] · kernel[i, j, f, C·g + c]

import { Affine } from '../../algebra/affine.ts';
import { express, multiply, read, type TensorExpression } from '../../algebra/expression.ts';
import {
  type AxisRecord,
  type Call,
  defineOperator,
  faults,
  type InferenceResult,
  isFault,
  operand,
} from '../operator.ts';
import { optional, type Sizes, sizes, sizesFromZero } from '../parameters.ts';
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
import { checkerboard, transposedWindows } from '../shared/transposed-windows.ts';
import { deadTaps } from '../shared/windows.ts';

interface Arguments extends KernelArguments {
  readonly filters: number;
  readonly groups: number;
  readonly outputPadding: Sizes | undefined;
  readonly outputShape: Sizes | undefined;
}

export const convTranspose = defineOperator<Arguments>({
  name: 'convTranspose',
  family: 'convolution',
  about: 'Transposed convolution: each input adds a weighted kernel into the output, stride cells apart.',
  example: 'convTranspose(4, kernel: 4, stride: 2, padding: 1)',
  exampleInputs: [[5, 5, 3]],
  operands: { minimum: 1, maximum: 1 },
  parameters: {
    filters,
    ...kernelParameters,
    groups,
    outputPadding: optional<Sizes | undefined>(
      sizesFromZero('Cells added at the tail of the output, to choose among sizes that a stride makes ambiguous.'),
      undefined,
    ),
    outputShape: optional<Sizes | undefined>(
      sizes('Spatial size of the output, from which the output padding is derived.'),
      undefined,
    ),
  },
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
  const axes = transposedWindows({ ...given, input: space, kernel });
  if (isFault(axes)) return faults(axes);
  const taps = axes.map((axis) => axis.kernel);
  const fanIn = axes.reduce((product, axis) => product * Math.ceil(axis.kernel / axis.stride), channels / given.groups);
  const weight = kernelWeight(
    { name: 'kernel', taps, channels: [given.filters / given.groups, channels], fanIn },
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
    warnings: [...checkerboard(axes), ...deadTaps(axes)],
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
      ...spatialAxes(windows.map((window) => window.input)),
      ...groupAxis,
      ...outputAxis,
      ...tapAxes(windows),
      ...inputAxis,
    },
    target: [...windowIndex(windows), outputChannel],
    combine: 'sum',
    value: multiply(
      read(operand(0), [...spatialIndex(rank), inputChannel]),
      read('kernel', [...tapIndex(rank), Affine.axis('f'), inputChannel]),
    ),
    finish: finishWithBias(given.bias, rank),
    scatter: true,
  });
}
