// Smallest element over axes.
import { reduction } from '../shared/reduction.ts';

export const reduceMin = reduction({
  name: 'reduceMin',
  about: 'The smallest element over some axes; NaN if one of them is NaN.',
  combine: 'min',
});
