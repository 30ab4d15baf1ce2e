// Sine.

import { call } from '../../algebra/expression.ts';
import { elementwise } from '../shared/elementwise.ts';

export const sin = elementwise({
  name: 'sin',
  family: 'elementwise',
  about: 'sin x, x in radians.',
  example: 'sin',
  value: (x) => call('sine', x),
});
