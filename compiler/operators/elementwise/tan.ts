// Tangent.

import { call } from '../../algebra/expression.ts';
import { elementwise } from '../shared/elementwise.ts';

export const tan = elementwise({
  name: 'tan',
  family: 'elementwise',
  about: 'tan x, x in radians.',
  example: 'tan',
  value: (x) => call('tangent', x),
});
