// Absolute value.

import { call } from '../../algebra/expression.ts';
import { onnxUnary } from '../../front/onnx/mappings/elementwise.ts';
import { elementwise } from '../shared/elementwise.ts';

export const abs = elementwise({
  name: 'abs',
  family: 'elementwise',
  about: 'The size of each element: |x|.',
  example: 'abs',
  onnx: onnxUnary('Abs'),
  value: (x) => call('absolute', x),
});
