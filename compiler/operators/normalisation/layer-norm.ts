// Layer normalisation: mean and variance of each example over some axes, by default the channels of each position.
//
//   mean[y, x]   = (Σ in[y, x, c]) / C         (and so on, see normalisation.ts)
//   out[y, x, c] = (in[y, x, c] − mean[y, x]) · inverse[y, x] · gamma[c] + beta[c]

import { Affine } from '../../algebra/affine.ts';
import type { LayerValue, OnnxLayerWriter, OnnxNodeReader, WeightData } from '../../front/onnx/mapping.ts';
import { permuted } from '../../front/onnx/mappings/weights.ts';
import { sizeOf } from '../../tensor.ts';
import { add } from '../elementwise/add.ts';
import { reciprocal } from '../elementwise/reciprocal.ts';
import { sqrt } from '../elementwise/sqrt.ts';
import { square } from '../elementwise/square.ts';
import { sub } from '../elementwise/sub.ts';
import { type Call, defineOperator, type Fault, faults, type InferenceResult, isFault } from '../operator.ts';
import { reduceMean } from '../reduction/reduce-mean.ts';
import { axes, resolveAxes } from '../shared/axes.ts';
import { elementAxes, elementIndex } from '../shared/elementwise.ts';
import {
  epsilonFault,
  exportScaleAndShift,
  type NormalisationArguments,
  normalisationParameters,
  scaleAndShift,
  standardise,
} from '../shared/normalisation.ts';

interface Arguments extends NormalisationArguments {
  readonly axes: readonly number[] | undefined;
}

export const layerNorm = defineOperator<Arguments>({
  name: 'layerNorm',
  family: 'normalisation',
  about:
    'Subtracts the mean and divides by the deviation over some axes, then scales and shifts; gamma and beta have the size of those axes.',
  example: 'layerNorm',
  exampleInputs: [[3, 4, 2]],
  operands: { minimum: 1, maximum: 1 },
  parameters: {
    axes: axes('The axes a mean runs over; the last one by default.'),
    ...normalisationParameters,
  },
  positional: ['axes'],
  onnx: {
    imports: { LayerNormalization: importLayerNorm },
    exports: exportLayerNorm,
  },
  infer,
});

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

const noAxes: Fault = {
  parameter: 'axes',
  code: 'shape/axes',
  message: 'layerNorm over no axes would make every element its own mean',
  notes: ['name at least one axis, such as axes: [-1]'],
};

function infer({ arguments: given, inputs }: Call<Arguments>): InferenceResult {
  const output = inputs[0]!;
  const over = resolveAxes(given.axes ?? [-1], output);
  if (isFault(over)) return faults(over);
  const fault = over.length === 0 ? noAxes : epsilonFault(given.epsilon);
  if (fault) return faults(fault);
  const element = elementIndex(output);
  const weightShape = over.map((axis) => output[axis]!);
  const { statements, temporaries } = standardise({
    axes: elementAxes(output),
    element,
    set: element.map((index, axis) => (over.includes(axis) ? Affine.constant(0) : index)),
    sets: output.map((size, axis) => (over.includes(axis) ? 1 : size)),
    count: sizeOf(weightShape),
    weight: over.map((axis) => element[axis]!),
    given,
  });
  return {
    output,
    weights: scaleAndShift(given, weightShape),
    axes: [],
    meaning: { kind: 'expressions', statements, temporaries },
  };
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

/** The mean and the inverse deviation, which ONNX gives as further results. */
function statistics(node: OnnxNodeReader, x: LayerValue, axes: readonly number[]): LayerValue[] {
  const over = { axes, keepAxes: true };
  const mean = node.layerOf(reduceMean, over, [x]);
  const deviation = node.layerOf(sub, {}, [x, mean]);
  const variance = node.layerOf(reduceMean, over, [node.layerOf(square, {}, [deviation])]);
  const raised = node.layerOf(add, {}, [variance, node.number(node.float('epsilon', 1e-5))]);
  return [mean, node.layerOf(reciprocal, {}, [node.layerOf(sqrt, {}, [raised])])];
}
