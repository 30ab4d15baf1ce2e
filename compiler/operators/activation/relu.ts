// Rectified linear unit: negative values become zero.

import { call } from '../../algebra/expression.ts';
import { elementwise } from '../shared/elementwise.ts';

export const relu = elementwise({
  name: 'relu',
  about: 'max(x, 0).',
  example: 'relu',
  value: (x) => call('maximum', x, 0),
});
