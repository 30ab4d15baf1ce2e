// Layers that move, cut, join or resample, in ONNX.

import { channelShuffle } from '../../../operators/arrangement/channel-shuffle.ts';
import { concat } from '../../../operators/arrangement/concat.ts';
import { constant } from '../../../operators/arrangement/constant.ts';
import { crop } from '../../../operators/arrangement/crop.ts';
import { dropout } from '../../../operators/arrangement/dropout.ts';
import { expand } from '../../../operators/arrangement/expand.ts';
import { pad } from '../../../operators/arrangement/pad.ts';
import { pixelShuffle } from '../../../operators/arrangement/pixel-shuffle.ts';
import { pixelUnshuffle } from '../../../operators/arrangement/pixel-unshuffle.ts';
import { resize } from '../../../operators/arrangement/resize.ts';
import { type Range, rangesOf, type SliceArguments, slice } from '../../../operators/arrangement/slice.ts';
import { take } from '../../../operators/arrangement/take.ts';
import { tile } from '../../../operators/arrangement/tile.ts';
import { upsample } from '../../../operators/arrangement/upsample.ts';
import { isFault } from '../../../operators/operator.ts';
import type { Sizes } from '../../../operators/parameters.ts';
import { type Amounts, type Pair, pairs } from '../../../operators/shared/amounts.ts';
import type { SamplingArguments } from '../../../operators/shared/resizing.ts';
import type { Shape } from '../../../tensor.ts';
import type { LayerValue } from '../../importing/values.ts';
import type { OnnxLayerWriter, OnnxNodeReader, OnnxRange, OnnxTable } from '../mapping.ts';
import { exportedAxis, fromEnd } from './shared/axes.ts';
import { onnxBlocks } from './shared/blocks.ts';
import { onnxMoved } from './shared/moves.ts';
import { asUpsampling, exportResampling, onnxResampling, resizeArguments } from './shared/resampling.ts';
import { compact } from './shared/windows.ts';

