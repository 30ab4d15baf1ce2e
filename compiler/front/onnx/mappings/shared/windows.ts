// The attributes that ONNX's windows share, as arguments of ours and back.

import type { AxisRecord } from '../../../../operators/operator.ts';
import type { Static } from '../../../../operators/parameters.ts';
import type { Arguments } from '../../../importing/values.ts';
import { onnxPads } from '../../../padding.ts';
import type { OnnxAttributeValue, OnnxNodeReader } from '../../mapping.ts';

/** One number where all are the same. */
export const compact = (list: readonly number[]): Static =>
  list.length > 0 && list.every((one) => one === list[0]) ? list[0]! : list;

/** [before, after] pairs as a person writes them: `valid`, one number, a number per axis, pairs. */
export function paddingArgument(ends: readonly (readonly [number, number])[]): Static {
  if (ends.every(([before, after]) => before === 0 && after === 0)) return 'valid';
  return ends.every(([before, after]) => before === after) ? compact(ends.map(([before]) => before)) : ends;
}

/** `strides`, `dilations`, `pads` and `auto_pad`, for a kernel of these sizes. */
export function windowArguments(node: OnnxNodeReader, kernel: readonly number[]): Arguments {
  const declared = node.ints('kernel_shape');
  if (declared && declared.join() !== kernel.join()) {
    node.refuse(`has kernel_shape [${declared.join(', ')}] for a kernel of [${kernel.join(', ')}]`);
  }
  const each = (name: string): readonly number[] => axisList(node, name, kernel.length, 1);
  return {
    kernel: compact(kernel),
    stride: compact(each('strides')),
    dilation: compact(each('dilations')),
    padding: readPadding(node, kernel.length),
  };
}

/** Pools have no tensor to read the kernel from, and their stride is ours only where it is not the kernel. */
export function poolArguments(node: OnnxNodeReader, rank: number): Arguments {
  const kernel = node.ints('kernel_shape') ?? node.refuse('lacks the attribute kernel_shape');
  if (kernel.length !== rank) node.refuse(`has ${kernel.length} sizes of the kernel for ${rank} spatial axes`);
  const { stride, ...rest } = windowArguments(node, kernel);
  const ceil = node.int('ceil_mode', 0) === 1;
  const wide = onnxPads(node.ints('pads') ?? []).findIndex(([, after], axis) => after >= kernel[axis]!);
  if (ceil && wide >= 0) node.refuse('has ceil_mode 1 and windows in padding alone', 'pads smaller than the kernel');
  const own = stride === undefined || JSON.stringify(stride) === JSON.stringify(compact(kernel));
  return { ...rest, ...(!own && { stride }), ceil };
}

function axisList(node: OnnxNodeReader, name: string, rank: number, fallback: number): readonly number[] {
  const list = node.ints(name) ?? Array.from({ length: rank }, () => fallback);
  return list.length === rank ? list : node.refuse(`has ${list.length} ${name} for ${rank} spatial axes`);
}

export function readPadding(node: OnnxNodeReader, rank: number): Static {
  const pads = node.ints('pads');
  switch (node.string('auto_pad', 'NOTSET')) {
    case 'SAME_UPPER':
      return 'same';
    case 'SAME_LOWER':
      return 'same_lower';
    case 'VALID':
      return 'valid';
    case 'NOTSET':
      if (pads && pads.length !== 2 * rank) node.refuse(`has ${pads.length} pads for ${rank} spatial axes`);
      return paddingArgument(onnxPads(pads ?? []));
    default:
      return node.refuse(`has auto_pad ${node.string('auto_pad')}`, 'NOTSET, SAME_UPPER, SAME_LOWER or VALID');
  }
}

/** Every window's attributes, padding as explicit numbers. */
export const windowAttributes = (axes: readonly AxisRecord[]): Record<string, OnnxAttributeValue> => ({
  kernel_shape: { ints: axes.map((axis) => axis.kernel) },
  strides: { ints: axes.map((axis) => axis.stride) },
  dilations: { ints: axes.map((axis) => axis.dilation) },
  pads: { ints: [...axes.map((axis) => axis.before), ...axes.map((axis) => axis.after)] },
});

/** Padding behind the last window goes where it is wide: with `ceil` there may be room for one more, which is not computed. */
function trimmed(axis: AxisRecord): AxisRecord {
  const { output, stride, kernel, dilation, input, before, after } = axis;
  const end = (output - 1) * stride + (kernel - 1) * dilation + 1;
  const surplus = after >= kernel || end + stride <= input + before + after;
  return !surplus || end > input + before + after ? axis : { ...axis, after: Math.max(0, end - input - before) };
}

/** The same for a pool, whose last windows may hang over the end. */
export function poolAttributes(axes: readonly AxisRecord[]): Record<string, OnnxAttributeValue> {
  const hangs = ({ output, stride, kernel, dilation, input, before, after }: AxisRecord): boolean =>
    (output - 1) * stride + (kernel - 1) * dilation + 1 > input + before + after;
  return { ...windowAttributes(axes.map(trimmed)), ...(axes.some(hangs) && { ceil_mode: { int: 1 } }) };
}
