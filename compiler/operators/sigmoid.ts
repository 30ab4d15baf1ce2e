// Logistic function.

import { call } from '../algebra/expression.ts';
import { elementwise } from './elementwise.ts';
import { onnxUnary } from './onnx-elementwise.ts';

export const sigmoid = elementwise({
  name: 'sigmoid',
  about: '1 / (1 + e^−x): between 0 and 1.',
  example: 'sigmoid',
  onnx: onnxUnary('Sigmoid'),
  value: (x) => call('sigmoid', x),
});
