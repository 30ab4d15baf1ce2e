// Square root.

import { call } from '../algebra/expression.ts';
import { elementwise } from './elementwise.ts';
import { onnxUnary } from './onnx-elementwise.ts';

export const sqrt = elementwise({
  name: 'sqrt',
  family: 'elementwise',
  about: '√x: NaN below 0.',
  example: 'sqrt',
  onnx: onnxUnary('Sqrt'),
  value: (x) => call('squareRoot', x),
});
