// Kernels and biases between ONNX's convolutions and ours.
import type { OnnxLayerWriter, OnnxNodeReader, WeightData } from './onnx.ts';
import { channelsFirst, permuted, reshapedTo } from './onnx-weights.ts';
import { windowAttributes } from './onnx-windows.ts';

/** The bias as a weight, where the node has one. */
export function onnxBias(node: OnnxNodeReader, input: number, channels: number): { readonly bias?: WeightData } {
  if (!node.has(input)) return {};
  const bias = node.constant(input);
  if (bias.data.length === channels) return { bias: reshapedTo([channels], bias) };
  return node.refuse(`has a bias of ${bias.data.length} numbers for ${channels} channels`);
}

/** A Conv node; the kernel is [taps…, in, out]. */
export function exportKernel(layer: OnnxLayerWriter, kernel: WeightData, groups: number): string {
  if (layer.axes.some((axis) => axis.before < 0 || axis.after < 0)) {
    layer.refuse('has negative padding, which ONNX does not have: crop the input first');
  }
  const weight = layer.tensor('weight', permuted(kernel, channelsFirst(kernel.shape.length)));
  const bias = layer.hasWeight('bias') ? [layer.tensor('bias', layer.weight('bias'))] : [];
  return layer.node('Conv', [layer.operands[0]!, weight, ...bias], {
    group: { int: groups },
    ...windowAttributes(layer.axes),
  });
}
