// Where max pooling finds its cells: the position of the largest cell of each window in its channel, counted from 0. Of
// equal cells the first one of the rows counts, as in onnxruntime.
//
//   largest[y, x, c] max= in[s·y + d·i − p, s·x + d·j − p, c]
//   out[y, x, c]     min= position[s·y + d·i − p, s·x + d·j − p] where in[…] is largest[y, x, c], else ∞

import { Affine } from '../../algebra/affine.ts';
import { accumulated, add, call, express, multiply, read, type Scalar } from '../../algebra/expression.ts';
import { type Shape, sizeOf } from '../../tensor.ts';
import { defineOperator, faults, isFault, operand } from '../operator.ts';
import { choice, optional } from '../parameters.ts';
import { spatialAxes, spatialIndex, tapAxes, windowIndex } from '../shared/convolution.ts';
import { type PoolArguments, poolExpression, poolOf, poolParameters, reachableTaps } from '../shared/pooling.ts';

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
    const near = axes.map(reachableTaps);
    const space = inputs[0]!.slice(0, -1);
    const outside = Number.NEGATIVE_INFINITY;
    const cell = read(operand(0), [...windowIndex(near), Affine.axis('c')], outside);
    const place = [...spatialIndex(axes.length), Affine.axis('c')];
    const position = read('position', windowIndex(near));
    const statement = express({
      axes: { ...spatialAxes(axes.map((axis) => axis.output)), c: channels, ...tapAxes(near) },
      target: place,
      combine: 'min',
      value: call('select', call('less', cell, read('largest', place)), Number.POSITIVE_INFINITY, position),
      ...(given.order === 'columns' && { finish: downColumns(space) }),
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
        constants: { position: { shape: space, data: Array.from({ length: sizeOf(space) }, (_, at) => at) } },
      },
    };
  },
});

/** A position that was counted along rows, counted down columns: the first axis is the fastest. */
function downColumns(space: Shape): Scalar {
  const lines = (axis: number): Scalar => call('floor', call('divide', accumulated, sizeOf(space.slice(axis))));
  const terms = space.map((size, axis) => {
    const coordinate = axis === 0 ? lines(1) : call('subtract', lines(axis + 1), multiply(lines(axis), size));
    return multiply(coordinate, sizeOf(space.slice(0, axis)));
  });
  return terms.reduce((sum, term) => add(sum, term));
}
