// Piecewise linear swish (MobileNetV3).

import { add, call, multiply } from '../../algebra/expression.ts';
import { elementwise } from '../shared/elementwise.ts';

export const hardSwish = elementwise({
  name: 'hardSwish',
  about: 'x · min(max(x/6 + 1/2, 0), 1).',
  example: 'hardSwish',
  value: (x) => {
    const gate = add(call('divide', x, 6), 0.5);
    return multiply(x, call('minimum', call('maximum', gate, 0), 1));
  },
});
