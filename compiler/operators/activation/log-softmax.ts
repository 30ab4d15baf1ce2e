// Logarithm of softmax along an axis, without the exponential of a large number and without the logarithm of zero.
//
//   largest[y, x, 0]   max= in[y, x, c]
//   logTotal[y, x, 0]     = ln(Σ e^(in[y, x, c] − largest[y, x, 0]))
//   out[y, x, c]          = in[y, x, c] − largest[y, x, 0] − logTotal[y, x, 0]

import { accumulated, call, express, read } from '../../algebra/expression.ts';
import { defineOperator, faults, isFault } from '../operator.ts';
import { optional } from '../parameters.ts';
import { axis } from '../shared/axes.ts';
import { exponentialsAlong } from '../shared/exponentials.ts';

interface Arguments {
  readonly axis: number;
}

export const logSoftmax = defineOperator<Arguments>({
  name: 'logSoftmax',
  family: 'activation',
  about: 'ln(e^x / Σ e^x) along an axis.',
  example: 'logSoftmax',
  exampleInputs: [[3, 4, 2]],
  operands: { minimum: 1, maximum: 1 },
  parameters: { axis: optional(axis('The axis along which the sum runs; the last one by default.'), -1) },
  positional: ['axis'],
  infer: ({ arguments: given, inputs }) => {
    const shape = inputs[0]!;
    const exponentials = exponentialsAlong(given.axis, shape);
    if (isFault(exponentials)) return faults(exponentials);
    const { axes, element, line, lines, largest, shifted } = exponentials;
    const power = call('exponential', shifted);
    const finish = call('logarithm', accumulated);
    return {
      output: shape,
      weights: [],
      axes: [],
      meaning: {
        kind: 'expressions',
        statements: [
          largest,
          express({ tensor: 'logTotal', axes, target: line, combine: 'sum', value: power, finish }),
          express({ axes, target: element, value: call('subtract', shifted, read('logTotal', line)) }),
        ],
        temporaries: { largest: lines, logTotal: lines },
      },
    };
  },
});
