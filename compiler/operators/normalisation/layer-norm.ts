// Layer normalisation: mean and variance of each example over some axes, by default the channels of each position.
//
//   mean[y, x]   = (Σ in[y, x, c]) / C         (and so on, see normalisation.ts)
//   out[y, x, c] = (in[y, x, c] − mean[y, x]) · inverse[y, x] · gamma[c] + beta[c]

import { Affine } from '../../algebra/affine.ts';
import { sizeOf } from '../../tensor.ts';
import { type Call, defineOperator, type Fault, faults, type InferenceResult, isFault } from '../operator.ts';
import { axes, resolveAxes } from '../shared/axes.ts';
import { elementAxes, elementIndex } from '../shared/elementwise.ts';
import {
  epsilonFault,
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
  infer,
});
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
