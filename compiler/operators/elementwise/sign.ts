// Sign.

import { call } from '../../algebra/expression.ts';
import { onnxUnary } from '../../front/onnx/mappings/elementwise.ts';
import { elementwise } from '../shared/elementwise.ts';

export const sign = elementwise({
  name: 'sign',
  family: 'elementwise',
  about: '−1, 0 or 1.',
  example: 'sign',
  onnx: onnxUnary('Sign'),
  value: (x) => call('sign', x),
});
