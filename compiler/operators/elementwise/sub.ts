// Difference of two values, element by element.

import { call } from '../../algebra/expression.ts';
import { broadcasting } from '../shared/broadcasting.ts';

export const sub = broadcasting({
  name: 'sub',
  about: 'a − b, with broadcasting.',
  example: 'sub(a, b)',
  value: (a, b) => call('subtract', a!, b!),
});
