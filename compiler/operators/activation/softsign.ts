// Softsign.

import { add, call } from '../../algebra/expression.ts';
import { elementwise } from '../shared/elementwise.ts';

export const softsign = elementwise({
  name: 'softsign',
  about: 'x / (1 + |x|).',
  example: 'softsign',
  value: (x) => call('divide', x, add(call('absolute', x), 1)),
});
