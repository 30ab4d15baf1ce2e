// Softmax along an axis. The largest element is subtracted first, so that no exponential overflows.
//
//   largest[y, x, 0] max= in[y, x, c]
//   power[y, x, c]      = e^(in[y, x, c] − largest[y, x, 0])
//   total[y, x, 0]     += power[y, x, c]
//   out[y, x, c]        = power[y, x, c] / total[y, x, 0]

import { call, express, read } from '../../algebra/expression.ts';
import { defineOperator, faults, isFault } from '../operator.ts';
import { optional } from '../parameters.ts';
import { axis } from '../shared/axes.ts';
import { exponentialsAlong } from '../shared/exponentials.ts';

interface Arguments {
  readonly axis: number;
}

export const softmax = defineOperator<Arguments>({
  name: 'softmax',
  family: 'activation',
  about: 'e^x / Σ e^x along an axis: positive numbers whose sum is 1.',
  example: 'softmax',
  exampleInputs: [[3, 4, 2]],
  operands: { minimum: 1, maximum: 1 },
  parameters: { axis: optional(axis('The axis along which the sum is 1; the last one by default.'), -1) },
  positional: ['axis'],
  infer: ({ arguments: given, inputs }) => {
    const shape = inputs[0]!;
    const exponentials = exponentialsAlong(given.axis, shape);
    if (isFault(exponentials)) return faults(exponentials);
    const { axes, element, line, lines, largest, shifted } = exponentials;
    return {
      output: shape,
      weights: [],
      axes: [],
      meaning: {
        kind: 'expressions',
        statements: [
          largest,
          express({ tensor: 'power', axes, target: element, value: call('exponential', shifted) }),
          express({ tensor: 'total', axes, target: line, combine: 'sum', value: read('power', element) }),
          express({ axes, target: element, value: call('divide', read('power', element), read('total', line)) }),
        ],
        temporaries: { largest: lines, power: shape, total: lines },
      },
    };
  },
});
