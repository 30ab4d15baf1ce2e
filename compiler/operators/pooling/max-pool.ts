// Max pooling: the largest cell of each window; padding never wins.
//
//   out[y, x, c] max= in[s·y + d·i − p, s·x + d·j − p, c]

import { poolArguments, poolAttributes } from '../../front/onnx/mappings/windows.ts';
import { sizeOf } from '../../tensor.ts';
import { add } from '../elementwise/add.ts';
import { defineOperator, faults, isFault } from '../operator.ts';
import { type PoolArguments, poolExpression, poolOf, poolParameters } from '../shared/pooling.ts';
import { argMaxPool } from './arg-max-pool.ts';

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
        const x = node.channelsLast(0);
        const given = poolArguments(node, x.shape.length - 1);
        const order = node.int('storage_order', 0) === 1 ? 'columns' : 'rows';
        const pooled = node.layer(given, [x]);
        if (node.outputs === 1 || node.dims(0)[0] !== 1) return [pooled];
        const positions = node.layerOf(argMaxPool, { ...given, order }, [x]);
        // ONNX counts through all channels, which come one after the other.
        const area = sizeOf(x.shape.slice(0, -1));
        const channels = Float32Array.from({ length: x.shape.at(-1)! }, (_, channel) => channel * area);
        return [pooled, channels.length === 1 ? positions : node.layerOf(add, {}, [positions, node.tensor(channels)])];
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
      warnings: pool.warnings,
      meaning: { kind: 'expressions', statements: [statement] },
    };
  },
});
