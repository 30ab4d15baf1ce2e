// Mish: D. Misra, "Mish: A Self Regularized Non-Monotonic Activation Function" (2019).

import { add, call, multiply } from '../../algebra/expression.ts';
import { onnxUnary } from '../../front/onnx/mappings/elementwise.ts';
import { elementwise } from '../shared/elementwise.ts';

export const mish = elementwise({
  name: 'mish',
  about: 'x · tanh(ln(1 + e^x)).',
  example: 'mish',
  onnx: {
    ...onnxUnary('Mish'),
    patterns: {
      Mul: (node) => {
        for (const [x, gate] of [
          [0, 1],
          [1, 0],
        ] as const) {
          const bend = node.madeBy(gate, 'Tanh')?.madeBy(0, 'Softplus');
          if (bend?.name(0) === node.name(x)) return node.layer({}, [node.value(x)]);
        }
        return undefined;
      },
    },
  },
  value: (x) => {
    // ln(1 + e^x) = max(x, 0) + ln(1 + e^−|x|) cannot overflow.
    const tail = call('logarithmOnePlus', call('exponential', call('negate', call('absolute', x))));
    return multiply(x, call('tanh', add(call('maximum', x, 0), tail)));
  },
});
