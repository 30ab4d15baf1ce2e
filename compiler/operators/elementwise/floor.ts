// Rounding down.

import { call } from '../../algebra/expression.ts';
import { elementwise } from '../shared/elementwise.ts';

export const floor = elementwise({
  name: 'floor',
  family: 'elementwise',
  about: 'The largest whole number that is not above x.',
  example: 'floor',
  value: (x) => call('floor', x),
});
