// Depthwise convolution: every channel is convolved on its own, with `multiplier` kernels each.
//
//   out[y, x, m·c + q] += in[s·y + d·i − p, s·x + d·j − p, c] · kernel[i, j, c, q]

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
  finishWithBias,
  type KernelArguments,
  kernelParameters,
  kernelSize,
  kernelWeight,
  multiplier,
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
  readonly multiplier: number;
}

export const depthwiseConv = defineOperator<Arguments>({
  name: 'depthwiseConv',
  family: 'convolution',
  about: 'Depthwise convolution: each channel is convolved with kernels of its own.',
  example: 'depthwiseConv(kernel: 3, padding: same)',
  exampleInputs: [[6, 6, 4]],
  operands: { minimum: 1, maximum: 1 },
  parameters: { ...kernelParameters, multiplier },
  positional: [],
  infer,
});

function infer({ arguments: given, inputs }: Call<Arguments>): InferenceResult {
  const input = spatialOf(inputs[0]!);
  if (isFault(input)) return faults(input);
  const { space, channels } = input;
  const kernel = kernelSize(given, space.length);
  if (isFault(kernel)) return faults(kernel);
  const axes = forwardWindows({ ...given, input: space, kernel });
  if (isFault(axes)) return faults(axes);
  const taps = axes.map((axis) => axis.kernel);
  const weight = kernelWeight(
    { name: 'kernel', taps, channels: [channels, given.multiplier], fanIn: sizeOf(taps) },
    given.weights,
  );
  if (isFault(weight)) return faults(weight);
  const outputs = channels * given.multiplier;
  const bias = biasWeight(outputs, given.bias);
  if (isFault(bias)) return faults(bias);
  const output = [...axes.map((axis) => axis.output), outputs];
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

function expression(
  { multiplier, bias }: Arguments,
  windows: readonly AxisRecord[],
  channels: number,
): TensorExpression {
  const rank = windows.length;
  const channel = Affine.axis('c');
  const one = multiplier === 1;
  return express({
    axes: {
      ...spatialAxes(windows.map((window) => window.output)),
      c: channels,
      ...(!one && { q: multiplier }),
      ...tapAxes(windows),
    },
    target: [...spatialIndex(rank), one ? channel : Affine.axis('c', multiplier).plus(Affine.axis('q'))],
    combine: 'sum',
    value: multiply(
      read(operand(0), [...windowIndex(windows), channel]),
      read('kernel', [...tapIndex(rank), channel, one ? Affine.constant(0) : Affine.axis('q')]),
    ),
    finish: finishWithBias(bias, rank),
  });
}
