// Normalisations in ONNX.

import { add } from '../../../operators/elementwise/add.ts';
import { div } from '../../../operators/elementwise/div.ts';
import { reciprocal } from '../../../operators/elementwise/reciprocal.ts';
import { sqrt } from '../../../operators/elementwise/sqrt.ts';
import { square } from '../../../operators/elementwise/square.ts';
import { sub } from '../../../operators/elementwise/sub.ts';
import { batchNorm } from '../../../operators/normalisation/batch-norm.ts';
import { groupNorm } from '../../../operators/normalisation/group-norm.ts';
import { instanceNorm } from '../../../operators/normalisation/instance-norm.ts';
import { l2Normalize } from '../../../operators/normalisation/l2-normalize.ts';
import { layerNorm } from '../../../operators/normalisation/layer-norm.ts';
import { lpNormalize } from '../../../operators/normalisation/lp-normalize.ts';
import { lrn } from '../../../operators/normalisation/lrn.ts';
import { reduceMean } from '../../../operators/reduction/reduce-mean.ts';
import { type Shape, sizeOf } from '../../../tensor.ts';
import type { LayerValue, WeightData } from '../../importing/values.ts';
import { asFloats, permuted, reshapedTo } from '../../importing/weights.ts';
import type { OnnxLayerWriter, OnnxNodeReader, OnnxTable } from '../mapping.ts';
import { exportedAxis, fromEnd } from './shared/axes.ts';

export const normalisations: OnnxTable = [
  [
    batchNorm,
    {
      imports: { BatchNormalization: (node) => importNorm(node) },
      // Some exporters keep the scale and the shift as a product and a sum behind it.
      patterns: { Add: withScaleBehind },
      exports: (layer) => {
        const channels = layer.output.at(-1)!;
        const or = (name: string, value: number): string =>
          layer.tensor(
            name,
            layer.hasWeight(name)
              ? layer.weight(name)
              : { shape: [channels], data: new Float32Array(channels).fill(value) },
          );
        const inputs = [layer.operands[0]!, or('gamma', 1), or('beta', 0), or('mean', 0), or('variance', 1)];
        return layer.node('BatchNormalization', inputs, { epsilon: { float: layer.arguments.epsilon as number } });
      },
    },
  ],
  [
    groupNorm,
    {
      imports: {
        GroupNormalization: (node) => {
          const x = node.channelsLast(0);
          const groups = node.int('num_groups');
          node.int('stash_type', 1);
          const channels = x.shape.at(-1)!;
          // Operator set 18 has one scale per group, 21 one per channel.
          const each = (input: number) => {
            const { data } = node.constant(input);
            const repeat = data.length === groups ? channels / groups : 1;
            return {
              shape: [channels],
              data: Float32Array.from({ length: channels }, (_, c) => data[Math.floor(c / repeat)]!),
            };
          };
          const weights = { gamma: each(1), beta: each(2) };
          return node.layer({ groups, epsilon: node.float('epsilon', 1e-5) }, [x], { weights });
        },
      },
      exports: (layer) =>
        layer.node('GroupNormalization', [layer.operands[0]!, ...exportScaleAndShift(layer, layer.output.slice(-1))], {
          num_groups: { int: layer.arguments.groups as number },
          epsilon: { float: layer.arguments.epsilon as number },
        }),
    },
  ],
  [
    instanceNorm,
    {
      imports: {
        MeanVarianceNormalization: meanVariance,
        InstanceNormalization: (node) => {
          const x = node.channelsLast(0);
          const shape = x.shape.slice(-1);
          const weights = { gamma: reshapedTo(shape, node.constant(1)), beta: reshapedTo(shape, node.constant(2)) };
          return node.layer({ epsilon: node.float('epsilon', 1e-5) }, [x], { weights });
        },
      },
      exports: (layer) =>
        layer.node(
          'InstanceNormalization',
          [layer.operands[0]!, ...exportScaleAndShift(layer, layer.output.slice(-1))],
          {
            epsilon: { float: layer.arguments.epsilon as number },
          },
        ),
    },
  ],
  [
    l2Normalize,
    {
      imports: {
        LpNormalization: (node) => {
          if (node.int('p', 2) !== 2) return undefined;
          const value = node.separate(0);
          return node.layer({ axis: fromEnd(node.axis(value, node.int('axis', -1)), value.shape) }, [value]);
        },
      },
      exports: (layer) =>
        layer.node('LpNormalization', layer.operands, { axis: { int: exportedAxis(layer) }, p: { int: 2 } }),
    },
  ],
  [
    layerNorm,
    {
      imports: { LayerNormalization: importLayerNorm },
      exports: exportLayerNorm,
    },
  ],
  [
    lpNormalize,
    {
      imports: {
        LpNormalization: (node) => {
          if (node.int('p', 2) === 2) return undefined;
          const value = node.separate(0);
          return node.layer(
            { p: node.int('p', 2), axis: fromEnd(node.axis(value, node.int('axis', -1)), value.shape) },
            [value],
          );
        },
      },
      exports: (layer) =>
        layer.node('LpNormalization', layer.operands, {
          axis: { int: exportedAxis(layer) },
          p: { int: layer.arguments.p as number },
        }),
    },
  ],
  [
    lrn,
    {
      imports: {
        LRN: (node) =>
          node.layer(
            {
              size: node.int('size'),
              alpha: node.float('alpha', 1e-4),
              beta: node.float('beta', 0.75),
              bias: node.float('bias', 1),
            },
            [node.channelsLast(0)],
          ),
      },
      exports: (layer) => {
        const number = (name: string) => ({ float: layer.arguments[name] as number });
        const size = { int: layer.arguments.size as number };
        return layer.node('LRN', layer.operands, {
          size,
          alpha: number('alpha'),
          beta: number('beta'),
          bias: number('bias'),
        });
      },
    },
  ],
];

