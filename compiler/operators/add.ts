// Sum of values, element by element.
import { add as sum } from '../algebra/expression.ts';
import { broadcasting, folded, manyOperands } from './broadcasting.ts';

export const add = broadcasting({
  name: 'add',
  about: 'a + b + …, with broadcasting.',
  example: 'add(it, other)',
  operands: manyOperands,
  value: folded(sum),
});
