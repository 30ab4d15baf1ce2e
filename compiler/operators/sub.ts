// Difference of two values, element by element.
import { call } from '../algebra/expression.ts';
import { broadcasting } from './broadcasting.ts';

export const sub = broadcasting({
  name: 'sub',
  about: 'a − b, with broadcasting.',
  example: 'sub(it, other)',
  value: (a, b) => call('subtract', a!, b!),
});
