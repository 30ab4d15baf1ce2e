// Piecewise linear swish (MobileNetV3).

import { add, call, multiply } from '../../algebra/expression.ts';
import { onnxGated, onnxUnary } from '../../front/onnx/mappings/elementwise.ts';
import { elementwise } from '../shared/elementwise.ts';

export const hardSwish = elementwise({
  name: 'hardSwish',
  about: 'x · min(max(x/6 + 1/2, 0), 1).',
  example: 'hardSwish',
  onnx: {
    ...onnxUnary('HardSwish'),
    patterns: {
      Mul: (node) =>
        onnxGated(node, 'HardSigmoid', (gate) => {
          const [alpha, beta] = [gate.float('alpha', 0.2), gate.float('beta', 0.5)];
          return Math.abs(alpha - 1 / 6) < 1e-6 && beta === 0.5;
        }),
    },
  },
  value: (x) => {
    const gate = add(call('divide', x, 6), 0.5);
    return multiply(x, call('minimum', call('maximum', gate, 0), 1));
  },
});
