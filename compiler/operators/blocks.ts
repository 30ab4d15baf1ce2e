// What moving blocks between channels and space takes, in both directions: two pixels coordinates y and i make a fine one,
// b·y + i, and the place within the block (i, j) joins the channel in one of two orders.
import { Affine } from '../algebra/affine.ts';
import { spatialAxes, spatialNames, tapNames } from './convolution.ts';
import type { OnnxLayerWriter, OnnxNodeReader } from './onnx.ts';
import { onnxMoved } from './onnx-moves.ts';
import { compact } from './onnx-windows.ts';
import { type Fault, sizeOf } from './operator.ts';
import { choice, optional, type Sizes, type Static, sizes } from './parameters.ts';
import { spread } from './windows.ts';

type Order = 'channels_outer' | 'blocks_outer';

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

/** ONNX has blocks in two dimensions, of one size. */
export const isSquare = (block: Sizes): boolean =>
  typeof block === 'number' || block.every((size) => size === block[0]);

/**
 * Any other blocks with the channel outermost, as ONNX nodes: an axis for every coordinate, moved, and joined.
 *
 *   shuffle    [1, C, b…, space…] → [1, C, y, i, x, j] → [1, C, b·y, b·x]
 */
export function exportMove(layer: OnnxLayerWriter, block: Sizes, direction: 'shuffle' | 'unshuffle'): string {
  const fine = direction === 'shuffle' ? layer.output : layer.inputs[0]!;
  const rank = fine.length - 1;
  const sizes = typeof block === 'number' ? Array.from({ length: rank }, () => block) : block;
  const coarse = fine.slice(0, -1).map((size, axis) => size / sizes[axis]!);
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  const pairs = coarse.flatMap((size, axis) => [size, sizes[axis]!]);
  const [split, perm] =
    direction === 'shuffle'
      ? [[...sizes, ...coarse], axes.flatMap((axis) => [2 + rank + axis, 2 + axis])]
      : [pairs, [...axes.map((axis) => 3 + 2 * axis), ...axes.map((axis) => 2 + 2 * axis)]];
  const apart = layer.node('Reshape', [layer.operands[0]!, layer.integers('apart', [1, fine.at(-1)!, ...split])]);
  const moved = layer.node('Transpose', [apart], { perm: { ints: [0, 1, ...perm] } });
  const joined = [1, layer.output.at(-1)!, ...layer.output.slice(0, -1)];
  return layer.node('Reshape', [moved, layer.integers('joined', joined)]);
}

/** The size of a block where three nodes of ONNX move channels into space, or back: the inverse of `exportMove`. */
export function onnxBlock(node: OnnxNodeReader, direction: 'shuffle' | 'unshuffle'): Static | undefined {
  const moved = onnxMoved(node);
  if (!moved) return undefined;
  const { before, between, permutation } = moved;
  const rank = before.length - 2;
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  const perm =
    direction === 'shuffle'
      ? [0, 1, ...axes.flatMap((axis) => [2 + rank + axis, 2 + axis])]
      : [0, 1, ...axes.map((axis) => 3 + 2 * axis), ...axes.map((axis) => 2 + 2 * axis)];
  const block = axes.map((axis) => between[direction === 'shuffle' ? 2 + axis : 3 + 2 * axis]!);
  const fits =
    permutation.join() === perm.join() &&
    node.target().every((size, axis) => axis < 2 || size === before[axis]! * factor(direction, block[axis - 2]!));
  return fits ? compact(block) : undefined;
}

const factor = (direction: 'shuffle' | 'unshuffle', size: number): number =>
  direction === 'shuffle' ? size : 1 / size;
