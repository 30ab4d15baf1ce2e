// How a window sum is cut into tiles: for each spatial axis how many outputs a tile has and how the outputs of one
// residue modulo the dilation form a dense sub-grid, and how many rows of tiles make a block.
//
//   56 outputs, F(4, 3):              14 tiles
//   64 outputs, dilation 4, F(4, 3):  4 sub-grids of 16 outputs, 4 tiles each
import { type FastConvolution, fastConvolution } from '../../algebra/toom-cook.ts';
import { type Costs, directTime, tiledTime } from '../../scheduling/cost.ts';
import type { Shape } from '../../tensor.ts';
import type { SpatialAxis, WindowSum } from './recognise.ts';

export interface TiledAxis {
  readonly axis: SpatialAxis;
  readonly fast: FastConvolution;
  /** Sub-grids: the dilation's size, where there is a tap. */
  readonly grids: number;
  /** Tiles of one sub-grid; the last may hang over the end. */
  readonly tiles: number;
}

export interface Tiling {
  /** One or two axes: rows of tiles, and the tiles of a row. */
  readonly axes: readonly TiledAxis[];
  /** Rows of tiles in a block. */
  readonly rows: number;
  /** Channels come in whole vectors of so many. */
  readonly vector: number;
  /** Estimated nanoseconds, and those of the direct algorithm. */
  readonly time: number;
  readonly direct: number;
}

/** The outputs of a tile that are worth trying, by taps. */
const outputsByTaps: Readonly<Record<number, readonly number[]>> = { 1: [1], 2: [2, 3, 4], 3: [2, 4] };

const mostGrids = 32;

/** Of a block of several rows, in sizes of the cache. */
const largestBlock = 4;

/** The best tiling there is, or nothing where no axis can be transformed. */
export function bestTiling(sum: WindowSum, target: Shape, costs: Costs): Tiling | undefined {
  const { channel, filter, space } = sum;
  if (channel.extent % costs.vector !== 0 || filter.extent % costs.vector !== 0) return undefined;
  const outputs = space.reduce((product, { output }) => product * output.extent, 1);
  const taps = space.reduce((product, { tap }) => product * (tap?.extent ?? 1), 1);
  // In tiles of single points there would be nothing to save.
  if (taps === 1) return undefined;
  const direct = directTime({ multiplyAdds: outputs * taps * channel.extent * filter.extent }, costs);
  const choices = space.map((axis) => tiledAxes(axis, target[axis.target.dimension]!));
  const combined = choices.reduce<TiledAxis[][]>(
    (lists, options) => lists.flatMap((list) => options.map((option) => [...list, option])),
    [[]],
  );
  return combined
    .flatMap((axes) => tilings(axes, sum, direct, costs))
    .reduce<Tiling | undefined>((best, tiling) => (best && best.time <= tiling.time ? best : tiling), undefined);
}

function tiledAxes(axis: SpatialAxis, target: number): TiledAxis[] {
  const taps = axis.tap?.extent ?? 1;
  const grids = axis.tap ? Math.abs(axis.data.dilation) : 1;
  const size = Math.ceil(axis.output.extent / grids);
  const options = (outputsByTaps[taps] ?? []).filter((outputs) => taps === 1 || size > 1 || outputs === 2);
  // What hangs over the end must fall outside the target, where it is dropped.
  const dropped = axis.target.offset + axis.target.stride * axis.output.extent >= target;
  return options.flatMap((outputs): TiledAxis[] => {
    const whole = axis.output.extent % (grids * outputs) === 0;
    if (!whole && (grids > 1 || !dropped)) return [];
    return [{ axis, fast: fastConvolution(outputs, taps), grids, tiles: Math.ceil(size / outputs) }];
  });
}

function tilings(axes: readonly TiledAxis[], sum: WindowSum, direct: number, costs: Costs): Tiling[] {
  const [first, ...rest] = axes;
  // Each sub-grid of the first axis is a step of its own: hundreds of them would be all overhead.
  if (first!.grids > mostGrids) return [];
  const inRow = rest.reduce((product, { grids, tiles }) => product * grids * tiles, 1);
  const work = {
    size: axes.reduce((product, { fast }) => product * fast.size, 1),
    outputs: axes.reduce((product, { fast }) => product * fast.outputs, 1),
    channels: sum.channel.extent,
    filters: sum.filter.extent,
  };
  // A block that has left the cache gains nothing from more rows, and takes memory.
  const perRow = work.size * inRow * (work.channels + work.filters);
  const most = Math.max(1, Math.floor((largestBlock * costs.cache) / perRow));
  // Rows of different sub-grids do not share a block.
  return Array.from({ length: Math.min(first!.tiles, most) }, (_, n) => n + 1)
    .filter((rows) => first!.grids === 1 || first!.tiles % rows === 0)
    .map((rows) => {
      const blocks = first!.grids * Math.floor(first!.tiles / rows);
      const rest = first!.tiles % rows;
      const main = tiledTime({ ...work, tiles: rows * inRow, blocks }, costs);
      const tail = rest === 0 ? 0 : tiledTime({ ...work, tiles: rest * inRow, blocks: 1 }, costs);
      return { axes, rows, vector: costs.vector, time: main + tail, direct };
    });
}
