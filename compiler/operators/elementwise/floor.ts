// Rounding down.

import { call } from '../../algebra/expression.ts';
import { onnxUnary } from '../../front/onnx/mappings/elementwise.ts';
import { elementwise } from '../shared/elementwise.ts';

export const floor = elementwise({
  name: 'floor',
  family: 'elementwise',
  about: 'The largest whole number that is not above x.',
  example: 'floor',
  onnx: onnxUnary('Floor'),
  value: (x) => call('floor', x),
});
