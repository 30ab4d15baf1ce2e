// Cosine.

import { call } from '../../algebra/expression.ts';
import { onnxUnary } from '../../front/onnx/mappings/elementwise.ts';
import { elementwise } from '../shared/elementwise.ts';

export const cos = elementwise({
  name: 'cos',
  family: 'elementwise',
  about: 'cos x, x in radians.',
  example: 'cos',
  onnx: onnxUnary('Cos'),
  value: (x) => call('cosine', x),
});
