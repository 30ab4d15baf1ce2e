// Logistic function.

import { call } from '../../algebra/expression.ts';
import { elementwise } from '../shared/elementwise.ts';

export const sigmoid = elementwise({
  name: 'sigmoid',
  about: '1 / (1 + e^−x): between 0 and 1.',
  example: 'sigmoid',
  value: (x) => call('sigmoid', x),
});
