// A window sum in tiles, as three expressions that run for one block of tiles after the other:
//
//   tiles[n·i + j, t, c]     += B[i, a] · B[j, b] · in[m·y + a − p, m·x + b − p, c]     t = X·y + x within the block
//   products[k, t, f]        += tiles[k, t, c] · transformed[k, c, f]
//   out[m·y + p, m·x + q, f] += A[p, i] · A[q, j] · products[n·i + j, t, f],            finished as before
//
// and when the module is built   transformed[n·i + j, c, f] += G[i, a] · G[j, b] · kernel[a, b, c, f].
// Rows of channels are longer than needed, so that no stride comes near a multiple of 4096 bytes, where the cache lines of
// many rows would compete for the same few places.
import { Affine } from '../../algebra/affine.ts';
import {
  type Axis,
  accumulated,
  multiply,
  type Read,
  read,
  type Scalar,
  type TensorExpression,
} from '../../algebra/expression.ts';
import { greatestCommonDivisor } from '../../algebra/integers.ts';
import type { ComputeStep, ProgramValue, Step } from '../../program/program.ts';
import { registerRows } from '../../scheduling/cost.ts';
import { bytesOf } from '../../tensor.ts';
import type { WindowSum } from './recognise.ts';
import type { TiledAxis, Tiling } from './tiling.ts';

export interface Rewriting {
  readonly values: readonly ProgramValue[];
  readonly preparation: readonly ComputeStep[];
  readonly steps: readonly Step[];
}

/** Names of axes along the first and second spatial axis. */
const names = [
  { tile: 'y', grid: 'v', point: 'i', tap: 'a', output: 'p' },
  { tile: 'x', grid: 'w', point: 'j', tap: 'b', output: 'q' },
] as const;

export function rewrite(step: ComputeStep, given: WindowSum, tiling: Tiling): Rewriting {
  const sum = named(given);
  const kernel = transformKernel(step, sum, tiling.axes);
  const { axes } = tiling;
  const transformed: ProgramValue = {
    role: 'intermediate',
    id: kernelId(step),
    shape: [axes.reduce((size, { fast }) => size * fast.size, 1), sum.channel.extent, sum.filter.extent],
  };
  const blocks = blocksOf(tiling).map((block, n) => blockStep(step, sum, tiling, block, `${step.id}.block${n}`));
  return {
    values: [transformed, ...blocks.flatMap(({ values }) => values), ...matrixValues(axes)],
    preparation: [kernel],
    steps: blocks.map((block) => block.step),
  };
}

/** The sum over channels `c`, filters `f` and taps `a`, `b` that walk forward: a tap of δ < 0 is turned round. */
function named(sum: WindowSum): WindowSum {
  const replacements = new Map([
    [sum.channel.name, Affine.axis('c')],
    [sum.filter.name, Affine.axis('f')],
  ]);
  sum.space.forEach(({ tap, data }, n) => {
    if (!tap) return;
    const forward = Affine.axis(names[n]!.tap);
    replacements.set(tap.name, data.dilation > 0 ? forward : forward.times(-1).plus(tap.extent - 1));
  });
  return {
    ...sum,
    kernel: { ...sum.kernel, index: sum.kernel.index.map((index) => index.substitute(replacements)) },
    channel: { ...sum.channel, name: 'c' },
    filter: { ...sum.filter, name: 'f' },
  };
}

/** Blocks of one shape: rows of tiles from `first` on; the last row of tiles is never one of many. */
interface Block {
  readonly count: number;
  readonly rows: number;
  /** The row of tiles and the sub-grid where block g begins, as an output index. */
  readonly start: Affine;
}

function blocksOf({ axes, rows }: Tiling): Block[] {
  const [{ tiles, grids, fast, axis }] = axes as [TiledAxis];
  const step = grids * fast.outputs;
  const startAt = (row: number): number => row * step;
  if (grids > 1) {
    const inGrid = tiles / rows;
    const starts = Array.from(
      { length: grids * inGrid },
      (_, block) => Math.floor(block / inGrid) + startAt((block % inGrid) * rows),
    );
    return [{ count: starts.length, rows, start: inGrid === 1 ? Affine.axis('g') : Affine.table('g', starts) }];
  }
  const whole = axis.output.extent % fast.outputs === 0 ? tiles : tiles - 1;
  const main = tiles === rows ? 1 : Math.floor(whole / rows);
  const blocks: Block[] = [{ count: main, rows, start: Affine.axis('g', startAt(rows)) }];
  if (main * rows < tiles)
    blocks.push({ count: 1, rows: tiles - main * rows, start: Affine.constant(startAt(main * rows)) });
  return blocks.filter(({ count }) => count > 0);
}

