// Natural logarithm.

import { call } from '../../algebra/expression.ts';
import { onnxUnary } from '../../front/onnx/mappings/elementwise.ts';
import { elementwise } from '../shared/elementwise.ts';

export const log = elementwise({
  name: 'log',
  family: 'elementwise',
  about: 'ln x: −Infinity at 0, NaN below.',
  example: 'log',
  onnx: onnxUnary('Log'),
  value: (x) => call('logarithm', x),
});
