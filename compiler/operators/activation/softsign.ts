// Softsign.

import { add, call } from '../../algebra/expression.ts';
import { onnxUnary } from '../../front/onnx/mappings/elementwise.ts';
import { elementwise } from '../shared/elementwise.ts';

export const softsign = elementwise({
  name: 'softsign',
  about: 'x / (1 + |x|).',
  example: 'softsign',
  onnx: onnxUnary('Softsign'),
  value: (x) => call('divide', x, add(call('absolute', x), 1)),
});