const matrixId = (kind: 'input' | 'kernel' | 'output', { fast }: TiledAxis): string =>
  `winograd.${kind}.${fast.outputs}x${fast.taps}`;

function matrixValues(axes: readonly TiledAxis[]): ProgramValue[] {
  return axes.flatMap((tiled) =>
    (['input', 'kernel', 'output'] as const).map((kind): ProgramValue => {
      const rows = tiled.fast[kind];
      return { role: 'constant', id: matrixId(kind, tiled), shape: [rows.length, rows[0]!.length], data: rows.flat() };
    }),
  );
}

/** G · kernel · Gᵀ. */
function transformKernel(
  step: ComputeStep,
  { kernel, channel, filter }: WindowSum,
  axes: readonly TiledAxis[],
): ComputeStep {
  const points = axes.map(({ fast }, n) => ({ name: names[n]!.point, extent: fast.size }));
  const taps = axes.map(({ fast }, n) => ({ name: names[n]!.tap, extent: fast.taps }));
  const factors = axes.map((tiled, n) => matrix('kernel', tiled, names[n]!.point, names[n]!.tap));
  const target = {
    tensor: kernelId(step),
    index: [flatten(points), Affine.axis(channel.name), Affine.axis(filter.name)],
  };
  const expression = sumOf([...points, channel, filter, ...taps], target, product([...factors, kernel]));
  return { kind: 'compute', id: kernelId(step), origins: step.origins, expression };
}

const kernelId = (step: ComputeStep): string => `${step.id}.transformed`;

function blockStep(
  step: ComputeStep,
  sum: WindowSum,
  { axes, vector }: Tiling,
  block: Block,
  id: string,
): { step: Step; values: ProgramValue[] } {
  const { channel, filter } = sum;
  const grid = axes.flatMap((tiled, n): Axis[] => [
    ...(n > 0 && tiled.grids > 1 ? [{ name: names[n]!.grid, extent: tiled.grids }] : []),
    { name: names[n]!.tile, extent: n === 0 ? block.rows : tiled.tiles },
  ]);
  const points = axes.map(({ fast }, n) => ({ name: names[n]!.point, extent: fast.size }));
  const tiles: Scratch = { id: `${id}.tiles`, points, grid, channel };
  const products: Scratch = { id: `${id}.products`, points, grid, channel: filter };
  const steps = [
    transformStep(step, sum, axes, block, tiles),
    multiplyStep(step, sum, tiles, products),
    backStep(step, sum, axes, block, products),
  ];
  const axis = { name: 'g', extent: block.count };
  const scratch = [tiles.id, products.id];
  return {
    step: { kind: 'blocked', id, axis, steps, scratch, carried: [], origins: step.origins },
    values: [scratchValue(tiles, vector), scratchValue(products, vector)],
  };
}

/** A value that lives for one block: `[points, tiles, channels]`. */
interface Scratch {
  readonly id: string;
  readonly points: readonly Axis[];
  readonly grid: readonly Axis[];
  readonly channel: Axis;
}

const scratchIndex = ({ points, grid, channel }: Scratch): Affine[] => [
  flatten(points),
  flatten(grid),
  Affine.axis(channel.name),
];

/** The transforms walk 36 slabs at once: one more tile, or a vector more of channels, where slabs would share cache lines. */
function scratchValue({ id, points, grid, channel }: Scratch, vector: number): ProgramValue {
  const rows = [1, 2, 3].map((more) => channel.extent + more * vector);
  const tiles = volume(grid);
  const choices = [0, 1].flatMap((more) => rows.map((row) => [tiles + more, row] as const));
  const apart = choices.find(([count, row]) => spreads(count * row) && spreads(registerRows * row));
  const [height, width] = apart ?? choices[0]!;
  return { role: 'intermediate', id, shape: [volume(points), height, width] };
}

/** Whether steps of so many numbers spread over the cache: no large factor is common to them and the period of its places. */
const spreads = (step: number): boolean => greatestCommonDivisor(step, cachePeriod / bytesOf('f32')) <= 32;

/** Bytes after which places in the first-level cache repeat. */
const cachePeriod = 4096;

