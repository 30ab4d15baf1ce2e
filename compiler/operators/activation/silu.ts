// Sigmoid linear unit, also called swish.

import { call, multiply } from '../../algebra/expression.ts';
import { onnxGated } from '../../front/onnx/mappings/elementwise.ts';
import { elementwise } from '../shared/elementwise.ts';

export const silu = elementwise({
  name: 'silu',
  about: 'x · sigmoid(x).',
  example: 'silu',
  onnx: {
    imports: {
      Swish: (node) => (node.float('alpha', 1) === 1 ? node.layer({}, [node.value(0)]) : undefined),
    },
    patterns: { Mul: (node) => onnxGated(node, 'Sigmoid') },
    // Operator sets before 24 have no Swish.
    exports: (layer) => layer.node('Mul', [layer.operands[0]!, layer.node('Sigmoid', layer.operands)]),
  },
  value: (x) => multiply(x, call('sigmoid', x)),
});
