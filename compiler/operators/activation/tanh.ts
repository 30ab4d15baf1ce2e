// Hyperbolic tangent.

import { call } from '../../algebra/expression.ts';
import { onnxUnary } from '../../front/onnx/mappings/elementwise.ts';
import { elementwise } from '../shared/elementwise.ts';

export const tanh = elementwise({
  name: 'tanh',
  about: 'tanh x: between −1 and 1.',
  example: 'tanh',
  onnx: onnxUnary('Tanh'),
  value: (x) => call('tanh', x),
});
