// Cosine.

import { call } from '../../algebra/expression.ts';
import { elementwise } from '../shared/elementwise.ts';

export const cos = elementwise({
  name: 'cos',
  family: 'elementwise',
  about: 'cos x, x in radians.',
  example: 'cos',
  value: (x) => call('cosine', x),
});
