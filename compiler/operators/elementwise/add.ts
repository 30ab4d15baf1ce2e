// Sum of values, element by element.

import { add as sum } from '../../algebra/expression.ts';
import { broadcasting, folded, manyOperands } from '../shared/broadcasting.ts';

export const add = broadcasting({
  name: 'add',
  about: 'a + b + …, with broadcasting.',
  example: 'add(a, b)',
  operands: manyOperands,
  value: folded(sum),
});
