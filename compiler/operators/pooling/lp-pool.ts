// Lp pooling: the p-norm of each window, (Σ |x|^p)^(1/p). Powers are not scaled as in ../shared/norm.ts, which takes a
// pass more: in single precision a square is a number up to |x| = 1.8e19.

import { accumulated, call, type Scalar } from '../../algebra/expression.ts';
import { defineOperator, faults, isFault } from '../operator.ts';
import { finite, optional } from '../parameters.ts';
import { type PoolArguments, poolExpression, poolOf, poolParameters } from '../shared/pooling.ts';

interface Arguments extends PoolArguments {
  readonly p: number;
}

export const lpPool = defineOperator<Arguments>({
  name: 'lpPool',
  family: 'pooling',
  about: 'The p-norm of each window, channel by channel: the root of the sum of powers.',
  example: 'lpPool(2, p: 2)',
  exampleInputs: [[6, 6, 3]],
  operands: { minimum: 1, maximum: 1 },
  parameters: { ...poolParameters, p: optional(finite('The exponent, above 0.'), 2) },
  positional: ['kernel'],
  infer: ({ arguments: given, inputs }) => {
    const { p } = given;
    if (!(p > 0 && Number.isFinite(p))) {
      return faults({
        parameter: 'p',
        code: 'argument/range',
        message: `p is ${p}, it must be above 0 and finite`,
        notes: ['2 is the Euclidean norm, for the largest value there is a pool of its own'],
      });
    }
    const pool = poolOf(given, inputs[0]!);
    if (isFault(pool)) return faults(pool);
    const statement = poolExpression(pool, { combine: 'sum', outside: 0, ...norm(p) });
    return {
      output: pool.output,
      weights: [],
      axes: pool.axes,
      warnings: pool.warnings,
      meaning: { kind: 'expressions', statements: [statement] },
    };
  },
});

/** What is summed and how the sum ends, without powers for the two usual norms. */
function norm(p: number): { readonly cell: (x: Scalar) => Scalar; readonly finish: Scalar } {
  const size = (x: Scalar): Scalar => call('absolute', x);
  if (p === 1) return { cell: size, finish: accumulated };
  if (p === 2) return { cell: (x) => call('multiply', x, x), finish: call('squareRoot', accumulated) };
  return { cell: (x) => call('power', size(x), p), finish: call('power', accumulated, 1 / p) };
}
