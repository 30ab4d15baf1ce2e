// Comparison, element by element.
import { call } from '../../algebra/expression.ts';
import { broadcasting } from '../shared/broadcasting.ts';

export const greater = broadcasting({
  name: 'greater',
  about: '1 where a > b, else 0, with broadcasting.',
  example: 'greater(a, b)',
  value: (a, b) => call('less', b!, a!),
});
