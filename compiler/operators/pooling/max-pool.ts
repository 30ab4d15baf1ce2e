// Max pooling: the largest cell of each window; padding never wins.
//
//   out[y, x, c] max= in[s·y + d·i − p, s·x + d·j − p, c]
import { defineOperator, faults, isFault } from '../operator.ts';
import { type PoolArguments, poolMeaning, poolOf, poolParameters } from '../shared/pooling.ts';

export const maxPool = defineOperator<PoolArguments>({
  name: 'maxPool',
  family: 'pooling',
  about: 'The largest value of each window, channel by channel.',
  example: 'maxPool(2)',
  exampleInputs: [[6, 6, 3]],
  operands: { minimum: 1, maximum: 1 },
  parameters: poolParameters,
  positional: ['kernel'],
  infer: ({ arguments: given, inputs }) => {
    const pool = poolOf(given, inputs[0]!);
    if (isFault(pool)) return faults(pool);
    return {
      output: pool.output,
      weights: [],
      axes: pool.axes,
      warnings: pool.warnings,
      meaning: poolMeaning(pool, { combine: 'max', outside: Number.NEGATIVE_INFINITY }),
    };
  },
});
