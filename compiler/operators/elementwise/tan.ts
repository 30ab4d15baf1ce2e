// Tangent.

import { call } from '../../algebra/expression.ts';
import { onnxUnary } from '../../front/onnx/mappings/elementwise.ts';
import { elementwise } from '../shared/elementwise.ts';

export const tan = elementwise({
  name: 'tan',
  family: 'elementwise',
  about: 'tan x, x in radians.',
  example: 'tan',
  onnx: onnxUnary('Tan'),
  value: (x) => call('tangent', x),
});
