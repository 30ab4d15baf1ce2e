// Moves blocks of space into channels, "space to depth": the inverse of pixelShuffle with the same block and order.
//
//   out[y, x, b²·c + b·i + j] = in[b·y + i, b·x + j, c]          order: channels_outer (PyTorch)
//   out[y, x, C·(b·i + j) + c] = in[b·y + i, b·x + j, c]          order: blocks_outer (TensorFlow, ONNX)
import { Affine } from '../../algebra/affine.ts';
import { express, read } from '../../algebra/expression.ts';
import { sizeOf } from '../../tensor.ts';
import { defineOperator, faults, isFault, operand } from '../operator.ts';
import {
  type BlockArguments,
  blockAxes,
  blockParameters,
  blocksOf,
  fineIndex,
  mixedChannel,
} from '../shared/blocks.ts';
import { spatialIndex, spatialOf } from '../shared/convolution.ts';
import { axisName } from '../shared/windows.ts';

export const pixelUnshuffle = defineOperator<BlockArguments>({
  name: 'pixelUnshuffle',
  family: 'arrangement',
  about: 'Moves blocks of space into channels: [h·b, w·b, c] becomes [h, w, c·b²].',
  example: 'pixelUnshuffle(2)',
  exampleInputs: [[6, 6, 2]],
  operands: { minimum: 1, maximum: 1 },
  parameters: blockParameters,
  positional: ['block'],
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
