// Hyperbolic tangent.

import { call } from '../algebra/expression.ts';
import { elementwise } from './elementwise.ts';
import { onnxUnary } from './onnx-elementwise.ts';

export const tanh = elementwise({
  name: 'tanh',
  about: 'tanh x: between −1 and 1.',
  example: 'tanh',
  onnx: onnxUnary('Tanh'),
  value: (x) => call('tanh', x),
});