export const arrangements: OnnxTable = [
  [
    channelShuffle,
    {
      patterns: { Reshape: onnxShuffle },
      exports: (layer) => {
        const [channels, ...space] = [layer.output.at(-1)!, ...layer.output.slice(0, -1)];
        const groups = layer.arguments.groups as number;
        const split = layer.integers('split', [1, groups, channels / groups, ...space]);
        const whole = layer.integers('whole', [1, channels, ...space]);
        const turned = layer.node('Transpose', [layer.node('Reshape', [layer.operands[0]!, split])], {
          perm: { ints: [0, 2, 1, ...space.map((_, axis) => axis + 3)] },
        });
        return layer.node('Reshape', [turned, whole]);
      },
    },
  ],
  [
    concat,
    {
      imports: {
        Concat: (node) => {
          const axis = node.int('axis', 1);
          if (node.dims(0).length === 0) node.refuse('joins single numbers, which have no axis', 'lists of one number');
          if (node.inputs === 1) return node.value(0);
          const { operands, layout } = node.aligned(axis);
          const result = { ...operands[0]!, layout };
          return node.layer({ axis: fromEnd(node.axis(result, axis), result.shape) }, operands, { layout });
        },
      },
      exports: (layer) => layer.node('Concat', layer.operands, { axis: { int: exportedAxis(layer) } }),
    },
  ],
  [
    constant,
    {
      exports: (layer) => layer.fromOurOrder(layer.tensor('value', behindBatch(layer.weight('value'))), layer.output),
    },
  ],
  [
    crop,
    {
      exports: (layer) => {
        const shape = layer.inputs[0]!;
        const borders = pairs(layer.arguments.amount as Amounts, shape, 'amount');
        if (isFault(borders)) return layer.refuse(borders.message);
        const axes = layer.integers(
          'axes',
          shape.map((_, axis) => layer.axis(axis, shape.length)),
        );
        const starts = layer.integers(
          'starts',
          borders.map(([before]) => before),
        );
        const ends = layer.integers(
          'ends',
          borders.map(([, after], axis) => shape[axis]! - after),
        );
        return layer.node('Slice', [layer.operands[0]!, starts, ends, axes]);
      },
    },
  ],
  [dropout, { exports: (layer) => layer.node('Identity', layer.operands) }],
  [
    expand,
    {
      imports: {
        Expand: (node) => {
          const { value, shape, layout } = node.spreadTo([...node.constant(1).data]);
          return shape.join() === value.shape.join() ? value : node.layer({ shape }, [value], { layout });
        },
      },
      exports: (layer) => {
        const spread = layer.integers('shape', [1, ...layer.output]);
        return layer.fromOurOrder(layer.node('Expand', [layer.ourOrder(0), spread]), layer.output);
      },
    },
  ],
  [
    pad,
    {
      imports: { Pad: importPad },
      exports: (layer) => {
        const { mode, value, padding } = layer.arguments as { mode: string; value: number; padding: Amounts };
        const shape = layer.inputs[0]!;
        const borders = pairs(padding, shape, 'padding');
        if (isFault(borders)) return layer.refuse(borders.message);
        const wide = mode === 'wrap' ? widerThanAxis(shape, borders) : undefined;
        if (wide !== undefined) return layer.refuse(`wraps ${wide}, which ONNX cannot say`);
        if (mode === 'symmetric') return exportMirrored(layer, borders);
        const ordered = [[0, 0] as const, borders.at(-1)!, ...borders.slice(0, -1)];
        const pads = layer.integers('pads', [
          ...ordered.map(([before]) => before),
          ...ordered.map(([, after]) => after),
        ]);
        const fill = layer.tensor('value', { shape: [], data: Float32Array.of(value) });
        return layer.node('Pad', [layer.operands[0]!, pads, ...(mode === 'zero' ? [fill] : [])], {
          mode: { string: mode === 'zero' ? 'constant' : mode },
        });
      },
    },
  ],
  [
    pixelShuffle,
    {
      imports: {
        DepthToSpace: (node) =>
          node.layer(
            {
              block: node.int('blocksize'),
              order: node.string('mode', 'DCR') === 'CRD' ? 'channels_outer' : 'blocks_outer',
            },
            [node.channelsLast(0)],
          ),
      },
      ...onnxBlocks('shuffle', (layer, block, order) =>
        layer.node('DepthToSpace', layer.operands, {
          blocksize: { int: block },
          mode: { string: order === 'channels_outer' ? 'CRD' : 'DCR' },
        }),
      ),
    },
  ],
  [
    pixelUnshuffle,
    {
      imports: {
        SpaceToDepth: (node) =>
          node.layer({ block: node.int('blocksize'), order: 'blocks_outer' }, [node.channelsLast(0)]),
      },
      ...onnxBlocks('unshuffle', (layer, block, order) =>
        order === 'blocks_outer'
          ? layer.node('SpaceToDepth', layer.operands, { blocksize: { int: block } })
          : undefined,
      ),
    },
  ],
  [
    resize,
    {
      imports: {
        Resize: (node) => {
          const read = onnxResampling(node);
          return asUpsampling(read) ? undefined : node.layer(resizeArguments(read), [read.value]);
        },
      },
      exports: (layer) => {
        const mode = layer.arguments.mode as SamplingArguments['mode'];
        return exportResampling(layer, mode, layer.arguments.scale as Sizes | undefined);
      },
    },
  ],
  [
    slice,
    {
      imports: {
        Gather: (node) => gather(node),
        Slice: (node) => {
          const x = node.separate(0);
          return node.ranges().reduce((value, range) => sliceAlong(node, value, range), x);
        },
        Split: (node) => {
          const x = node.separate(0);
          const axis = node.int('axis', 0);
          const size = node.dims(0).at(axis)!;
          const count = node.int('num_outputs', node.outputs);
          if (count !== node.outputs) node.refuse(`has ${node.outputs} results where num_outputs is ${count}`);
          const even = Math.ceil(size / count);
          const sizes =
            node.list('split', 1) ?? Array.from({ length: count }, (_, n) => Math.min(even, size - n * even));
          let start = 0;
          return sizes.map((count) => {
            const range = { axis, start, step: 1, count };
            start += count;
            return sliceAlong(node, x, range);
          });
        },
      },
      exports: (layer) => {
        const shape = layer.inputs[0]!;
        const ranges = rangesOf(layer.arguments as unknown as SliceArguments, shape);
        if (isFault(ranges)) return layer.refuse(ranges.message);
        const list = (name: string, of: (range: Range) => number): string => layer.integers(name, ranges.map(of));
        // Walking backwards, the end before the first cell is no number from 0 on: far below it means the same.
        const end = ({ start, stride, size }: Range): number => {
          const stop = start + stride * size;
          return stop < 0 ? -(2 ** 31) : stop;
        };
        const axes = layer.integers(
          'axes',
          shape.map((_, axis) => layer.axis(axis, shape.length)),
        );
        const lists = [
          list('starts', ({ start }) => start),
          list('ends', end),
          axes,
          list('steps', ({ stride }) => stride),
        ];
        return layer.node('Slice', [layer.operands[0]!, ...lists]);
      },
    },
  ],
  [
    upsample,
    {
      imports: { Resize: onnxUpsampling, Upsample: onnxUpsampling },
      exports: (layer) => {
        const mode = layer.arguments.mode === 'bilinear' ? 'linear' : 'nearest';
        return exportResampling(layer, mode, layer.arguments.scale as Sizes | undefined);
      },
    },
  ],
  [
    take,
    {
      exports: (layer) => {
        const shape = layer.inputs[0]!;
        const given = layer.arguments.axis as number;
        const along = given < 0 ? given + shape.length : given;
        const indices = [layer.arguments.indices as number | readonly number[]].flat() as number[];
        const places = layer.integers(
          'indices',
          indices.map((index) => (index < 0 ? index + shape[along]! : index)),
        );
        const taken = layer.node('Gather', [layer.ourOrder(0), places], { axis: { int: along + 1 } });
        const dropped = layer.output.length < shape.length;
        const left = dropped ? layer.node('Reshape', [taken, layer.integers('left', [1, ...layer.output])]) : taken;
        return layer.fromOurOrder(left, layer.output);
      },
    },
  ],
  [
    tile,
    {
      imports: {
        Tile: (node) => {
          const value = node.separate(0);
          const counts = value.shape.map(() => 1);
          node.constant(1).data.forEach((count, axis) => {
            if (count !== 1) counts[node.axis(value, axis)] = count;
          });
          return { ...node.layer({ counts }, [value]), layout: value.layout };
        },
      },
      exports: (layer) => {
        const counts = layer.arguments.counts as readonly number[];
        const repeats = layer.integers('repeats', [1, counts.at(-1)!, ...counts.slice(0, -1)]);
        return layer.node('Tile', [layer.operands[0]!, repeats]);
      },
    },
  ],
];

