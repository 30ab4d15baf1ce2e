// Difference of two values, element by element.

import { call } from '../../algebra/expression.ts';
import { onnxBroadcasting } from '../../front/onnx/mappings/elementwise.ts';
import { broadcasting } from '../shared/broadcasting.ts';

export const sub = broadcasting({
  name: 'sub',
  about: 'a − b, with broadcasting.',
  example: 'sub(a, b)',
  onnx: onnxBroadcasting('Sub'),
  value: (a, b) => call('subtract', a!, b!),
});