const weightNames = ['gamma', 'beta', 'mean', 'variance'] as const;

/** @param behind factors and summands for each channel, applied after it */
function importNorm(node: OnnxNodeReader, behind?: Record<'scale' | 'shift', Float32Array>): LayerValue {
  // Before operator set 14 the further results are what says so.
  const trains = node.int('training_mode', 0) !== 0 || (node.version < 14 && node.outputs > 1);
  if (trains) node.refuse('is in training mode', 'a model exported for inference');
  if (node.int('spatial', 1) === 0) node.refuse('normalises each cell on its own', 'spatial: 1');
  for (const name of ['is_test', 'momentum', 'consumed_inputs']) node.hasAttribute(name);
  const x = node.channelsLast(0);
  const shape = x.shape.slice(-1);
  const weights = Object.fromEntries(weightNames.map((name, n) => [name, reshapedTo(shape, node.constant(n + 1))]));
  if (behind) {
    const { gamma, beta } = weights as Record<'gamma' | 'beta', WeightData>;
    weights.gamma = { shape, data: gamma.data.map((value, c) => value * behind.scale[c]!) };
    weights.beta = { shape, data: beta.data.map((value, c) => value * behind.scale[c]! + behind.shift[c]!) };
  }
  return node.layer({ epsilon: node.float('epsilon', 1e-5) }, [x], { weights });
}

function withScaleBehind(node: OnnxNodeReader): LayerValue | undefined {
  const [sum, shift] = node.madeBy(0, 'Mul') ? [0, 1] : [1, 0];
  const product = node.madeBy(sum, 'Mul');
  const [norm, scale] = product?.madeBy(0, 'BatchNormalization') ? [0, 1] : [1, 0];
  const made = product?.madeBy(norm, 'BatchNormalization');
  if (!product || !made) return undefined;
  const [factors, summands] = [perChannel(product, scale), perChannel(node, shift)];
  return factors && summands ? importNorm(made, { scale: factors, shift: summands }) : undefined;
}

/** The numbers of a known input that has one for each channel of an image, [channels, 1, 1]. */
function perChannel(node: OnnxNodeReader, input: number): Float32Array | undefined {
  const known = node.known(input);
  const rank = node.dims(1 - input).length;
  const channels = node.dims(1 - input)[1];
  if (!known || known.data.length !== channels) return undefined;
  return known.shape.at(1 - rank) === channels ? asFloats(known.data) : undefined;
}

