// What moving blocks between channels and space takes, in both directions: two pixels coordinates y and i make a fine one,
// b·y + i, and the place within the block (i, j) joins the channel in one of two orders.
import { Affine } from '../../algebra/affine.ts';
import { sizeOf } from '../../tensor.ts';
import type { Fault } from '../operator.ts';
import { choice, optional, type Sizes, sizes } from '../parameters.ts';
import { spatialAxes, spatialNames, tapNames } from './convolution.ts';
import { spread } from './windows.ts';

export type Order = 'channels_outer' | 'blocks_outer';

export interface BlockArguments {
  readonly block: Sizes;
  readonly order: Order;
}

export const blockParameters = {
  block: sizes('Size of a block.'),
  order: optional(
    choice(
      'Which varies slowest in the mixed channels: the channel (PyTorch, CRD) or the place in the block (TensorFlow, DCR).',
      'channels_outer',
      'blocks_outer',
    ),
    'channels_outer',
  ),
};

export const blocksOf = ({ block }: BlockArguments, rank: number): readonly number[] | Fault =>
  spread(block, rank, 'block');

/** The box: coarse space, places within a block, channels of the fine side. */
export const blockAxes = (coarse: readonly number[], block: readonly number[], channels: number) => ({
  ...spatialAxes(coarse),
  ...Object.fromEntries(tapNames(block.length).map((name, n) => [name, block[n]!])),
  c: channels,
});

/** The fine coordinates: b·y + i. */
export const fineIndex = (block: readonly number[]): readonly Affine[] =>
  block.map((size, n) =>
    Affine.axis(spatialNames(block.length)[n]!, size).plus(Affine.axis(tapNames(block.length)[n]!)),
  );

/** The channel of the coarse side. */
export function mixedChannel(order: Order, block: readonly number[], channels: number): Affine {
  const place = block.reduce(
    (index, size, n) => index.times(size).plus(Affine.axis(tapNames(block.length)[n]!)),
    Affine.constant(0),
  );
  return order === 'channels_outer'
    ? Affine.axis('c', sizeOf(block)).plus(place)
    : place.times(channels).plus(Affine.axis('c'));
}
