// The same elements in one row, channels fastest.
import { sizeOf } from '../../tensor.ts';
import { defineOperator } from '../operator.ts';

export const flatten = defineOperator<Record<never, never>>({
  name: 'flatten',
  family: 'dense',
  about: 'The same elements in one row: [height, width, channels] becomes [height·width·channels].',
  example: 'flatten',
  exampleInputs: [[2, 3, 4]],
  operands: { minimum: 1, maximum: 1 },
  parameters: {},
  positional: [],
  infer: ({ inputs }) => ({ output: [sizeOf(inputs[0]!)], weights: [], axes: [], meaning: { kind: 'alias' } }),
});
