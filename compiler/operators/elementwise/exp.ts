// Natural exponential.

import { call } from '../../algebra/expression.ts';
import { onnxUnary } from '../../front/onnx/mappings/elementwise.ts';
import { elementwise } from '../shared/elementwise.ts';

export const exp = elementwise({
  name: 'exp',
  family: 'elementwise',
  about: 'e to the power of x.',
  example: 'exp',
  onnx: onnxUnary('Exp'),
  value: (x) => call('exponential', x),
});
