// Convolutions of TensorFlow. Kernels are [taps…, in, out] as ours are; a transposed one is [taps…, out, in], ours too.
import { conv } from '../../../operators/convolution/conv.ts';
import { convTranspose } from '../../../operators/convolution/conv-transpose.ts';
import { depthwiseConv } from '../../../operators/convolution/depthwise-conv.ts';
import type { Static } from '../../../operators/parameters.ts';
import type { Arguments, ConstantValue, LayerValue, WeightData } from '../../importing/values.ts';
import { reshapedTo } from '../../importing/weights.ts';
import { transposedDialects } from '../../padding.ts';
import type { Meaning, Operation } from '../operation.ts';
import { compact, paddingOf, spatial } from '../windows.ts';
import { activated } from './fused.ts';

export const convolutions: readonly (readonly [string, Meaning])[] = [
  ['Conv2D', (operation) => convolution(operation)],
  ['Conv3D', (operation) => convolution(operation)],
  ['_FusedConv2D', (operation) => activated(operation, (bias) => convolution(operation, bias))],
  ['DepthwiseConv2dNative', (operation) => depthwise(operation)],
  ['FusedDepthwiseConv2dNative', (operation) => activated(operation, (bias) => depthwise(operation, bias))],
  ['Conv2DBackpropInput', (operation) => transposed(operation)],
  ['_FusedConv2DBackpropInput', fusedTransposed],
  ['Conv3DBackpropInputV2', (operation) => transposed(operation)],
];

const biasOf = (bias: ConstantValue | undefined): Readonly<Record<string, WeightData>> =>
  bias ? { bias: reshapedTo([bias.data.length], bias) } : {};

/** Kernel, strides, dilations and padding over the spatial axes. */
function windows(operation: Operation, taps: readonly number[]): Arguments {
  return {
    kernel: compact(taps),
    stride: compact(spatial(operation, 'strides', taps.length)),
    dilation: compact(spatial(operation, 'dilations', taps.length)),
    padding: paddingOf(operation, taps.length),
  };
}

function convolution(operation: Operation, bias?: ConstantValue): LayerValue {
  const [x, kernel] = [operation.channelsLast(0), operation.constant(1)];
  const [taps, [inputs, filters]] = [kernel.shape.slice(0, -2), kernel.shape.slice(-2) as [number, number]];
  const groups = x.shape.at(-1)! / inputs;
  const given = { filters, ...windows(operation, taps), groups, bias: bias !== undefined };
  const weights = { kernel: reshapedTo(kernel.shape, kernel), ...biasOf(bias) };
  return operation.importer.layer(conv, given, [x], { weights });
}

function depthwise(operation: Operation, bias?: ConstantValue): LayerValue {
  const [x, kernel] = [operation.channelsLast(0), operation.constant(1)];
  const given = {
    ...windows(operation, kernel.shape.slice(0, -2)),
    multiplier: kernel.shape.at(-1)!,
    bias: bias !== undefined,
  };
  const weights = { kernel: reshapedTo(kernel.shape, kernel), ...biasOf(bias) };
  return operation.importer.layer(depthwiseConv, given, [x], { weights });
}

/** TensorFlow Lite's form: the bias comes fourth. */
function fusedTransposed(operation: Operation): LayerValue {
  return activated(operation, (bias) => transposed(operation, bias), 3);
}

/**
 * Inputs: the sizes of the result (none where they follow from the padding), the kernel, the value. The padding is that of the
 * convolution the other way round.
 */
function transposed(operation: Operation, bias?: ConstantValue): LayerValue {
  const [sizes, kernel, x] = [operation.integers(0), operation.constant(1), operation.channelsLast(2)];
  const [taps, [filters]] = [kernel.shape.slice(0, -2), kernel.shape.slice(-2) as [number, number]];
  const { padding, ...given } = windows(operation, taps);
  const stride = spatial(operation, 'strides', taps.length);
  const ends = taps.map((tap, axis) => {
    const geometry = { input: x.shape[axis]!, kernel: tap, stride: stride[axis]!, dilation: 1 };
    const rule = padding === 'same' ? 'SAME' : padding === 'valid' ? 'VALID' : operation.refuse('has explicit padding');
    const natural = geometry.input * geometry.stride + (rule === 'SAME' ? 0 : Math.max(tap - geometry.stride, 0));
    const output = sizes.length === 0 ? natural : sizes[axis + 1];
    if (output === undefined) return operation.refuse(`has ${sizes.length} sizes of its result`);
    return transposedDialects.tensorflow(geometry, rule, output);
  });
  const weights = { kernel: reshapedTo(kernel.shape, kernel), ...biasOf(bias) };
  const all: Arguments = { filters, ...given, padding: ends as Static, bias: bias !== undefined };
  return operation.importer.layer(convTranspose, all, [x], { weights });
}
