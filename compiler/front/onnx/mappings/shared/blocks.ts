// Channels moved into space and back, as ONNX says it.

import type { BlockArguments, Order } from '../../../../operators/shared/blocks.ts';
import { spatialNames, tapNames } from '../../../../operators/shared/convolution.ts';
import type { Arguments } from '../../../importing/values.ts';
import type { OnnxLayerWriter, OnnxMapping, OnnxNodeReader } from '../../mapping.ts';
import { onnxMoved } from './moves.ts';
import { compact } from './windows.ts';

type Direction = 'shuffle' | 'unshuffle';

/**
 * How ONNX moves blocks: by one node of its own where there is one, and else by an axis for every coordinate, moved, and
 * joined.
 *
 *   shuffle, channels_outer    [1, C·b·b, y, x] → [1, C, b, b, y, x] → [1, C, y, b, x, b] → [1, C, b·y, b·x]
 *
 * @param square the node for blocks of one size in two dimensions, or nothing
 */
export function onnxBlocks(
  direction: Direction,
  square: (layer: OnnxLayerWriter, block: number, order: Order) => string | undefined,
): Pick<OnnxMapping, 'patterns' | 'exports'> {
  return {
    patterns: {
      Reshape: (node) => {
        const first = node.madeBy(0, 'Transpose')?.madeBy(0, 'Reshape');
        const given = orders.map((order) => onnxMove(node, direction, order)).find((one) => one !== undefined);
        return given && first && node.layer(given, [first.channelsLast(0)]);
      },
    },
    exports: (layer) => {
      const { block, order } = layer.arguments as unknown as BlockArguments;
      const rank = layer.output.length - 1;
      const sizes = typeof block === 'number' ? Array.from({ length: rank }, () => block) : block;
      const isSquare = rank === 2 && sizes[0] === sizes[1];
      return (isSquare ? square(layer, sizes[0]!, order) : undefined) ?? exportMove(layer, sizes, direction, order);
    },
  };
}

const orders: readonly Order[] = ['channels_outer', 'blocks_outer'];

/** Behind the batch, of one entry for the channels, one for each size of a block and one for each coarse size. */
interface Apart<T> {
  readonly channels: T;
  readonly block: readonly T[];
  readonly coarse: readonly T[];
}

/** What the channels are made of, the slowest first, and then space. */
const mixed = <T>({ channels, block, coarse }: Apart<T>, order: Order): readonly T[] =>
  order === 'channels_outer' ? [channels, ...block, ...coarse] : [...block, channels, ...coarse];

/** The channels, and then what each fine axis is made of. */
const fine = <T>({ channels, block, coarse }: Apart<T>): readonly T[] => [
  channels,
  ...coarse.flatMap((size, axis) => [size, block[axis]!]),
];

/** The order of the axes before and after the Transpose. */
function arrangements(direction: Direction, order: Order, rank: number) {
  const named: Apart<string> = {
    channels: 'c',
    block: tapNames(rank),
    coarse: spatialNames(rank),
  };
  const both = [mixed(named, order), fine(named)];
  const [from, to] = (direction === 'shuffle' ? both : both.toReversed()) as [readonly string[], readonly string[]];
  return { from, permutation: [0, ...to.map((name) => from.indexOf(name) + 1)] };
}

function exportMove(layer: OnnxLayerWriter, block: readonly number[], direction: Direction, order: Order): string {
  const large = direction === 'shuffle' ? layer.output : layer.inputs[0]!;
  const channels = large.at(-1)!;
  const apart: Apart<number> = { channels, block, coarse: block.map((size, axis) => large[axis]! / size) };
  const sizes = direction === 'shuffle' ? mixed(apart, order) : fine(apart);
  const split = layer.node('Reshape', [layer.operands[0]!, layer.integers('apart', [1, ...sizes])]);
  const { permutation } = arrangements(direction, order, block.length);
  const moved = layer.node('Transpose', [split], { perm: { ints: permutation } });
  const joined = [1, layer.output.at(-1)!, ...layer.output.slice(0, -1)];
  return layer.node('Reshape', [moved, layer.integers('joined', joined)]);
}

/** The arguments where three nodes of ONNX move channels into space, or back: the inverse of `exportMove`. */
function onnxMove(node: OnnxNodeReader, direction: Direction, order: Order): Arguments | undefined {
  const moved = onnxMoved(node);
  if (!moved) return undefined;
  const { before, between, permutation } = moved;
  const rank = before.length - 2;
  const wanted = arrangements(direction, order, rank);
  if (permutation.join() !== wanted.permutation.join()) return undefined;
  const block = tapNames(rank).map((name) => between[wanted.from.indexOf(name) + 1]!);
  const factor = (size: number): number => (direction === 'shuffle' ? size : 1 / size);
  const fits = node.target().every((size, axis) => axis < 2 || size === before[axis]! * factor(block[axis - 2]!));
  return fits ? { block: compact(block), ...(order === 'blocks_outer' && { order }) } : undefined;
}
