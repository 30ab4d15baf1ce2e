// Quotient of two values, element by element.
import { call } from '../algebra/expression.ts';
import { broadcasting } from './broadcasting.ts';

export const div = broadcasting({
  name: 'div',
  about: 'a / b, with broadcasting.',
  example: 'div(it, other)',
  value: (a, b) => call('divide', a!, b!),
});
