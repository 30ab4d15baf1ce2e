// Sign change.

import { call } from '../../algebra/expression.ts';
import { onnxUnary } from '../../front/onnx/mappings/elementwise.ts';
import { elementwise } from '../shared/elementwise.ts';

export const neg = elementwise({
  name: 'neg',
  family: 'elementwise',
  about: '−x.',
  example: 'neg',
  onnx: onnxUnary('Neg'),
  value: (x) => call('negate', x),
});
