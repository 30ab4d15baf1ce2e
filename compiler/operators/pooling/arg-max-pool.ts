// Where max pooling finds its cells: the position of the largest cell of each window in its channel, counted from 0. Of
// equal cells the first one of the rows counts, as in onnxruntime.
//
//   largest[y, x, c] max= in[s·y + d·i − p, s·x + d·j − p, c]
//   out[y, x, c]     min= position[s·y + d·i − p, s·x + d·j − p] where in[…] is largest[y, x, c], else ∞

import { Affine } from '../../algebra/affine.ts';
import { accumulated, add, call, express, multiply, read, type Scalar } from '../../algebra/expression.ts';
import { poolArguments, poolAttributes } from '../../front/onnx/mappings/windows.ts';
import { type Shape, sizeOf } from '../../tensor.ts';
import { defineOperator, faults, isFault, operand } from '../operator.ts';
import { choice, optional } from '../parameters.ts';
import { spatialAxes, spatialIndex, tapAxes, windowIndex } from '../shared/convolution.ts';
import { type PoolArguments, poolExpression, poolOf, poolParameters } from '../shared/pooling.ts';

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
  onnx: {
    // ONNX counts through all channels, which come one after the other: the rest is the position within one.
    patterns: {
      Mod: (node) => {
        const pool = node.madeBy(0, 'MaxPool', 1);
        const area = pool && sizeOf(pool.dims(0).slice(2));
        if (!pool || node.known(1)?.data.join() !== `${area}` || pool.dims(0)[0] !== 1) return undefined;
        const x = pool.channelsLast(0);
        const order = pool.int('storage_order', 0) === 1 ? 'columns' : 'rows';
        return node.layer({ ...poolArguments(pool, x.shape.length - 1), order }, [x]);
      },
    },
    exports: (layer) => {
      const order = { int: layer.arguments.order === 'columns' ? 1 : 0 };
      const attributes = { ...poolAttributes(layer.axes), storage_order: order };
      const positions = layer.node('MaxPool', layer.operands, attributes, 1);
      const area = layer.integers('area', [sizeOf(layer.inputs[0]!.slice(0, -1))]);
      return layer.node('Cast', [layer.node('Mod', [positions, area])], { to: { int: 1 } });
    },
  },
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
