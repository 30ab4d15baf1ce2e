// Rounding up.

import { call } from '../../algebra/expression.ts';
import { elementwise } from '../shared/elementwise.ts';

export const ceil = elementwise({
  name: 'ceil',
  family: 'elementwise',
  about: 'The smallest whole number that is not below x.',
  example: 'ceil',
  value: (x) => call('ceiling', x),
});
