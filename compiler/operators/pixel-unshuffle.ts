// Moves blocks of space into channels, "space to depth": the inverse of pixelShuffle with the same block and order.
//
//   out[y, x, b²·c + b·i + j] = in[b·y + i, b·x + j, c]          order: channels_outer (PyTorch)
//   out[y, x, C·(b·i + j) + c] = in[b·y + i, b·x + j, c]          order: blocks_outer (TensorFlow, ONNX)
import { Affine } from '../algebra/affine.ts';
import { express, read } from '../algebra/expression.ts';
import {
  type BlockArguments,
  blockAxes,
  blockParameters,
  blocksOf,
  exportMove,
  fineIndex,
  isSquare,
  mixedChannel,
  onnxBlock,
} from './blocks.ts';
import { spatialIndex, spatialOf } from './convolution.ts';
import { defineOperator, faults, operand, sizeOf } from './operator.ts';
import { axisName, isFault } from './windows.ts';

export const pixelUnshuffle = defineOperator<BlockArguments>({
  name: 'pixelUnshuffle',
  family: 'arrangement',
  about: 'Moves blocks of space into channels: [h·b, w·b, c] becomes [h, w, c·b²].',
  example: 'pixelUnshuffle(2)',
  exampleInputs: [[6, 6, 2]],
  operands: { minimum: 1, maximum: 1 },
  parameters: blockParameters,
  positional: ['block'],
  onnx: {
    imports: {
      SpaceToDepth: (node) =>
        node.layer({ block: node.int('blocksize'), order: 'blocks_outer' }, [node.channelsLast(0)]),
    },
    patterns: {
      Reshape: (node) => {
        const block = onnxBlock(node, 'unshuffle');
        const first = node.madeBy(0, 'Transpose')?.madeBy(0, 'Reshape');
        return block === undefined || !first ? undefined : node.layer({ block }, [first.channelsLast(0)]);
      },
    },
    exports: (layer) => {
      const { block, order } = layer.arguments as unknown as BlockArguments;
      const size = typeof block === 'number' ? block : block[0]!;
      if (order === 'channels_outer') return exportMove(layer, block, 'unshuffle');
      if (layer.output.length === 3 && isSquare(block)) {
        return layer.node('SpaceToDepth', layer.operands, { blocksize: { int: size } });
      }
      return layer.refuse(
        'moves blocks that ONNX does not have: with order blocks_outer only square ones in two dimensions',
      );
    },
  },
  infer: ({ arguments: given, inputs }) => {
    const input = spatialOf(inputs[0]!);
    if (isFault(input)) return faults(input);
    const { space, channels } = input;
    const block = blocksOf(given, space.length);
    if (isFault(block)) return faults(block);
    const uneven = space.findIndex((size, n) => size % block[n]! !== 0);
    if (uneven >= 0) {
      return faults({
        parameter: 'block',
        code: 'shape/block',
        message: `blocks of ${block[uneven]} do not divide the ${axisName(uneven, space.length)} of ${space[uneven]}`,
        notes: ['pad or crop the input to a multiple of the block'],
      });
    }
    const coarse = space.map((size, n) => size / block[n]!);
    const statement = express({
      axes: blockAxes(coarse, block, channels),
      target: [...spatialIndex(space.length), mixedChannel(given.order, block, channels)],
      value: read(operand(0), [...fineIndex(block), Affine.axis('c')]),
    });
    return {
      output: [...coarse, channels * sizeOf(block)],
      weights: [],
      axes: [],
      meaning: { kind: 'expressions', statements: [statement] },
    };
  },
});
