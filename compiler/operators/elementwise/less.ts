// Comparison, element by element.
import { call } from '../../algebra/expression.ts';
import { broadcasting } from '../shared/broadcasting.ts';

export const less = broadcasting({
  name: 'less',
  about: '1 where a < b, else 0, with broadcasting.',
  example: 'less(a, b)',
  value: (a, b) => call('less', a!, b!),
});
