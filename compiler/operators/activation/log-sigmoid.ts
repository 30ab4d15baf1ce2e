// Logarithm of the logistic function.
import { call } from '../../algebra/expression.ts';
import { elementwise } from '../shared/elementwise.ts';

export const logSigmoid = elementwise({
  name: 'logSigmoid',
  about: 'ln(sigmoid(x)) = min(x, 0) − ln(1 + e^−|x|), which cannot overflow.',
  example: 'logSigmoid',
  value: (x) => {
    const tail = call('logarithmOnePlus', call('exponential', call('negate', call('absolute', x))));
    return call('subtract', call('minimum', x, 0), tail);
  },
});
