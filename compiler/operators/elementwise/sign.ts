// Sign.

import { call } from '../../algebra/expression.ts';
import { elementwise } from '../shared/elementwise.ts';

export const sign = elementwise({
  name: 'sign',
  family: 'elementwise',
  about: '−1, 0 or 1.',
  example: 'sign',
  value: (x) => call('sign', x),
});
