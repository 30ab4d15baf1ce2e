// Sum of squares over axes.
import { multiply } from '../../algebra/expression.ts';
import { reduction } from '../shared/reduction.ts';

export const reduceSumSquare = reduction({
  name: 'reduceSumSquare',
  about: 'The sum of x² over some axes.',
  combine: 'sum',
  value: (x) => multiply(x, x),
});
