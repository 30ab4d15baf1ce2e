// Batch normalisation at inference: a scale for each channel, known when the weights are.
//
//   scale[c] = gamma[c] / √(variance[c] + epsilon)
//   out[y, x, c] = (in[y, x, c] − mean[c]) · scale[c] + beta[c]

import { Affine } from '../../algebra/affine.ts';
import { add, call, express, multiply, read, type TensorExpression } from '../../algebra/expression.ts';
import type { LayerValue, OnnxNodeReader, WeightData } from '../../front/onnx/mapping.ts';
import { asFloats, reshapedTo } from '../../front/onnx/mappings/weights.ts';
import { type Call, defineOperator, faults, type InferenceResult, operand } from '../operator.ts';
import { elementAxes, elementIndex } from '../shared/elementwise.ts';
import {
  epsilonFault,
  type NormalisationArguments,
  normalisationParameters,
  scaleAndShift,
} from '../shared/normalisation.ts';

export const batchNorm = defineOperator<NormalisationArguments>({
  name: 'batchNorm',
  family: 'normalisation',
  about: 'Batch normalisation with the recorded mean and variance: (x − mean) / √(variance + epsilon) · gamma + beta.',
  example: 'batchNorm',
  exampleInputs: [[3, 4, 2]],
  operands: { minimum: 1, maximum: 1 },
  parameters: normalisationParameters,
  positional: [],
  onnx: {
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
  infer,
});

function infer({ arguments: given, inputs }: Call<NormalisationArguments>): InferenceResult {
  const fault = epsilonFault(given.epsilon);
  if (fault) return faults(fault);
  const output = inputs[0]!;
  const channels = output.at(-1)!;
  const channel = [Affine.axis(`a${output.length - 1}`)];
  const index = elementIndex(output);
  // The mean goes first: x·scale − mean·scale would cancel where x is near the mean.
  const centred = call('subtract', read(operand(0), index), read('mean', channel));
  const scaled = multiply(centred, read('scale', channel));
  const normalised = express({
    axes: elementAxes(output),
    target: index,
    value: given.center ? add(scaled, read('beta', channel)) : scaled,
  });
  return {
    output,
    weights: [
      ...scaleAndShift(given, [channels]),
      { name: 'mean', shape: [channels], fill: 'zero' },
      { name: 'variance', shape: [channels], fill: 'one' },
    ],
    axes: [],
    meaning: {
      kind: 'expressions',
      statements: [scaleOf(given, channels), normalised],
      temporaries: { scale: [channels] },
    },
  };
}

/** The statement over weights alone. */
function scaleOf({ epsilon, scale }: NormalisationArguments, channels: number): TensorExpression {
  const at = [Affine.axis('c')];
  const deviation = call('squareRoot', add(read('variance', at), epsilon));
  const value = call('divide', scale ? read('gamma', at) : 1, deviation);
  return express({ tensor: 'scale', axes: { c: channels }, target: at, value });
}

const weightNames = ['gamma', 'beta', 'mean', 'variance'] as const;

/** @param behind factors and summands for each channel, applied after it */
function importNorm(node: OnnxNodeReader, behind?: Record<'scale' | 'shift', Float32Array>): LayerValue {
  if (node.int('training_mode', 0) !== 0) node.refuse('is in training mode', 'a model exported for inference');
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
