// Exponential linear unit.

import { call, multiply } from '../../algebra/expression.ts';
import { finite, optional } from '../parameters.ts';
import { elementwise } from '../shared/elementwise.ts';

interface Arguments {
  readonly alpha: number;
}

export const elu = elementwise<Arguments>({
  name: 'elu',
  about: 'x above 0, alpha·(e^x − 1) below.',
  example: 'elu',
  parameters: { alpha: optional(finite('Minus the limit at −Infinity.'), 1) },
  positional: ['alpha'],
  value: (x, { alpha }) => call('select', call('less', x, 0), multiply(call('exponentialMinusOne', x), alpha), x),
});
