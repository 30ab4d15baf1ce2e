// Largest of values, element by element.
import { call } from '../algebra/expression.ts';
import { broadcasting, folded, manyOperands } from './broadcasting.ts';

export const max = broadcasting({
  name: 'max',
  about: 'The largest of a, b, …, with broadcasting; NaN if one of them is NaN.',
  example: 'max(it, other)',
  operands: manyOperands,
  value: folded((a, b) => call('maximum', a, b)),
});
