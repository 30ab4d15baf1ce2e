// Rectified linear unit: negative values become zero.

import { call } from '../algebra/expression.ts';
import { elementwise } from './elementwise.ts';
import { onnxUnary } from './onnx-elementwise.ts';

export const relu = elementwise({
  name: 'relu',
  about: 'max(x, 0).',
  example: 'relu',
  onnx: onnxUnary('Relu'),
  value: (x) => call('maximum', x, 0),
});
