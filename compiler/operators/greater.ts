// Comparison, element by element.
import { call } from '../algebra/expression.ts';
import { broadcasting } from './broadcasting.ts';

export const greater = broadcasting({
  name: 'greater',
  about: '1 where a > b, else 0, with broadcasting.',
  example: 'greater(it, other)',
  value: (a, b) => call('less', b!, a!),
});
