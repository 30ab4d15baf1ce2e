// Error function.

import { call } from '../algebra/expression.ts';
import { elementwise } from './elementwise.ts';
import { onnxUnary } from './onnx-elementwise.ts';

export const erf = elementwise({
  name: 'erf',
  family: 'elementwise',
  about: 'erf x = 2/√π · ∫ e^(−t²) dt from 0 to x.',
  example: 'erf',
  onnx: onnxUnary('Erf'),
  value: (x) => call('errorFunction', x),
});
