// Rounding to the nearest whole number.

import { call } from '../../algebra/expression.ts';
import { elementwise } from '../shared/elementwise.ts';

export const round = elementwise({
  name: 'round',
  family: 'elementwise',
  about: 'The nearest whole number, halves to the even one, as in IEEE 754.',
  example: 'round',
  value: (x) => call('roundHalfEven', x),
});
