// Batch normalisation at inference: a scale for each channel, known when the weights are.
//
//   scale[c] = gamma[c] / √(variance[c] + epsilon)
//   out[y, x, c] = (in[y, x, c] − mean[c]) · scale[c] + beta[c]

import { Affine } from '../../algebra/affine.ts';
import { add, call, express, multiply, read, type TensorExpression } from '../../algebra/expression.ts';
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
