// Instance normalisation: mean and variance of each channel over space, from the example itself.
// D. Ulyanov et al., "Instance Normalization: The Missing Ingredient for Fast Stylization" (2016).
//
//   mean[c]      = (Σ in[y, x, c]) / (H·W)        (and so on, see normalisation.ts)
//   out[y, x, c] = (in[y, x, c] − mean[c]) · inverse[c] · gamma[c] + beta[c]
import { type Shape, showShape, sizeOf } from '../../tensor.ts';
import { type Call, defineOperator, type Fault, faults, type InferenceResult } from '../operator.ts';
import { elementAxes, elementIndex } from '../shared/elementwise.ts';
import {
  epsilonFault,
  type NormalisationArguments,
  normalisationParameters,
  scaleAndShift,
  standardise,
} from '../shared/normalisation.ts';

export const instanceNorm = defineOperator<NormalisationArguments>({
  name: 'instanceNorm',
  family: 'normalisation',
  about: 'Subtracts the mean and divides by the deviation of each channel over space, then scales and shifts it.',
  example: 'instanceNorm',
  exampleInputs: [[3, 4, 2]],
  operands: { minimum: 1, maximum: 1 },
  parameters: normalisationParameters,
  positional: [],
  infer,
});

function infer({ arguments: given, inputs }: Call<NormalisationArguments>): InferenceResult {
  const output = inputs[0]!;
  const fault = spaceFault(output) ?? epsilonFault(given.epsilon);
  if (fault) return faults(fault);
  const element = elementIndex(output);
  const channel = element.slice(-1);
  const channels = output.slice(-1);
  const { statements, temporaries } = standardise({
    axes: elementAxes(output),
    element,
    set: channel,
    sets: channels,
    count: sizeOf(output.slice(0, -1)),
    weight: channel,
    given,
  });
  return {
    output,
    weights: scaleAndShift(given, channels),
    axes: [],
    meaning: { kind: 'expressions', statements, temporaries },
  };
}

function spaceFault(input: Shape): Fault | undefined {
  if (input.length >= 2) return undefined;
  return {
    code: 'shape/rank',
    message: `instanceNorm needs a spatial axis besides the channels, the input is ${showShape(input)}`,
    notes: ['the mean of a single number is that number, so every result would be beta'],
  };
}
