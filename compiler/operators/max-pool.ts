// Max pooling: the largest cell of each window; padding never wins.
//
//   out[y, x, c] max= in[s·y + d·i − p, s·x + d·j − p, c]
import { poolArguments, poolAttributes } from './onnx-windows.ts';
import { defineOperator, faults } from './operator.ts';
import { type PoolArguments, poolExpression, poolOf, poolParameters } from './pooling.ts';
import { isFault } from './windows.ts';

export const maxPool = defineOperator<PoolArguments>({
  name: 'maxPool',
  family: 'pooling',
  about: 'The largest value of each window, channel by channel.',
  example: 'maxPool(2)',
  exampleInputs: [[6, 6, 3]],
  operands: { minimum: 1, maximum: 1 },
  parameters: poolParameters,
  positional: ['kernel'],
  onnx: {
    imports: {
      MaxPool: (node) => {
        node.int('storage_order', 0);
        const x = node.channelsLast(0);
        return node.layer(poolArguments(node, x.shape.length - 1), [x]);
      },
    },
    exports: (layer) => layer.node('MaxPool', layer.operands, poolAttributes(layer.axes)),
  },
  infer: ({ arguments: given, inputs }) => {
    const pool = poolOf(given, inputs[0]!);
    if (isFault(pool)) return faults(pool);
    const statement = poolExpression(pool, { combine: 'max', outside: Number.NEGATIVE_INFINITY });
    return {
      output: pool.output,
      weights: [],
      axes: pool.axes,
      meaning: { kind: 'expressions', statements: [statement] },
    };
  },
});
