// Reciprocal.

import { call, constant } from '../../algebra/expression.ts';
import { elementwise } from '../shared/elementwise.ts';

export const reciprocal = elementwise({
  name: 'reciprocal',
  family: 'elementwise',
  about: '1/x: Infinity at 0.',
  example: 'reciprocal',
  value: (x) => call('divide', constant(1), x),
});
