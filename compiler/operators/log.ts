// Natural logarithm.

import { call } from '../algebra/expression.ts';
import { elementwise } from './elementwise.ts';
import { onnxUnary } from './onnx-elementwise.ts';

export const log = elementwise({
  name: 'log',
  family: 'elementwise',
  about: 'ln x: −Infinity at 0, NaN below.',
  example: 'log',
  onnx: onnxUnary('Log'),
  value: (x) => call('logarithm', x),
});
