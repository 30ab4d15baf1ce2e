// Average pooling: the mean of each window. Padding does not count unless asked for, and what hangs over the end under
// `ceil` never does. The number of cells counted is a product of one number per axis, so borders cost one small table per axis.
//
//   out[y, x, c] = (sum of in[s·y + d·i − p, s·x + d·j − p, c]) / (cells[y] · cells[x])

import { accumulated, call, constant, coordinate, multiply, read, type Scalar } from '../../algebra/expression.ts';
import { type AxisRecord, defineOperator, faults, isFault } from '../operator.ts';
import { flag, optional } from '../parameters.ts';
import { spatialNames } from '../shared/convolution.ts';
import { cellsSeen, type PoolArguments, poolExpression, poolOf, poolParameters } from '../shared/pooling.ts';

interface Arguments extends PoolArguments {
  readonly countPadding: boolean;
}

export const avgPool = defineOperator<Arguments>({
  name: 'avgPool',
  family: 'pooling',
  about: 'The mean of each window, channel by channel; padding does not count unless `countPadding` is true.',
  example: 'avgPool(3, stride: 2, padding: same)',
  exampleInputs: [[6, 6, 3]],
  operands: { minimum: 1, maximum: 1 },
  parameters: {
    ...poolParameters,
    countPadding: optional(flag('Whether cells of the padding count as zeros.'), false),
  },
  positional: ['kernel'],
  infer: ({ arguments: given, inputs }) => {
    const pool = poolOf(given, inputs[0]!);
    if (isFault(pool)) return faults(pool);
    const counts = pool.axes.map((axis) => cellCounts(axis, given.countPadding));
    const names = spatialNames(counts.length).map((axis) => `cells_${axis}`);
    const uneven = counts.flatMap((list, n) => (isEven(list) ? [] : [{ name: names[n]!, list, axis: n }]));
    const even = counts.filter(isEven).reduce((product, list) => product * list[0]!, 1);
    const finish = call('divide', accumulated, divisor(even, uneven));
    return {
      output: pool.output,
      weights: [],
      axes: pool.axes,
      warnings: pool.warnings,
      meaning: {
        kind: 'expressions',
        statements: [poolExpression(pool, { combine: 'sum', outside: 0, finish })],
        constants: Object.fromEntries(uneven.map(({ name, list }) => [name, { shape: [list.length], data: list }])),
      },
    };
  },
});

/** A window that sees nothing divides its sum of 0 by 1. */
function cellCounts(axis: AxisRecord, countPadding: boolean): readonly number[] {
  const [low, high] = countPadding ? [-axis.before, axis.input + axis.after] : [0, axis.input];
  return Array.from({ length: axis.output }, (_, at) => Math.max(1, cellsSeen(axis, at, low, high)));
}

const isEven = (list: readonly number[]): boolean => list.every((size) => size === list[0]);

/** The product of the counts: one constant where all windows are alike, tables for the axes where they are not. */
function divisor(even: number, uneven: readonly { readonly name: string; readonly axis: number }[]): Scalar {
  const tables: readonly Scalar[] = uneven.map(({ name, axis }) => read(name, [coordinate(axis)]));
  const factors = even === 1 && tables.length > 0 ? tables : [constant(even), ...tables];
  return factors.reduce((product, factor) => multiply(product, factor));
}
