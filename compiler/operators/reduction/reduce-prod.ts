// Product over axes.
import { reduction } from '../shared/reduction.ts';

export const reduceProd = reduction({
  name: 'reduceProd',
  about: 'The product over some axes.',
  combine: 'product',
});
