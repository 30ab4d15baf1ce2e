// Square root.

import { call } from '../../algebra/expression.ts';
import { onnxUnary } from '../../front/onnx/mappings/elementwise.ts';
import { elementwise } from '../shared/elementwise.ts';

export const sqrt = elementwise({
  name: 'sqrt',
  family: 'elementwise',
  about: '√x: NaN below 0.',
  example: 'sqrt',
  onnx: onnxUnary('Sqrt'),
  value: (x) => call('squareRoot', x),
});
