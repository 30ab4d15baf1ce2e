// Rounding to the nearest whole number.

import { call } from '../algebra/expression.ts';
import { elementwise } from './elementwise.ts';
import { onnxUnary } from './onnx-elementwise.ts';

export const round = elementwise({
  name: 'round',
  family: 'elementwise',
  about: 'The nearest whole number, halves to the even one, as in IEEE 754.',
  example: 'round',
  onnx: onnxUnary('Round'),
  value: (x) => call('roundHalfEven', x),
});
