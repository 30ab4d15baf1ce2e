// Cosine.

import { call } from '../algebra/expression.ts';
import { elementwise } from './elementwise.ts';
import { onnxUnary } from './onnx-elementwise.ts';

export const cos = elementwise({
  name: 'cos',
  family: 'elementwise',
  about: 'cos x, x in radians.',
  example: 'cos',
  onnx: onnxUnary('Cos'),
  value: (x) => call('cosine', x),
});
