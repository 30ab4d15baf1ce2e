// Largest element over axes.
import { reduction } from '../shared/reduction.ts';

export const reduceMax = reduction({
  name: 'reduceMax',
  about: 'The largest element over some axes; NaN if one of them is NaN.',
  combine: 'max',
});
