// Rectified linear unit that lets a little of the negative side through.

import { call, multiply } from '../../algebra/expression.ts';
import { finite, optional } from '../parameters.ts';
import { elementwise } from '../shared/elementwise.ts';

interface Arguments {
  readonly slope: number;
}

export const leakyRelu = elementwise<Arguments>({
  name: 'leakyRelu',
  about: 'x above 0, slope·x below.',
  example: 'leakyRelu(0.1)',
  parameters: { slope: optional(finite('Slope below 0; 0.01 as in PyTorch (Keras: 0.3).'), 0.01) },
  positional: ['slope'],
  value: (x, { slope }) => call('select', call('less', x, 0), multiply(x, slope), x),
});