/** B · in · Bᵀ for every tile of the block. */
function transformStep(
  step: ComputeStep,
  { data, space, channel }: WindowSum,
  axes: readonly TiledAxis[],
  block: Block,
  tiles: Scratch,
): ComputeStep {
  const index: Affine[] = [];
  index[channel.data] = Affine.axis(channel.name).plus(channel.first);
  axes.forEach((tiled, n) => {
    const { grids, fast } = tiled;
    const { dimension, dilation, offset } = space[n]!.data;
    const before = dilation < 0 ? dilation * (fast.taps - 1) : 0;
    index[dimension] = placeOf(tiled, n, block)
      .plus(Affine.axis(names[n]!.tap, grids))
      .plus(offset + before);
  });
  const inputs = axes.map(({ fast }, n) => ({ name: names[n]!.tap, extent: fast.size }));
  const factors = axes.map((tiled, n) => matrix('input', tiled, names[n]!.point, names[n]!.tap));
  return {
    kind: 'compute',
    id: tiles.id,
    origins: step.origins,
    expression: sumOf(
      [...tiles.grid, channel, ...tiles.points, ...inputs],
      { tensor: tiles.id, index: scratchIndex(tiles) },
      product([...factors, read(data.tensor, index)]),
    ),
  };
}

function multiplyStep(
  step: ComputeStep,
  { channel, filter }: WindowSum,
  tiles: Scratch,
  products: Scratch,
): ComputeStep {
  const point: Axis = { name: 'k', extent: volume(tiles.points) };
  const tile: Axis = { name: 't', extent: volume(tiles.grid) };
  const at = (...list: readonly Axis[]): Affine[] => list.map(({ name }) => Affine.axis(name));
  return {
    kind: 'compute',
    id: products.id,
    origins: step.origins,
    expression: sumOf(
      [point, tile, filter, channel],
      { tensor: products.id, index: at(point, tile, filter) },
      multiply(read(tiles.id, at(point, tile, channel)), read(kernelId(step), at(point, channel, filter))),
    ),
  };
}

/** A · products · Aᵀ into the target, finished as the direct sum would be. */
function backStep(
  step: ComputeStep,
  { space, filter }: WindowSum,
  axes: readonly TiledAxis[],
  block: Block,
  products: Scratch,
): ComputeStep {
  const { expression } = step;
  const index = [...expression.target.index];
  axes.forEach((tiled, n) => {
    const { dimension, stride, offset } = space[n]!.target;
    index[dimension] = placeOf(tiled, n, block)
      .plus(Affine.axis(names[n]!.output, tiled.grids))
      .times(stride)
      .plus(offset);
  });
  const outputs = axes.map(({ fast }, n) => ({ name: names[n]!.output, extent: fast.outputs }));
  const factors = axes.map((tiled, n) => matrix('output', tiled, names[n]!.output, names[n]!.point));
  return {
    kind: 'compute',
    id: `${products.id}.back`,
    origins: step.origins,
    expression: {
      ...expression,
      axes: [...products.grid, filter, ...outputs, ...products.points].map(plain),
      target: { ...expression.target, index },
      value: product([...factors, read(products.id, scratchIndex(products))]),
    },
  };
}

/** The output index at which a tile begins. */
function placeOf(tiled: TiledAxis, n: number, block: Block): Affine {
  const tile = Affine.axis(names[n]!.tile, tiled.grids * tiled.fast.outputs);
  if (n === 0) return block.start.plus(tile);
  return tiled.grids > 1 ? tile.plus(Affine.axis(names[n]!.grid)) : tile;
}

const matrix = (kind: 'input' | 'kernel' | 'output', tiled: TiledAxis, row: string, column: string): Read =>
  read(matrixId(kind, tiled), [Affine.axis(row), Affine.axis(column)]);

const product = (factors: readonly Scalar[]): Scalar => factors.reduce((all, factor) => multiply(all, factor));

const sumOf = (axes: readonly Axis[], target: TensorExpression['target'], value: Scalar): TensorExpression => ({
  axes: axes.map(plain),
  target,
  combine: 'sum',
  value,
  finish: accumulated,
  scatter: false,
});

/** Without what was recognised about it. */
const plain = ({ name, extent }: Axis): Axis => ({ name, extent });

const volume = (axes: readonly Axis[]): number => axes.reduce((size, { extent }) => size * extent, 1);

/** Row-major position in the box of some axes: `6·i + j`. */
const flatten = (axes: readonly Axis[]): Affine =>
  axes.reduce((index, { name, extent }) => index.times(extent).plus(Affine.axis(name)), Affine.constant(0));
