// Square.
import { multiply } from '../../algebra/expression.ts';
import { elementwise } from '../shared/elementwise.ts';

export const square = elementwise({
  name: 'square',
  family: 'elementwise',
  about: 'x·x.',
  example: 'square',
  value: (x) => multiply(x, x),
});
