// Piecewise linear sigmoid.

import { add, call, multiply } from '../../algebra/expression.ts';
import { finite, optional } from '../parameters.ts';
import { elementwise } from '../shared/elementwise.ts';

interface Arguments {
  readonly alpha: number;
  readonly beta: number;
}

export const hardSigmoid = elementwise<Arguments>({
  name: 'hardSigmoid',
  about: 'min(max(alpha·x + beta, 0), 1).',
  example: 'hardSigmoid',
  parameters: {
    alpha: optional(finite('Slope; 1/6 as in Keras and PyTorch (ONNX: 0.2).'), 1 / 6),
    beta: optional(finite('Value at 0.'), 0.5),
  },
  positional: ['alpha', 'beta'],
  value: (x, { alpha, beta }) => call('minimum', call('maximum', add(multiply(x, alpha), beta), 0), 1),
});
