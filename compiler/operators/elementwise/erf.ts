// Error function.

import { call } from '../../algebra/expression.ts';
import { elementwise } from '../shared/elementwise.ts';

export const erf = elementwise({
  name: 'erf',
  family: 'elementwise',
  about: 'erf x = 2/√π · ∫ e^(−t²) dt from 0 to x.',
  example: 'erf',
  value: (x) => call('errorFunction', x),
});
