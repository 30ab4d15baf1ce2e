// Mish: D. Misra, "Mish: A Self Regularized Non-Monotonic Activation Function" (2019).

import { add, call, multiply } from '../../algebra/expression.ts';
import { elementwise } from '../shared/elementwise.ts';

export const mish = elementwise({
  name: 'mish',
  about: 'x · tanh(ln(1 + e^x)).',
  example: 'mish',
  value: (x) => {
    // ln(1 + e^x) = max(x, 0) + ln(1 + e^−|x|) cannot overflow.
    const tail = call('logarithmOnePlus', call('exponential', call('negate', call('absolute', x))));
    return multiply(x, call('tanh', add(call('maximum', x, 0), tail)));
  },
});
