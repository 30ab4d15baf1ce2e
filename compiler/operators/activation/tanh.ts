// Hyperbolic tangent.

import { call } from '../../algebra/expression.ts';
import { elementwise } from '../shared/elementwise.ts';

export const tanh = elementwise({
  name: 'tanh',
  about: 'tanh x: between −1 and 1.',
  example: 'tanh',
  value: (x) => call('tanh', x),
});
