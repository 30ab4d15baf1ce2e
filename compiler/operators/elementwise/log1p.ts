// Logarithm near one.

import { call } from '../../algebra/expression.ts';
import { elementwise } from '../shared/elementwise.ts';

export const log1p = elementwise({
  name: 'log1p',
  family: 'elementwise',
  about: 'ln(1 + x), exact near 0.',
  example: 'log1p',
  value: (x) => call('logarithmOnePlus', x),
});
