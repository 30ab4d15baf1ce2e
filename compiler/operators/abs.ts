// Absolute value.

import { call } from '../algebra/expression.ts';
import { elementwise } from './elementwise.ts';
import { onnxUnary } from './onnx-elementwise.ts';

export const abs = elementwise({
  name: 'abs',
  family: 'elementwise',
  about: 'The size of each element: |x|.',
  example: 'abs',
  onnx: onnxUnary('Abs'),
  value: (x) => call('absolute', x),
});
