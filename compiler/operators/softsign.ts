// Softsign.

import { add, call } from '../algebra/expression.ts';
import { elementwise } from './elementwise.ts';
import { onnxUnary } from './onnx-elementwise.ts';

export const softsign = elementwise({
  name: 'softsign',
  about: 'x / (1 + |x|).',
  example: 'softsign',
  onnx: onnxUnary('Softsign'),
  value: (x) => call('divide', x, add(call('absolute', x), 1)),
});
