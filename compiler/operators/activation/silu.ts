// Sigmoid linear unit, also called swish.

import { call, multiply } from '../../algebra/expression.ts';
import { elementwise } from '../shared/elementwise.ts';

export const silu = elementwise({
  name: 'silu',
  about: 'x · sigmoid(x).',
  example: 'silu',
  value: (x) => multiply(x, call('sigmoid', x)),
});
