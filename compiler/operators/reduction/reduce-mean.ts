// Mean over axes.
import { call } from '../../algebra/expression.ts';
import { reduction } from '../shared/reduction.ts';

export const reduceMean = reduction({
  name: 'reduceMean',
  about: 'The mean over some axes.',
  combine: 'sum',
  finish: (sum, count) => call('divide', sum, count),
});
