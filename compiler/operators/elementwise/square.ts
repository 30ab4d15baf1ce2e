// Square.
import { multiply } from '../../algebra/expression.ts';
import { elementwise } from '../shared/elementwise.ts';

export const square = elementwise({
  name: 'square',
  family: 'elementwise',
  about: 'x·x.',
  example: 'square',
  onnx: { exports: (layer) => layer.node('Mul', [layer.operands[0]!, layer.operands[0]!]) },
  value: (x) => multiply(x, x),
});
