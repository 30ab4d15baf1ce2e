// Rectified linear unit with a threshold.

import { call, constant } from '../../algebra/expression.ts';
import { finite, optional } from '../parameters.ts';
import { elementwise } from '../shared/elementwise.ts';

interface Arguments {
  readonly theta: number;
}

export const thresholdedRelu = elementwise<Arguments>({
  name: 'thresholdedRelu',
  about: 'x above theta, else 0.',
  example: 'thresholdedRelu(0.5)',
  parameters: { theta: optional(finite('The threshold.'), 1) },
  positional: ['theta'],
  value: (x, { theta }) => call('select', call('less', constant(theta), x), x, 0),
});
