// Smallest of values, element by element.

import { call } from '../../algebra/expression.ts';
import { broadcasting, folded, manyOperands } from '../shared/broadcasting.ts';

export const min = broadcasting({
  name: 'min',
  about: 'The smallest of a, b, …, with broadcasting; NaN if one of them is NaN.',
  example: 'min(a, b)',
  operands: manyOperands,
  value: folded((a, b) => call('minimum', a, b)),
});
