// Where max pooling finds its cells: the position of the largest cell of each window in its channel, counted from 0. Of
// equal cells the first one counts.
//
//   largest[y, x, c] max= in[s·y + d·i − p, s·x + d·j − p, c]
//   out[y, x, c]     min= position[s·y + d·i − p, s·x + d·j − p] where in[…] is largest[y, x, c], else ∞

import { Affine } from '../algebra/affine.ts';
import { call, express, read } from '../algebra/expression.ts';
import { spatialAxes, spatialIndex, tapAxes, windowIndex } from './convolution.ts';
import { defineOperator, faults, operand, type Shape, sizeOf } from './operator.ts';
import { choice, optional } from './parameters.ts';
import { type PoolArguments, poolExpression, poolOf, poolParameters } from './pooling.ts';
import { isFault } from './windows.ts';

type Order = 'rows' | 'columns';

interface Arguments extends PoolArguments {
  readonly order: Order;
}

export const argMaxPool = defineOperator<Arguments>({
  name: 'argMaxPool',
  family: 'pooling',
  about: 'The position of the largest value of each window, counted within its channel.',
  example: 'argMaxPool(2)',
  exampleInputs: [[6, 6, 3]],
  operands: { minimum: 1, maximum: 1 },
  parameters: {
    ...poolParameters,
    order: optional(choice('Whether positions are counted along rows or down columns.', 'rows', 'columns'), 'rows'),
  },
  positional: ['kernel'],
  infer: ({ arguments: given, inputs }) => {
    const pool = poolOf(given, inputs[0]!);
    if (isFault(pool)) return faults(pool);
    const { axes, channels, output } = pool;
    const space = inputs[0]!.slice(0, -1);
    const outside = Number.NEGATIVE_INFINITY;
    const cell = read(operand(0), [...windowIndex(axes), Affine.axis('c')], outside);
    const place = [...spatialIndex(axes.length), Affine.axis('c')];
    const position = read('position', windowIndex(axes));
    const statement = express({
      axes: { ...spatialAxes(axes.map((axis) => axis.output)), c: channels, ...tapAxes(axes) },
      target: place,
      combine: 'min',
      value: call('select', call('less', cell, read('largest', place)), Number.POSITIVE_INFINITY, position),
    });
    return {
      output,
      weights: [],
      axes,
      meaning: {
        kind: 'expressions',
        statements: [
          { ...poolExpression(pool, { combine: 'max', outside }), target: { tensor: 'largest', index: place } },
          statement,
        ],
        temporaries: { largest: output },
        constants: { position: { shape: space, data: positions(space, given.order) } },
      },
    };
  },
});

/** The position of every cell; down columns, the first axis is the fastest. */
function positions(space: Shape, order: Order): readonly number[] {
  const count = sizeOf(space);
  const rows = Array.from({ length: count }, (_, position) => position);
  if (order === 'rows') return rows;
  return rows.map((position) => {
    let rest = position;
    const index = space.toReversed().map((size) => {
      const at = rest % size;
      rest = Math.floor(rest / size);
      return at;
    });
    // `index` begins with the last axis, which is now the slowest.
    return index.reduce((sum, at, n) => sum * space[space.length - 1 - n]! + at, 0);
  });
}
