// Group normalisation: mean and variance over space and over the channels of a group.
// Y. Wu and K. He, "Group Normalization" (2018).
//
//   mean[g]              = (Σ in[y, x, C·g + c]) / n        (and so on, see normalisation.ts)
//   out[y, x, C·g + c]   = (in[y, x, C·g + c] − mean[g]) · inverse[g] · gamma[C·g + c] + beta[C·g + c]
import { Affine } from '../../algebra/affine.ts';
import { sizeOf } from '../../tensor.ts';
import { type Call, defineOperator, type Fault, faults, type InferenceResult } from '../operator.ts';
import { count } from '../parameters.ts';
import { elementAxes, elementIndex } from '../shared/elementwise.ts';
import {
  epsilonFault,
  type NormalisationArguments,
  normalisationParameters,
  scaleAndShift,
  standardise,
} from '../shared/normalisation.ts';

interface Arguments extends NormalisationArguments {
  readonly groups: number;
}

export const groupNorm = defineOperator<Arguments>({
  name: 'groupNorm',
  family: 'normalisation',
  about:
    'Subtracts the mean and divides by the deviation over space and the channels of a group, then scales and shifts each channel.',
  example: 'groupNorm(2)',
  exampleInputs: [[3, 4, 6]],
  operands: { minimum: 1, maximum: 1 },
  parameters: { groups: count('Groups of channels; each has a mean of its own.'), ...normalisationParameters },
  positional: ['groups'],
  infer,
});

function infer({ arguments: given, inputs }: Call<Arguments>): InferenceResult {
  const output = inputs[0]!;
  const channels = output.at(-1)!;
  const fault = groupsFault(given.groups, channels) ?? epsilonFault(given.epsilon);
  if (fault) return faults(fault);
  const perGroup = channels / given.groups;
  const space = output.slice(0, -1);
  const channel = Affine.axis('g', perGroup).plus(Affine.axis('c'));
  const { statements, temporaries } = standardise({
    axes: { ...elementAxes(space), g: given.groups, c: perGroup },
    element: [...elementIndex(space), channel],
    set: [Affine.axis('g')],
    sets: [given.groups],
    count: sizeOf(space) * perGroup,
    weight: [channel],
    given,
  });
  return {
    output,
    weights: scaleAndShift(given, [channels]),
    axes: [],
    meaning: { kind: 'expressions', statements, temporaries },
  };
}

function groupsFault(groups: number, channels: number): Fault | undefined {
  if (channels % groups === 0) return undefined;
  const divisors = Array.from({ length: channels }, (_, n) => n + 1).filter((n) => channels % n === 0);
  return {
    parameter: 'groups',
    code: 'shape/groups',
    message: `${groups} groups do not divide ${channels} channels`,
    notes: [`groups that divide ${channels}: ${divisors.slice(0, 12).join(', ')}`],
  };
}
