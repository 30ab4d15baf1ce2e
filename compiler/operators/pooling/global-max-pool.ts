// Global max pooling: the largest value of each channel over all of space; the spatial axes stay, of size 1.
//
//   out[0, 0, c] max= in[y, x, c]
import { defineOperator, faults, isFault } from '../operator.ts';
import { spatialOf } from '../shared/convolution.ts';
import { globalPoolExpression } from '../shared/pooling.ts';

export const globalMaxPool = defineOperator<Record<never, never>>({
  name: 'globalMaxPool',
  family: 'pooling',
  about: 'The largest value of each channel over all of space; the spatial axes stay, of size 1.',
  example: 'globalMaxPool',
  exampleInputs: [[4, 4, 3]],
  operands: { minimum: 1, maximum: 1 },
  parameters: {},
  positional: [],
  infer: ({ inputs }) => {
    const input = spatialOf(inputs[0]!);
    if (isFault(input)) return faults(input);
    return {
      output: [...input.space.map(() => 1), input.channels],
      weights: [],
      axes: [],
      meaning: { kind: 'expressions', statements: [globalPoolExpression(inputs[0]!, 'max')] },
    };
  },
});
