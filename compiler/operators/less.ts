// Comparison, element by element.
import { call } from '../algebra/expression.ts';
import { broadcasting } from './broadcasting.ts';

export const less = broadcasting({
  name: 'less',
  about: '1 where a < b, else 0, with broadcasting.',
  example: 'less(it, other)',
  value: (a, b) => call('less', a!, b!),
});
