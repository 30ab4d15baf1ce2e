// Global average pooling: the mean of each channel over all of space; the spatial axes stay, of size 1.
//
//   out[0, 0, c] = (sum of in[y, x, c]) / (height · width)

import { accumulated, call } from '../../algebra/expression.ts';
import { sizeOf } from '../../tensor.ts';
import { defineOperator, faults, isFault } from '../operator.ts';
import { spatialOf } from '../shared/convolution.ts';
import { globalPoolExpression } from '../shared/pooling.ts';

export const globalAvgPool = defineOperator<Record<never, never>>({
  name: 'globalAvgPool',
  family: 'pooling',
  about: 'The mean of each channel over all of space; the spatial axes stay, of size 1.',
  example: 'globalAvgPool',
  exampleInputs: [[4, 4, 3]],
  operands: { minimum: 1, maximum: 1 },
  parameters: {},
  positional: [],
  infer: ({ inputs }) => {
    const input = spatialOf(inputs[0]!);
    if (isFault(input)) return faults(input);
    const { space, channels } = input;
    const finish = call('divide', accumulated, sizeOf(space));
    return {
      output: [...space.map(() => 1), channels],
      weights: [],
      axes: [],
      meaning: { kind: 'expressions', statements: [globalPoolExpression(inputs[0]!, 'sum', finish)] },
    };
  },
});
