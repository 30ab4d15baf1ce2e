// Sine.

import { call } from '../../algebra/expression.ts';
import { onnxUnary } from '../../front/onnx/mappings/elementwise.ts';
import { elementwise } from '../shared/elementwise.ts';

export const sin = elementwise({
  name: 'sin',
  family: 'elementwise',
  about: 'sin x, x in radians.',
  example: 'sin',
  onnx: onnxUnary('Sin'),
  value: (x) => call('sine', x),
});
