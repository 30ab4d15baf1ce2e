// Product of values, element by element.

import { multiply } from '../../algebra/expression.ts';
import { broadcasting, folded, manyOperands } from '../shared/broadcasting.ts';

export const mul = broadcasting({
  name: 'mul',
  about: 'a · b · …, with broadcasting.',
  example: 'mul(a, b)',
  operands: manyOperands,
  value: folded(multiply),
});
