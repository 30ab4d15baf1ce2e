// Reciprocal.

import { call, constant } from '../../algebra/expression.ts';
import { onnxUnary } from '../../front/onnx/mappings/elementwise.ts';
import { elementwise } from '../shared/elementwise.ts';

export const reciprocal = elementwise({
  name: 'reciprocal',
  family: 'elementwise',
  about: '1/x: Infinity at 0.',
  example: 'reciprocal',
  onnx: onnxUnary('Reciprocal'),
  value: (x) => call('divide', constant(1), x),
});
