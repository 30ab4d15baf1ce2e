// Convolutions in ONNX: its kernels are [out, in, taps…], ours [taps…, in, out].

import { conv } from '../../../operators/convolution/conv.ts';
import { convTranspose } from '../../../operators/convolution/conv-transpose.ts';
import { depthwiseConv } from '../../../operators/convolution/depthwise-conv.ts';
import { separableConv } from '../../../operators/convolution/separable-conv.ts';
import type { AxisRecord } from '../../../operators/operator.ts';
import type { LayerValue, Arguments as OnnxArguments } from '../../importing/values.ts';
import { permuted, reshapedTo } from '../../importing/weights.ts';
import { type AutoPad, onnxPads, transposedDialects } from '../../padding.ts';
import type { OnnxLayerWriter, OnnxNodeReader, OnnxTable } from '../mapping.ts';
import { channelsFirst, exportCropped, exportKernel, onnxBias, tapsFirst } from './shared/kernels.ts';
import { onnxRowsTimesMatrix } from './shared/matrix.ts';
import { compact, paddingArgument, windowArguments, windowAttributes } from './shared/windows.ts';

export const convolutions: OnnxTable = [
  [
    convTranspose,
    {
      imports: { ConvTranspose: importTransposed },
      exports: exportTransposed,
    },
  ],
  [
    conv,
    {
      imports: {
        Conv: (node) => {
          const [kernel, x] = [node.constant(1), node.channelsLast(0)];
          const groups = node.int('group', 1);
          if (groups > 1 && groups === x.shape.at(-1)) return undefined;
          const given = windowArguments(node, kernel.shape.slice(2));
          const bias = onnxBias(node, 2, kernel.shape[0]!);
          const weights = { kernel: permuted(kernel, tapsFirst(kernel.shape.length)), ...bias };
          return node.layer({ filters: kernel.shape[0]!, ...given, groups, bias: 'bias' in bias }, [x], { weights });
        },
        MatMul: (node) => onnxRowsTimesMatrix(node),
        Gemm: (node) => onnxRowsTimesMatrix(node),
      },
      exports: (layer) => exportKernel(layer, layer.weight('kernel'), layer.arguments.groups as number),
    },
  ],
  [
    depthwiseConv,
    {
      imports: {
        Conv: (node) => {
          const [kernel, x] = [node.constant(1), node.channelsLast(0)];
          const channels = x.shape.at(-1)!;
          if (node.int('group', 1) !== channels || channels === 1) return undefined;
          const filters = kernel.shape[0]!;
          const given = windowArguments(node, kernel.shape.slice(2));
          const bias = onnxBias(node, 2, filters);
          const multiplier = filters / channels;
          const tapShape = kernel.shape.slice(2);
          const moved = permuted(kernel, tapsFirst(kernel.shape.length));
          const weights = { kernel: reshapedTo([...tapShape, channels, multiplier], moved), ...bias };
          return node.layer({ ...given, multiplier, bias: 'bias' in bias }, [x], { weights });
        },
      },
      exports: (layer) => {
        const channels = layer.inputs[0]!.at(-1)!;
        const kernel = layer.weight('kernel');
        const shape = [...kernel.shape.slice(0, -2), 1, channels * (layer.arguments.multiplier as number)];
        return exportKernel(layer, reshapedTo(shape, kernel), channels);
      },
    },
  ],
  [
    separableConv,
    {
      exports: (layer) => {
        const multiplier = layer.arguments.multiplier as number;
        const [depthwise, pointwise] = [layer.weight('depthwise'), layer.weight('pointwise')];
        const channels = layer.inputs[0]!.at(-1)!;
        const taps = depthwise.shape.slice(0, -2);
        const each = reshapedTo([...taps, 1, channels * multiplier], depthwise);
        const mixed = reshapedTo([...taps.map(() => 1), ...pointwise.shape.slice(-2)], pointwise);
        const { input, axes } = exportCropped(layer);
        const weight = layer.tensor('depthwise', permuted(each, channelsFirst(each.shape.length)));
        const first = layer.node('Conv', [input, weight], { group: { int: channels }, ...windowAttributes(axes) });
        const bias = layer.hasWeight('bias') ? [layer.tensor('bias', layer.weight('bias'))] : [];
        return layer.node('Conv', [
          first,
          layer.tensor('pointwise', permuted(mixed, channelsFirst(mixed.shape.length))),
          ...bias,
        ]);
      },
    },
  ],
];

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