/** [1, C, …] → [1, G, C/G, …], the two exchanged, and joined again. */
function onnxShuffle(node: OnnxNodeReader): LayerValue | undefined {
  const moved = onnxMoved(node);
  if (!moved) return undefined;
  const { before, between, permutation, reader } = moved;
  const space = before.slice(2);
  const exchanged = [0, 2, 1, ...space.map((_, axis) => axis + 3)];
  const [, groups, perGroup, ...rest] = between;
  const isShuffle =
    before[1] === groups! * perGroup! && rest.join() === space.join() && permutation.join() === exchanged.join();
  return isShuffle ? node.layer({ groups: groups! }, [reader.channelsLast(0)]) : undefined;
}

const behindBatch = <T extends { readonly shape: Shape }>(weight: T): T => ({ ...weight, shape: [1, ...weight.shape] });

/** ONNX mirrors without the edge only; with it the border is the ends of the value, turned round. */
function exportMirrored(layer: OnnxLayerWriter, borders: readonly Pair[]): string {
  return borders.reduce((value, [before, after], axis) => {
    const size = layer.inputs[0]![axis]!;
    if (before > size || after > size) return layer.refuse('mirrors more than the whole input, which ONNX cannot say');
    const at = layer.integers(`axis${axis}`, [layer.axis(axis, borders.length)]);
    const part = (name: string, start: number, end: number, step: number): string => {
      const limits = [start, end, step].map((limit, n) => layer.integers(`${name}${axis}_${n}`, [limit])) as [
        string,
        string,
        string,
      ];
      return layer.node('Slice', [value, limits[0], limits[1], at, limits[2]]);
    };
    const inside = before < 0 || after < 0 ? part('inside', Math.max(-before, 0), size + Math.min(after, 0), 1) : value;
    const parts = [
      ...(before > 0 ? [part('head', before - 1, -size - 1, -1)] : []),
      inside,
      ...(after > 0 ? [part('tail', size - 1, -after - 1, -1)] : []),
    ];
    return parts.length === 1
      ? inside
      : layer.node('Concat', parts, { axis: { int: layer.axis(axis, borders.length) } });
  }, layer.operands[0]!);
}

/** A border of more cells than what is left of its axis, which runtimes fill with memory that is not the input's. */
function widerThanAxis(shape: Shape, borders: readonly Pair[]): string | undefined {
  for (const [axis, [before, after]] of borders.entries()) {
    const kept = shape[axis]! + Math.min(before, 0) + Math.min(after, 0);
    if (Math.max(before, after) > kept) return `${Math.max(before, after)} cells of an axis of ${kept}`;
  }
  return undefined;
}

