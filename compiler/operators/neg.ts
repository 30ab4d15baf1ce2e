// Sign change.

import { call } from '../algebra/expression.ts';
import { elementwise } from './elementwise.ts';
import { onnxUnary } from './onnx-elementwise.ts';

export const neg = elementwise({
  name: 'neg',
  family: 'elementwise',
  about: '−x.',
  example: 'neg',
  onnx: onnxUnary('Neg'),
  value: (x) => call('negate', x),
});
