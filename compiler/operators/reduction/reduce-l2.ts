// Euclidean length over axes.
import { call, multiply } from '../../algebra/expression.ts';
import { reduction } from '../shared/reduction.ts';

export const reduceL2 = reduction({
  name: 'reduceL2',
  about: 'The root of the sum of x² over some axes.',
  combine: 'sum',
  value: (x) => multiply(x, x),
  finish: (sum) => call('squareRoot', sum),
});
