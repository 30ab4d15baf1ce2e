// Quotient of two values, element by element.

import { call } from '../../algebra/expression.ts';
import { broadcasting } from '../shared/broadcasting.ts';

export const div = broadcasting({
  name: 'div',
  about: 'a / b, with broadcasting.',
  example: 'div(a, b)',
  value: (a, b) => call('divide', a!, b!),
});
