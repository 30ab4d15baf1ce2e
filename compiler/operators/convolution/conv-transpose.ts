// Transposed convolution: the adjoint of a convolution, written as it is meant: every input adds a weighted kernel into the
// output. 1-D to 3-D, with stride, dilation, groups and padding of either sign.
//
//   out[s·y + d·i − p, s·x + d·j − p, F·g + f] += in[y, x, C·g + c] · kernel[i, j, f, C·g + c]

import { Affine } from '../../algebra/affine.ts';
import { express, multiply, read, type TensorExpression } from '../../algebra/expression.ts';
import type {
  LayerValue,
  Arguments as OnnxArguments,
  OnnxLayerWriter,
  OnnxNodeReader,
} from '../../front/onnx/mapping.ts';
import { onnxBias } from '../../front/onnx/mappings/kernels.ts';
import { channelsFirst, permuted, reshapedTo, tapsFirst } from '../../front/onnx/mappings/weights.ts';
import { compact, paddingArgument, windowArguments, windowAttributes } from '../../front/onnx/mappings/windows.ts';
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
import { type AutoPad, onnxPads, transposedDialects } from '../shared/dialects.ts';
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
  onnx: {
    imports: { ConvTranspose: importTransposed },
    exports: exportTransposed,
  },
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

function importTransposed(node: OnnxNodeReader): LayerValue {
  const [kernel, x] = [node.constant(1), node.channelsLast(0)];
  const groups = node.int('group', 1);
  const filters = kernel.shape[1]! * groups;
  const { padding: _, ...given } = windowArguments(node, kernel.shape.slice(2));
  const bias = onnxBias(node, 2, filters);
  const weights = { kernel: permuted(kernel, tapsFirst(kernel.shape.length)), ...bias };
  const padding = onnxTransposedPadding(node, x.shape.slice(0, -1), kernel.shape.slice(2));
  return node.layer({ filters, ...given, ...padding, groups, bias: 'bias' in bias }, [x], { weights });
}

/** ONNX's rules as explicit padding; its output padding stays as it is where nothing is derived. */
function onnxTransposedPadding(node: OnnxNodeReader, space: readonly number[], taps: readonly number[]): OnnxArguments {
  const list = (name: string) => node.ints(name);
  const [strides, dilations, extra] = [list('strides'), list('dilations'), list('output_padding')];
  const autoPad = node.string('auto_pad', 'NOTSET') as AutoPad;
  const pads = onnxPads(list('pads') ?? []);
  // Some exporters give batch and channels too.
  const sizes = list('output_shape')?.slice(-space.length);
  const ends = space.map((input, axis) => {
    const geometry = {
      input,
      kernel: taps[axis]!,
      stride: strides?.[axis] ?? 1,
      dilation: dilations?.[axis] ?? 1,
    };
    const size = sizes?.[axis];
    return transposedDialects.onnx(geometry, {
      ...(pads[axis] && { pads: pads[axis] }),
      autoPad,
      ...(size !== undefined && { outputSize: size }),
      ...((sizes !== undefined || autoPad.startsWith('SAME')) && { outputPadding: extra?.[axis] ?? 0 }),
    });
  });
  const derived = sizes !== undefined || autoPad.startsWith('SAME');
  const padding = paddingArgument(ends);
  return derived || !extra?.some((cells) => cells > 0) ? { padding } : { padding, outputPadding: compact(extra) };
}

function exportTransposed(layer: OnnxLayerWriter): string {
  const { axes } = layer;
  const kernel = layer.weight('kernel');
  const weight = layer.tensor('weight', permuted(kernel, channelsFirst(kernel.shape.length)));
  const group = { int: layer.arguments.groups as number };
  const inside = axes.map((axis) => ({ ...axis, before: Math.max(axis.before, 0), after: Math.max(axis.after, 0) }));
  const attributes = { group, ...windowAttributes(inside) };
  const bias = layer.hasWeight('bias') ? layer.weight('bias') : undefined;
  if (axes.some(beyond)) {
    const product = layer.node('ConvTranspose', [layer.operands[0]!, weight], attributes);
    const [heads, tails] = [axes.map((axis) => outside(axis.before)), axes.map((axis) => outside(axis.after))];
    const longer = layer.node('Pad', [product, layer.integers('beyond', [0, 0, ...heads, 0, 0, ...tails])]);
    if (!bias) return longer;
    const shape = [bias.data.length, ...axes.map(() => 1)];
    return layer.node('Add', [longer, layer.tensor('bias', reshapedTo(shape, bias))]);
  }
  const inputs = [layer.operands[0]!, weight, ...(bias ? [layer.tensor('bias', bias)] : [])];
  // A tail beyond the last tap is ONNX's output padding.
  const extra = axes.some(({ after }) => after < 0) && {
    output_padding: { ints: axes.map((axis) => outside(axis.after)) },
  };
  return layer.node('ConvTranspose', inputs, { ...attributes, ...extra });
}

/** How many cells lie beyond all taps: those that negative padding adds. */
const outside = (padding: number): number => Math.max(-padding, 0);

/** Cells that no tap reaches, where output padding cannot add them: at the head, or as many as a stride at the tail. */
const beyond = ({ before, after, stride }: AxisRecord): boolean => before < 0 || -after >= stride;
