// Depthwise separable convolution: an abbreviation for a depthwise convolution without bias, then a convolution of kernel 1
// that mixes the channels. L. Sifre (2014); F. Chollet, "Xception" (2017).
import { sizeOf } from '../../tensor.ts';
import { type Call, defineOperator, type Expander, faults, type InferenceResult, isFault } from '../operator.ts';
import { type Literal, literal, type Padding, type Sizes } from '../parameters.ts';
import {
  biasWeight,
  filters,
  kernelParameters,
  kernelSize,
  kernelWeight,
  multiplier,
  spatialOf,
} from '../shared/convolution.ts';
import { sizeFault } from '../shared/size-limit.ts';
import { deadTaps, forwardWindows } from '../shared/windows.ts';
import { conv } from './conv.ts';
import { depthwiseConv } from './depthwise-conv.ts';

interface Arguments {
  readonly filters: number;
  readonly kernel: Sizes | undefined;
  readonly stride: Sizes;
  readonly padding: Padding;
  readonly dilation: Sizes;
  readonly multiplier: number;
  readonly depthwise: Literal | undefined;
  readonly pointwise: Literal | undefined;
  readonly bias: boolean | Literal;
}

const { kernel, stride, padding, dilation, bias } = kernelParameters;

export const separableConv = defineOperator<Arguments>({
  name: 'separableConv',
  family: 'convolution',
  about: 'Depthwise separable convolution: each channel is convolved on its own, then a 1×1 convolution mixes them.',
  example: 'separableConv(8, kernel: 3, padding: same)',
  exampleInputs: [[6, 6, 3]],
  operands: { minimum: 1, maximum: 1 },
  parameters: {
    filters,
    kernel,
    stride,
    padding,
    dilation,
    multiplier,
    depthwise: literal('The depthwise kernel, written out: [kernel…, channels, multiplier].'),
    pointwise: literal('The pointwise kernel, written out: [channels·multiplier, filters].'),
    bias,
  },
  positional: ['filters'],
  infer,
});

function infer({ arguments: given, inputs }: Call<Arguments>): InferenceResult {
  const input = spatialOf(inputs[0]!);
  if (isFault(input)) return faults(input);
  const { space, channels } = input;
  const size = kernelSize({ kernel: given.kernel, weights: given.depthwise }, space.length);
  if (isFault(size)) return faults(size);
  const axes = forwardWindows({ ...given, input: space, kernel: size });
  if (isFault(axes)) return faults(axes);
  const taps = axes.map((axis) => axis.kernel);
  const depthwise = kernelWeight(
    { name: 'depthwise', taps, channels: [channels, given.multiplier], fanIn: sizeOf(taps) },
    given.depthwise,
    'depthwise',
  );
  if (isFault(depthwise)) return faults(depthwise);
  const between = channels * given.multiplier;
  const pointwise = kernelWeight(
    { name: 'pointwise', taps: [], channels: [between, given.filters], fanIn: between },
    given.pointwise,
    'pointwise',
  );
  if (isFault(pointwise)) return faults(pointwise);
  const bias = biasWeight(given.filters, given.bias);
  if (isFault(bias)) return faults(bias);
  const places = axes.map((axis) => axis.output);
  const output = [...places, given.filters];
  const oversized = sizeFault(output) ?? sizeFault([...places, between], 'depthwise result');
  if (oversized) return faults(oversized);
  return {
    output,
    weights: [depthwise, pointwise, ...bias],
    axes,
    meaning: { kind: 'expansion', expand: (net) => expand(net, given, taps) },
    warnings: deadTaps(axes),
  };
}

function expand(net: Expander, given: Arguments, kernel: Sizes) {
  const { stride, padding, dilation, multiplier, filters } = given;
  const each = net.apply(depthwiseConv, { kernel, stride, padding, dilation, multiplier, bias: false }, net.inputs, {
    name: 'depthwise',
    weights: { kernel: 'depthwise' },
  });
  return net.apply(conv, { filters, kernel: 1, bias: given.bias !== false }, [each], {
    name: 'pointwise',
    weights: { kernel: 'pointwise', bias: 'bias' },
  });
}
