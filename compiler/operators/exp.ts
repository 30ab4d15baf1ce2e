// Natural exponential.

import { call } from '../algebra/expression.ts';
import { elementwise } from './elementwise.ts';
import { onnxUnary } from './onnx-elementwise.ts';

export const exp = elementwise({
  name: 'exp',
  family: 'elementwise',
  about: 'e to the power of x.',
  example: 'exp',
  onnx: onnxUnary('Exp'),
  value: (x) => call('exponential', x),
});
