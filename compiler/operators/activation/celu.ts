// Continuously differentiable exponential linear unit.

import { call, multiply } from '../../algebra/expression.ts';
import { finite, nonZero, optional } from '../parameters.ts';
import { elementwise } from '../shared/elementwise.ts';

interface Arguments {
  readonly alpha: number;
}

export const celu = elementwise<Arguments>({
  name: 'celu',
  about: 'x above 0, alpha·(e^(x/alpha) − 1) below.',
  example: 'celu(0.5)',
  parameters: { alpha: optional(nonZero(finite('Minus the limit at −Infinity; not 0.')), 1) },
  positional: ['alpha'],
  value: (x, { alpha }) => {
    const below = multiply(call('exponentialMinusOne', call('divide', x, alpha)), alpha);
    return call('select', call('less', x, 0), below, x);
  },
});
