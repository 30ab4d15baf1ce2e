// Absolute value.

import { call } from '../../algebra/expression.ts';
import { elementwise } from '../shared/elementwise.ts';

export const abs = elementwise({
  name: 'abs',
  family: 'elementwise',
  about: 'The size of each element: |x|.',
  example: 'abs',
  value: (x) => call('absolute', x),
});
