// Difference of two values, element by element.

import { call } from '../algebra/expression.ts';
import { broadcasting } from './broadcasting.ts';
import { onnxBroadcasting } from './onnx-elementwise.ts';

export const sub = broadcasting({
  name: 'sub',
  about: 'a − b, with broadcasting.',
  example: 'sub(a, b)',
  onnx: onnxBroadcasting('Sub'),
  value: (a, b) => call('subtract', a!, b!),
});
