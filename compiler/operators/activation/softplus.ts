// Softplus: a smooth max(x, 0).
import { add, call, multiply } from '../../algebra/expression.ts';
import { finite, optional } from '../parameters.ts';
import { elementwise } from '../shared/elementwise.ts';

interface Arguments {
  readonly beta: number;
}

export const softplus = elementwise<Arguments>({
  name: 'softplus',
  about: 'ln(1 + e^(beta·x)) / beta.',
  example: 'softplus',
  parameters: { beta: optional(finite('Steepness of the bend.'), 1) },
  positional: ['beta'],
  onnx: {
    imports: { Softplus: (node) => node.layer({}, [node.value(0)]) },
    exports: (layer) => {
      const beta = layer.arguments.beta as number;
      if (beta === 1) return layer.node('Softplus', layer.operands);
      const factor = layer.tensor('beta', { shape: [1], data: Float32Array.of(beta) });
      const bent = layer.node('Softplus', [layer.node('Mul', [layer.operands[0]!, factor])]);
      return layer.node('Div', [bent, factor]);
    },
  },
  value: (x, { beta }) => {
    // ln(1 + e^t) = max(t, 0) + ln(1 + e^−|t|) cannot overflow.
    const scaled = beta === 1 ? x : multiply(x, beta);
    const tail = call('logarithmOnePlus', call('exponential', call('negate', call('absolute', scaled))));
    const sum = add(call('maximum', scaled, 0), tail);
    return beta === 1 ? sum : call('divide', sum, beta);
  },
});
