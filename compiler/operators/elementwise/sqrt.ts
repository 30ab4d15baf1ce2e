// Square root.

import { call } from '../../algebra/expression.ts';
import { elementwise } from '../shared/elementwise.ts';

export const sqrt = elementwise({
  name: 'sqrt',
  family: 'elementwise',
  about: '√x: NaN below 0.',
  example: 'sqrt',
  value: (x) => call('squareRoot', x),
});
