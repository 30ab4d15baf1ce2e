// Sum over axes.
import { reduction } from '../shared/reduction.ts';

export const reduceSum = reduction({
  name: 'reduceSum',
  about: 'The sum over some axes.',
  combine: 'sum',
});
