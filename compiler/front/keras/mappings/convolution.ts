// Convolutions. Keras has kernels as we do, [taps…, in, out], transposed ones [taps…, out, in].
import { conv } from '../../../operators/convolution/conv.ts';
import { convTranspose } from '../../../operators/convolution/conv-transpose.ts';
import { depthwiseConv } from '../../../operators/convolution/depthwise-conv.ts';
import { separableConv } from '../../../operators/convolution/separable-conv.ts';
import type { Arguments, LayerValue, WeightData } from '../../importing/values.ts';
import { transposedDialects } from '../../padding.ts';
import { compact, type LayerCall, shaped } from '../layer-call.ts';
import { activated } from './activation.ts';
import type { Mapping, Table } from './mapping.ts';

/** Kernel, stride, dilation and padding of a convolution over this many axes. */
function windowOf({ config }: LayerCall, rank: number): Arguments {
  return {
    kernel: compact(config.sizes('kernel_size', rank)),
    stride: compact(config.sizes('strides', rank, 1)),
    dilation: compact(config.sizes('dilation_rate', rank, 1)),
    padding: rank === 1 ? config.word('padding', 'valid', 'same', 'causal') : config.word('padding', 'valid', 'same'),
  };
}

const forward =
  (rank: number): Mapping =>
  (call) => {
    const x = call.space(rank);
    const bias = call.config.flag('use_bias', true);
    const given = {
      filters: call.config.integer('filters'),
      ...windowOf(call, rank),
      groups: call.config.integer('groups', 1),
      bias,
    };
    const { kernel, ...rest } = call.weights(['kernel', bias && 'bias']);
    // At every step of time the window has an axis of size 1 before those of its kernel.
    const taps = call.config.sizes('kernel_size', rank);
    const weights = { kernel: shaped(kernel!, [...taps, x.shape.at(-1)! / given.groups, given.filters]), ...rest };
    return activated(call, call.layer(conv, given, [x], { weights }));
  };

const depthwise =
  (rank: number): Mapping =>
  (call) => {
    const x = call.space(rank);
    const bias = call.config.flag('use_bias', true);
    // Newer versions call it like any kernel.
    const kernel = call.hasWeight('depthwise_kernel') ? 'depthwise_kernel' : 'kernel';
    const { [kernel]: taps, ...rest } = call.weights([kernel, bias && 'bias']);
    const given = { ...windowOf(call, rank), multiplier: multiplierOf(call, taps!), bias };
    return activated(call, call.layer(depthwiseConv, given, [x], { weights: { kernel: taps!, ...rest } }));
  };

/** TensorFlow.js does not write it: the kernel, [taps…, in, multiplier], has it too. */
const multiplierOf = ({ config }: LayerCall, { shape }: WeightData): number =>
  config.integer('depth_multiplier', shape.at(-1) ?? 1);

const separable =
  (rank: number): Mapping =>
  (call) => {
    const x = call.space(rank);
    const bias = call.config.flag('use_bias', true);
    const filters = call.config.integer('filters');
    const { depthwise_kernel, pointwise_kernel, ...rest } = call.weights([
      'depthwise_kernel',
      'pointwise_kernel',
      bias && 'bias',
    ]);
    const multiplier = multiplierOf(call, depthwise_kernel!);
    const given = { filters, ...windowOf(call, rank), multiplier, bias };
    const pointwise = shaped(pointwise_kernel!, [x.shape.at(-1)! * multiplier, filters]);
    const weights = { depthwise: depthwise_kernel!, pointwise, ...rest };
    return activated(call, call.layer(separableConv, given, [x], { weights }));
  };

const transposed =
  (rank: number): Mapping =>
  (call) => {
    const x = call.space(rank);
    const { config } = call;
    const bias = config.flag('use_bias', true);
    const { padding: word, ...window } = windowOf(call, rank);
    const extra = config.value('output_padding') === undefined ? undefined : config.sizes('output_padding', rank);
    const padding =
      word === 'same' && !extra ? 'same' : endsOf(call, x, word === 'same' ? 'same' : 'valid', rank, extra);
    const given = { filters: config.integer('filters'), ...window, padding, groups: config.integer('groups', 1), bias };
    const weights: Record<string, WeightData> = call.weights(['kernel', bias && 'bias']);
    return activated(call, call.layer(convTranspose, given, [x], { weights }));
  };

/** The rules of Keras for the size of the result, as numbers where no word of ours says the same. */
function endsOf(
  { config }: LayerCall,
  { shape }: LayerValue,
  padding: 'same' | 'valid',
  rank: number,
  extra: readonly number[] | undefined,
): Arguments[string] {
  const [kernel, stride, dilation] = [
    config.sizes('kernel_size', rank),
    config.sizes('strides', rank, 1),
    config.sizes('dilation_rate', rank, 1),
  ];
  const ends = kernel.map((taps, axis) =>
    transposedDialects.keras(
      { input: shape[axis]!, kernel: taps, stride: stride[axis]!, dilation: dilation[axis]! },
      padding,
      extra?.[axis],
    ),
  );
  if (ends.every(([before, after]) => before === 0 && after === 0)) return 'valid';
  return ends;
}

export const convolutions: Table = {
  Conv1D: forward(1),
  Conv2D: forward(2),
  Conv3D: forward(3),
  Conv1DTranspose: transposed(1),
  Conv2DTranspose: transposed(2),
  Conv3DTranspose: transposed(3),
  DepthwiseConv1D: depthwise(1),
  DepthwiseConv2D: depthwise(2),
  SeparableConv1D: separable(1),
  SeparableConv2D: separable(2),
};
