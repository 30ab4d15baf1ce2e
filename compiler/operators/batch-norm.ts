// Batch normalisation at inference: a scale and a shift for each channel, known when the weights are.
//
//   scale[c] = gamma[c] / √(variance[c] + epsilon)
//   shift[c] = beta[c] − mean[c] · scale[c]
//   out[y, x, c] = in[y, x, c] · scale[c] + shift[c]
import { Affine } from '../algebra/affine.ts';
import { add, call, express, multiply, read, type Scalar, type TensorExpression } from '../algebra/expression.ts';
import { elementAxes, elementIndex } from './elementwise.ts';
import { epsilonFault, type NormalisationArguments, normalisationParameters, scaleAndShift } from './normalisation.ts';
import { type Call, defineOperator, faults, type InferenceResult, operand } from './operator.ts';

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
  const normalised = express({
    axes: elementAxes(output),
    target: index,
    value: add(multiply(read(operand(0), index), read('scale', channel)), read('shift', channel)),
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
      statements: [...perChannel(given, channels), normalised],
      temporaries: { scale: [channels], shift: [channels] },
    },
  };
}

/** The statements over weights alone. */
function perChannel({ epsilon, scale, center }: NormalisationArguments, channels: number): TensorExpression[] {
  const at = [Affine.axis('c')];
  const deviation = call('squareRoot', add(read('variance', at), epsilon));
  const statement = (tensor: string, value: Scalar) => express({ tensor, axes: { c: channels }, target: at, value });
  return [
    statement('scale', call('divide', scale ? read('gamma', at) : 1, deviation)),
    statement('shift', call('subtract', center ? read('beta', at) : 0, multiply(read('mean', at), read('scale', at)))),
  ];
}
