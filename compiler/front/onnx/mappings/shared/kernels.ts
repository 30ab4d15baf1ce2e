// Kernels and biases between ONNX's convolutions and ours.

import type { AxisRecord } from '../../../../operators/operator.ts';
import type { WeightData } from '../../../importing/values.ts';
import { permuted, reshapedTo } from '../../../importing/weights.ts';
import type { OnnxLayerWriter, OnnxNodeReader } from '../../mapping.ts';
import { windowAttributes } from './windows.ts';

/** The bias as a weight, where the node has one. */
export function onnxBias(node: OnnxNodeReader, input: number, channels: number): { readonly bias?: WeightData } {
  if (!node.has(input)) return {};
  const bias = node.constant(input);
  if (bias.data.length === channels) return { bias: reshapedTo([channels], bias) };
  return node.refuse(`has a bias of ${bias.data.length} numbers for ${channels} channels`);
}

/** A Conv node; the kernel is [taps…, in, out]. */
export function exportKernel(layer: OnnxLayerWriter, kernel: WeightData, groups: number): string {
  const { input, axes } = exportCropped(layer);
  const weight = layer.tensor('weight', permuted(kernel, channelsFirst(kernel.shape.length)));
  const bias = layer.hasWeight('bias') ? [layer.tensor('bias', layer.weight('bias'))] : [];
  return layer.node('Conv', [input, weight, ...bias], { group: { int: groups }, ...windowAttributes(axes) });
}

/** The first operand without the cells that negative padding takes away, and the windows that are left over it. */
export function exportCropped(layer: OnnxLayerWriter): {
  readonly input: string;
  readonly axes: readonly AxisRecord[];
} {
  const [operand] = layer.operands as readonly [string];
  const cut = (cells: number): number => Math.min(cells, 0);
  const { axes } = layer;
  if (axes.every(({ before, after }) => before >= 0 && after >= 0)) return { input: operand, axes };
  const heads = axes.map(({ before }) => cut(before));
  const tails = axes.map(({ after }) => cut(after));
  const input = layer.node('Pad', [operand, layer.integers('crop', [0, 0, ...heads, 0, 0, ...tails])]);
  const left = axes.map((axis) => ({ ...axis, before: Math.max(axis.before, 0), after: Math.max(axis.after, 0) }));
  return { input, axes: left };
}

/** A kernel [out, in, taps…] as [taps…, in, out], and back again. */
export const tapsFirst = (rank: number): number[] => [...Array.from({ length: rank - 2 }, (_, n) => n + 2), 1, 0];
export const channelsFirst = (rank: number): number[] => [
  rank - 1,
  rank - 2,
  ...Array.from({ length: rank - 2 }, (_, n) => n),
];
