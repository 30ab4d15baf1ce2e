// Tangent.

import { call } from '../algebra/expression.ts';
import { elementwise } from './elementwise.ts';
import { onnxUnary } from './onnx-elementwise.ts';

export const tan = elementwise({
  name: 'tan',
  family: 'elementwise',
  about: 'tan x, x in radians.',
  example: 'tan',
  onnx: onnxUnary('Tan'),
  value: (x) => call('tangent', x),
});
