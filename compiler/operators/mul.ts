// Product of values, element by element.
import { multiply } from '../algebra/expression.ts';
import { broadcasting, folded, manyOperands } from './broadcasting.ts';

export const mul = broadcasting({
  name: 'mul',
  about: 'a · b · …, with broadcasting.',
  example: 'mul(it, other)',
  operands: manyOperands,
  value: folded(multiply),
});
