// Moves blocks of channels into space: the sub-pixel layer of W. Shi et al. (2016), "depth to space".
//
//   out[b·y + i, b·x + j, c] = in[y, x, b²·c + b·i + j]          order: channels_outer (PyTorch; ONNX's CRD)
//   out[b·y + i, b·x + j, c] = in[y, x, C·(b·i + j) + c]          order: blocks_outer (TensorFlow; ONNX's DCR)

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

export const pixelShuffle = defineOperator<BlockArguments>({
  name: 'pixelShuffle',
  family: 'arrangement',
  about: 'Moves blocks of channels into space: [h, w, c·b²] becomes [h·b, w·b, c].',
  example: 'pixelShuffle(2)',
  exampleInputs: [[3, 3, 8]],
  operands: { minimum: 1, maximum: 1 },
  parameters: blockParameters,
  positional: ['block'],
  infer: ({ arguments: given, inputs }) => {
    const input = spatialOf(inputs[0]!);
    if (isFault(input)) return faults(input);
    const { space, channels } = input;
    const block = blocksOf(given, space.length);
    if (isFault(block)) return faults(block);
    const area = sizeOf(block);
    if (channels % area !== 0) {
      return faults({
        parameter: 'block',
        code: 'shape/block',
        message: `${channels} channels do not divide into blocks of ${block.join('·')} = ${area}`,
        notes: [`the layer before needs a multiple of ${area} channels, such as ${Math.ceil(channels / area) * area}`],
      });
    }
    const statement = express({
      axes: blockAxes(space, block, channels / area),
      target: [...fineIndex(block), Affine.axis('c')],
      value: read(operand(0), [...spatialIndex(space.length), mixedChannel(given.order, block, channels / area)]),
    });
    return {
      output: [...space.map((size, n) => size * block[n]!), channels / area],
      weights: [],
      axes: [],
      meaning: { kind: 'expressions', statements: [statement] },
    };
  },
});
