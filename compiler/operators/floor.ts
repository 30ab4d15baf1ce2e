// Rounding down.

import { call } from '../algebra/expression.ts';
import { elementwise } from './elementwise.ts';
import { onnxUnary } from './onnx-elementwise.ts';

export const floor = elementwise({
  name: 'floor',
  family: 'elementwise',
  about: 'The largest whole number that is not above x.',
  example: 'floor',
  onnx: onnxUnary('Floor'),
  value: (x) => call('floor', x),
});
