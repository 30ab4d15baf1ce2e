// Limits from below and above.

import { call, type Scalar } from '../../algebra/expression.ts';
import { optional, real, showNumber } from '../parameters.ts';
import { elementwise } from '../shared/elementwise.ts';

interface Arguments {
  readonly min: number;
  readonly max: number;
}

export const clip = elementwise<Arguments>({
  name: 'clip',
  about: 'min(max(x, min), max): x within limits.',
  example: 'clip(min: -1, max: 1)',
  parameters: {
    min: optional(real('The lower limit; none by default.'), Number.NEGATIVE_INFINITY),
    max: optional(real('The upper limit; none by default.'), Number.POSITIVE_INFINITY),
  },
  positional: ['min', 'max'],
  check: ({ min, max }) => {
    if (min <= max) return undefined;
    return {
      parameter: 'min',
      code: 'argument/range',
      message: `min is ${showNumber(min)}, above max, which is ${showNumber(max)}`,
      notes: ['exchange the limits'],
    };
  },
  value: (x, { min, max }) => {
    const raised: Scalar = min === Number.NEGATIVE_INFINITY ? x : call('maximum', x, min);
    return max === Number.POSITIVE_INFINITY ? raised : call('minimum', raised, max);
  },
});
