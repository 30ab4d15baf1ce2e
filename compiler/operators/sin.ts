// Sine.

import { call } from '../algebra/expression.ts';
import { elementwise } from './elementwise.ts';
import { onnxUnary } from './onnx-elementwise.ts';

export const sin = elementwise({
  name: 'sin',
  family: 'elementwise',
  about: 'sin x, x in radians.',
  example: 'sin',
  onnx: onnxUnary('Sin'),
  value: (x) => call('sine', x),
});
