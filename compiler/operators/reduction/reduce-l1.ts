// Sum of sizes over axes.
import { call } from '../../algebra/expression.ts';
import { reduction } from '../shared/reduction.ts';

export const reduceL1 = reduction({
  name: 'reduceL1',
  about: 'The sum of |x| over some axes.',
  combine: 'sum',
  value: (x) => call('absolute', x),
});
