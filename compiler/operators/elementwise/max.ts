// Largest of values, element by element.

import { call } from '../../algebra/expression.ts';
import { broadcasting, folded, manyOperands } from '../shared/broadcasting.ts';

export const max = broadcasting({
  name: 'max',
  about: 'The largest of a, b, …, with broadcasting; NaN if one of them is NaN.',
  example: 'max(a, b)',
  operands: manyOperands,
  value: folded((a, b) => call('maximum', a, b)),
});
