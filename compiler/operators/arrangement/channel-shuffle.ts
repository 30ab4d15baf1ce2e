// Interleaves groups of channels, so that grouped convolutions in a row mix: X. Zhang et al., "ShuffleNet" (2017).
//
//   out[y, x, G·k + g] = in[y, x, K·g + k]          G groups of K channels

import { Affine } from '../../algebra/affine.ts';
import { express, read } from '../../algebra/expression.ts';
import { defineOperator, faults, operand } from '../operator.ts';
import { count } from '../parameters.ts';
import { elementAxes, elementIndex } from '../shared/elementwise.ts';

interface Arguments {
  readonly groups: number;
}

export const channelShuffle = defineOperator<Arguments>({
  name: 'channelShuffle',
  family: 'arrangement',
  about: 'Interleaves groups of channels: the first channel of every group, then the second, and so on.',
  example: 'channelShuffle(2)',
  exampleInputs: [[3, 3, 6]],
  operands: { minimum: 1, maximum: 1 },
  parameters: { groups: count('Groups that are interleaved.') },
  positional: ['groups'],
  infer: ({ arguments: { groups }, inputs }) => {
    const input = inputs[0]!;
    const channels = input.at(-1)!;
    const perGroup = channels / groups;
    if (!Number.isInteger(perGroup)) {
      return faults({
        parameter: 'groups',
        code: 'shape/groups',
        message: `${groups} groups do not divide ${channels} channels`,
        notes: ['use a number of groups that divides the channels'],
      });
    }
    const space = input.slice(0, -1);
    const index = elementIndex(space);
    const statement = express({
      axes: { ...elementAxes(space), k: perGroup, g: groups },
      target: [...index, Affine.axis('k', groups).plus(Affine.axis('g'))],
      value: read(operand(0), [...index, Affine.axis('g', perGroup).plus(Affine.axis('k'))]),
    });
    return { output: input, weights: [], axes: [], meaning: { kind: 'expressions', statements: [statement] } };
  },
});