function importPad(node: OnnxNodeReader): LayerValue {
  const x = node.separate(0);
  const rank = node.dims(0).length;
  const pads = node.list('pads', 1) ?? node.ints('paddings') ?? node.refuse('lacks its pads');
  const axes = node.has(3) ? [...node.constant(3).data] : Array.from({ length: rank }, (_, axis) => axis);
  const borders: Pair[] = x.shape.map(() => [0, 0]);
  axes.forEach((axis, n) => {
    const pair: Pair = [pads[n]!, pads[axes.length + n]!];
    if (pair[0] !== 0 || pair[1] !== 0) borders[node.axis(x, axis)] = pair;
  });
  const named = node.string('mode', 'constant');
  const mode = named === 'constant' ? 'zero' : named;
  const wide = mode === 'wrap' ? widerThanAxis(x.shape, borders) : undefined;
  if (wide !== undefined) node.refuse(`wraps ${wide}`, 'borders of at most the size of their axis');
  const value = node.has(2) ? node.constant(2).data[0]! : node.float('value', 0);
  if (borders.every(([before, after]) => before === 0 && after === 0)) return x;
  const onlySpace = x.shape.length > 1 && borders.at(-1)!.every((cells) => cells === 0);
  const listed = onlySpace ? borders.slice(0, -1) : borders;
  const alike = listed.every(([before, after]) => before === after);
  const padding = alike ? listed.map(([before]) => before) : listed;
  return node.layer(
    { padding: onlySpace && alike ? compact(padding as number[]) : padding, mode, ...(mode === 'zero' && { value }) },
    [x],
  );
}

/** One range of ONNX as a slice; the whole axis needs none. */
function sliceAlong(node: OnnxNodeReader, value: LayerValue, { axis, start, step, count }: OnnxRange): LayerValue {
  const ours = node.axisIfAny(value, axis);
  if (count < 1) return node.refuse('takes nothing', 'a slice of at least one cell');
  if (ours === undefined || (start === 0 && step === 1 && count === value.shape[ours])) return value;
  const given = { starts: [start], sizes: [count], axes: [ours] };
  return node.layer(step === 1 ? given : { ...given, strides: [step] }, [value]);
}

/** Known places along an axis, at even steps or not; a single place, not in a list, takes the axis away. */
function gather(node: OnnxNodeReader): LayerValue {
  const { shape, data } = node.constant(1);
  const dims = node.dims(0);
  const given = node.int('axis', 0);
  const axis = given < 0 ? given + dims.length : given;
  const size = dims[axis] ?? node.refuse(`has axis ${given} for ${dims.length} axes`);
  const places = Array.from(data, (place) => (place < 0 ? place + size : place));
  const wrong = places.find((place) => !(place >= 0 && place < size));
  if (wrong !== undefined) node.refuse(`takes place ${wrong} of an axis of ${size}`);
  if (shape.length > 1) node.refuse(`takes places in ${shape.length} axes`, 'a list of indices');
  const [run = node.refuse('takes nothing', 'at least one place'), ...more] = evenRuns(places);
  const x = node.separate(0);
  const taken =
    more.length === 0
      ? sliceAlong(node, x, { axis, ...run })
      : node.layerOf(take, { axis: fromEnd(node.axis(x, axis), x.shape), indices: places }, [x], { layout: x.layout });
  return shape.length === 0 ? { ...taken, layout: taken.layout.toSpliced(axis, 1) } : taken;
}

/** Places as slices take them: 2, 1, 0 | 5, 5 | 7, 9, 11. */
function evenRuns(places: readonly number[]): Omit<OnnxRange, 'axis'>[] {
  const runs: { start: number; step: number; count: number }[] = [];
  for (const [n, place] of places.entries()) {
    const run = runs.at(-1);
    const step = place - (places[n - 1] ?? place);
    const goesOn = run && step !== 0 && (run.count === 1 || run.step === step);
    if (goesOn) Object.assign(run, { step, count: run.count + 1 });
    else runs.push({ start: place, step: 1, count: 1 });
  }
  return runs;
}

/** What only enlarges by a factor; the rest is resizing. */
function onnxUpsampling(node: OnnxNodeReader): LayerValue | undefined {
  const read = onnxResampling(node);
  const given = asUpsampling(read);
  return given && node.layer(given, [read.value]);
}
