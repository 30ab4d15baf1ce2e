// Gaussian error linear unit. D. Hendrycks and K. Gimpel, "Gaussian Error Linear Units" (2016).

import { add, call, multiply, type Scalar } from '../../algebra/expression.ts';
import { choice, optional } from '../parameters.ts';
import { elementwise } from '../shared/elementwise.ts';

interface Arguments {
  readonly approximate: 'none' | 'tanh';
}

export const gelu = elementwise<Arguments>({
  name: 'gelu',
  about: 'x · Φ(x) = x/2 · (1 + erf(x/√2)), or its approximation by tanh.',
  example: 'gelu',
  parameters: {
    approximate: optional(
      choice('none: with the error function. tanh: the paper’s approximation.', 'none', 'tanh'),
      'none',
    ),
  },
  positional: [],
  value: (x, { approximate }) => {
    const gate = approximate === 'tanh' ? call('tanh', bent(x)) : call('errorFunction', multiply(x, Math.SQRT1_2));
    return multiply(multiply(x, 0.5), add(gate, 1));
  },
});

/** √(2/π) · (x + 0.044715·x³). */
function bent(x: Scalar): Scalar {
  const cube = multiply(multiply(x, x), x);
  return multiply(add(x, multiply(cube, 0.044715)), Math.sqrt(2 / Math.PI));
}
