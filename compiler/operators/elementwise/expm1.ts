// Exponential near zero.
import { call } from '../../algebra/expression.ts';
import { elementwise } from '../shared/elementwise.ts';

export const expm1 = elementwise({
  name: 'expm1',
  family: 'elementwise',
  about: 'e^x − 1, exact near 0.',
  example: 'expm1',
  value: (x) => call('exponentialMinusOne', x),
});