/** ONNX normalises a tail of its axes: ours go there and, where they were not the last ones, come back. */
function exportLayerNorm(layer: OnnxLayerWriter): string {
  const rank = layer.output.length;
  const all = Array.from({ length: rank }, (_, axis) => axis);
  const given = (layer.arguments.axes as readonly number[] | undefined) ?? [-1];
  const over = all.filter((axis) => given.some((one) => one === axis || one + rank === axis));
  const order = [...all.filter((axis) => !over.includes(axis)), ...over];
  const turned = (value: string, permutation: readonly number[]): string =>
    permutation.every((axis, place) => axis === place)
      ? value
      : layer.node('Transpose', [value], { perm: { ints: [0, ...permutation.map((axis) => axis + 1)] } });
  const shape = over.map((axis) => layer.output[axis]!);
  const normalised = layer.node(
    'LayerNormalization',
    [turned(layer.ourOrder(0), order), ...exportScaleAndShift(layer, shape)],
    { axis: { int: rank + 1 - over.length }, epsilon: { float: layer.arguments.epsilon as number } },
  );
  const back = turned(
    normalised,
    all.map((axis) => order.indexOf(axis)),
  );
  return layer.fromOurOrder(back, layer.output);
}

/** ONNX normalises a tail of its axes; where those are in ours, the weights follow. */
function importLayerNorm(node: OnnxNodeReader): readonly LayerValue[] {
  const x = node.separate(0);
  node.int('stash_type', 1);
  const rank = node.dims(0).length;
  const first = node.int('axis', -1);
  const tail = Array.from({ length: rank }, (_, axis) => axis).slice(first);
  const places = tail.flatMap((axis) => node.axisIfAny(x, axis) ?? []);
  if (places.length === 0) return node.refuse('normalises axes of size 1 only');
  const order = places.map((_, n) => n).sort((a, b) => places[a]! - places[b]!);
  const sizes = places.map((axis) => x.shape[axis]!);
  const weight = (input: number): WeightData =>
    permuted({ shape: sizes, data: Float32Array.from(node.constant(input).data) }, order);
  const axes = [...places].sort((a, b) => a - b);
  const isUsual = axes.length === 1 && axes[0] === x.shape.length - 1;
  const given = { ...(!isUsual && { axes }), epsilon: node.float('epsilon', 1e-5), center: node.has(2) };
  const weights = { gamma: weight(1), ...(node.has(2) && { beta: weight(2) }) };
  const normalised = node.layer(given, [x], { weights });
  return node.outputs === 1 ? [normalised] : [normalised, ...statistics(node, x, axes)];
}

/** (x − mean) / (deviation + 10⁻⁹) over some axes, those of the batch and space where none are named. */
function meanVariance(node: OnnxNodeReader): LayerValue {
  const x = node.separate(0);
  const axes = (node.ints('axes') ?? [0, 2, 3]).flatMap((axis) => node.axisIfAny(x, axis) ?? []);
  if (axes.length === 0) return node.refuse('normalises axes of size 1 only');
  const over = { axes, keepAxes: true };
  const centred = node.layerOf(sub, {}, [x, node.layerOf(reduceMean, over, [x])]);
  const variance = node.layerOf(reduceMean, over, [node.layerOf(square, {}, [centred])]);
  const deviation = node.layerOf(add, {}, [node.layerOf(sqrt, {}, [variance]), node.number(1e-9)]);
  return { ...node.layerOf(div, {}, [centred, deviation]), layout: x.layout };
}

/** The mean and the inverse deviation, which ONNX gives as further results. */
function statistics(node: OnnxNodeReader, x: LayerValue, axes: readonly number[]): LayerValue[] {
  const over = { axes, keepAxes: true };
  const mean = node.layerOf(reduceMean, over, [x]);
  const deviation = node.layerOf(sub, {}, [x, mean]);
  const variance = node.layerOf(reduceMean, over, [node.layerOf(square, {}, [deviation])]);
  const raised = node.layerOf(add, {}, [variance, node.number(node.float('epsilon', 1e-5))]);
  return [mean, node.layerOf(reciprocal, {}, [node.layerOf(sqrt, {}, [raised])])];
}

/** gamma and beta as ONNX tensors; ones and zeros where the layer has none. */
const exportScaleAndShift = (layer: OnnxLayerWriter, shape: Shape): readonly string[] =>
  (
    [
      ['gamma', 1],
      ['beta', 0],
    ] as const
  ).map(([name, value]) =>
    layer.tensor(
      name,
      layer.hasWeight(name) ? layer.weight(name) : { shape, data: new Float32Array(sizeOf(shape)).fill(value) },
    ),
  );
