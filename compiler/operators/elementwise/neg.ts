// Sign change.

import { call } from '../../algebra/expression.ts';
import { elementwise } from '../shared/elementwise.ts';

export const neg = elementwise({
  name: 'neg',
  family: 'elementwise',
  about: '−x.',
  example: 'neg',
  value: (x) => call('negate', x),
});
