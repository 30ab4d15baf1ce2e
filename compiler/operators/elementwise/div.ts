// Quotient of two values, element by element.

import { call } from '../../algebra/expression.ts';
import { onnxBroadcasting } from '../../front/onnx/mappings/elementwise.ts';
import { broadcasting } from '../shared/broadcasting.ts';

export const div = broadcasting({
  name: 'div',
  about: 'a / b, with broadcasting.',
  example: 'div(a, b)',
  onnx: onnxBroadcasting('Div'),
  value: (a, b) => call('divide', a!, b!),
});
