// Dropout drops activations in training only; at inference the value passes unchanged.
import { defineOperator, faults } from '../operator.ts';
import { finite, optional } from '../parameters.ts';

interface Arguments {
  readonly rate: number;
}

export const dropout = defineOperator<Arguments>({
  name: 'dropout',
  family: 'arrangement',
  about: 'No effect at inference: in training it drops this share of the values.',
  example: 'dropout(0.5)',
  exampleInputs: [[3, 3, 2]],
  operands: { minimum: 1, maximum: 1 },
  parameters: { rate: optional(finite('Share of the values that training drops, from 0 to below 1.'), 0.5) },
  positional: ['rate'],
  infer: ({ arguments: { rate }, inputs }) =>
    rate >= 0 && rate < 1
      ? { output: inputs[0]!, weights: [], axes: [], meaning: { kind: 'alias' } }
      : faults({
          parameter: 'rate',
          code: 'argument/range',
          message: `a dropout rate of ${rate} is not in 0 ≤ rate < 1`,
          notes: ['a percentage is written as a fraction: 0.2 for 20 %'],
        }),
});
