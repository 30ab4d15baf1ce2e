// Natural logarithm.

import { call } from '../../algebra/expression.ts';
import { elementwise } from '../shared/elementwise.ts';

export const log = elementwise({
  name: 'log',
  family: 'elementwise',
  about: 'ln x: −Infinity at 0, NaN below.',
  example: 'log',
  value: (x) => call('logarithm', x),
});
