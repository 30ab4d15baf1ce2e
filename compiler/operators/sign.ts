// Sign.

import { call } from '../algebra/expression.ts';
import { elementwise } from './elementwise.ts';
import { onnxUnary } from './onnx-elementwise.ts';

export const sign = elementwise({
  name: 'sign',
  family: 'elementwise',
  about: '−1, 0 or 1.',
  example: 'sign',
  onnx: onnxUnary('Sign'),
  value: (x) => call('sign', x),
});
