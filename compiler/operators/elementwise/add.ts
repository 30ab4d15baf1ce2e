// Sum of values, element by element.

import { add as sum } from '../../algebra/expression.ts';
import { onnxBroadcasting } from '../../front/onnx/mappings/elementwise.ts';
import { broadcasting, folded, manyOperands } from '../shared/broadcasting.ts';

export const add = broadcasting({
  name: 'add',
  about: 'a + b + …, with broadcasting.',
  example: 'add(a, b)',
  operands: manyOperands,
  onnx: onnxBroadcasting('Add', 'Sum'),
  value: folded(sum),
});
