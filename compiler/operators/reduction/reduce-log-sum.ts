// Logarithm of a sum over axes.
import { call } from '../../algebra/expression.ts';
import { reduction } from '../shared/reduction.ts';

export const reduceLogSum = reduction({
  name: 'reduceLogSum',
  about: 'ln of the sum over some axes.',
  combine: 'sum',
  finish: (sum) => call('logarithm', sum),
});
