// Error function.

import { call } from '../../algebra/expression.ts';
import { onnxUnary } from '../../front/onnx/mappings/elementwise.ts';
import { elementwise } from '../shared/elementwise.ts';

export const erf = elementwise({
  name: 'erf',
  family: 'elementwise',
  about: 'erf x = 2/√π · ∫ e^(−t²) dt from 0 to x.',
  example: 'erf',
  onnx: onnxUnary('Erf'),
  value: (x) => call('errorFunction', x),
});
