// Natural exponential.

import { call } from '../../algebra/expression.ts';
import { elementwise } from '../shared/elementwise.ts';

export const exp = elementwise({
  name: 'exp',
  family: 'elementwise',
  about: 'e to the power of x.',
  example: 'exp',
  value: (x) => call('exponential', x),
});
