// Layers that move elements: shapes, axes, parts and borders.
import type { Static } from '../../../../compiler/operators/parameters.ts';
import type { Value } from '../network.ts';
import {
  type Call,
  number,
  numbers,
  rankOf,
  refuse,
  reordered,
  type Table,
  text,
  Unsupported,
  wholes,
} from '../translation.ts';

/** A scalar is a list of one here. */
const atLeastOne = (shape: readonly number[]): readonly number[] => (shape.length === 0 ? [1] : shape);

const reshapeTo = ({ network }: Call, value: Value, shape: readonly number[]): Value =>
  network.layer('reshape', { shape: atLeastOne(shape) }, [value]);

function reshape(call: Call): Value {
  const x = call.value('input');
  const wanted = wholes(call, 'shape') ?? numbers(call, 'newShape') ?? numbers(call, 'shape')!;
  const shape = call.network.shapeOf(x);
  // In ONNX a 0 copies the input's size.
  return reshapeTo(
    call,
    x,
    wanted.map((size, axis) => (size === 0 && call.source === 'onnx' ? shape[axis]! : size)),
  );
}

function flatten(call: Call): Value {
  const x = call.value('input');
  const shape = call.network.shapeOf(x);
  const axis = number(call, 'axis', 1);
  const at = axis < 0 ? axis + shape.length : axis;
  return reshapeTo(
    call,
    x,
    [shape.slice(0, at), shape.slice(at)].map((sizes) => sizes.reduce((a, b) => a * b, 1)),
  );
}

/** New axes of size 1; an axis that does not exist is left for the reshape to refuse. */
function expandDims(call: Call): Value {
  const x = call.value('input');
  const scalar = call.tensor('input')?.shape.length === 0;
  const shape = scalar ? [] : [...call.network.shapeOf(x)];
  const stated = wholes(call, 'axes') ?? numbers(call, 'axes') ?? numbers(call, 'axis') ?? [0];
  const rank = shape.length + stated.length;
  const axes = stated.map((axis) => (axis < 0 ? axis + rank : axis)).sort((a, b) => a - b);
  if (axes.some((axis) => axis < 0 || axis >= rank)) refuse(`there is no place for axis ${stated} in ${rank} axes`);
  for (const axis of axes) shape.splice(axis, 0, 1);
  return reshapeTo(call, x, shape);
}

function squeeze(call: Call): Value {
  const x = call.value('input');
  const shape = call.network.shapeOf(x);
  const stated = wholes(call, 'axes') ?? numbers(call, 'axes');
  const dropped = stated?.map((axis) => (axis < 0 ? axis + shape.length : axis));
  return reshapeTo(
    call,
    x,
    shape.filter((size, axis) => (dropped ? !dropped.includes(axis) : size !== 1)),
  );
}

function transpose(call: Call): Value {
  const x = call.value('input');
  const rank = scalarOr(call, 'input', rankOf(call, x));
  const permutation = numbers(call, 'permutation') ?? numbers(call, 'perm') ?? [...Array(rank).keys()].reverse();
  if (rank === 0) return permutation.length === 0 ? same(call, x) : refuse('a scalar has no axes to change places');
  return call.network.layer('transpose', { permutation }, [x]);
}

const same = ({ network }: Call, value: Value): Value => network.layer('dropout', {}, [value]);

/** A scalar is a list of one here; its source knows that it has no axis. */
const scalarOr = (call: Call, slot: string, rank: number): number => (call.tensor(slot)?.shape.length === 0 ? 0 : rank);

function expand(call: Call): Value {
  const x = call.value('input');
  const wanted = [...atLeastOne(wholes(call, 'shape') ?? numbers(call, 'newShape') ?? numbers(call, 'shape') ?? [])];
  if (call.source !== 'onnx') return call.network.layer('expand', { shape: wanted }, [x]);
  // In ONNX a 1 keeps the input's size, and missing axes too.
  const shape = call.network.shapeOf(x);
  const rank = Math.max(shape.length, wanted.length);
  const sizes = [...Array(rank).keys()].map((n) => {
    const [own, other] = [shape[shape.length - rank + n] ?? 1, wanted[wanted.length - rank + n] ?? 1];
    return other === 1 ? own : other;
  });
  return call.network.layer('expand', { shape: sizes }, [x]);
}

const joined = ({ network }: Call, parts: readonly Value[], axis: number): Value =>
  parts.length === 1 ? network.layer('dropout', {}, [parts[0]!]) : network.layer('concat', { axis }, parts);

function concat(call: Call): Value {
  if (call.values.some((_, n) => call.tensor(`inputs[${n}]`)?.shape.length === 0))
    refuse('a scalar has no axis to join along');
  const axis = number(call, 'axis', 0);
  if (call.values.length !== 1) return call.network.layer('concat', { axis }, call.values);
  // One value stays as it is, along an axis that it has.
  const rank = rankOf(call, call.values[0]!);
  if (axis >= rank || axis < -rank) return call.network.layer('concat', { axis }, [call.values[0]!, call.values[0]!]);
  return joined(call, call.values, axis);
}

/** A new axis along which the values lie. */
function stack(call: Call): Value {
  const axis = number(call, 'axis', 0);
  const shapes = call.values.map((_, n) => call.tensor(`inputs[${n}]`)!.shape);
  if (shapes.some((shape) => shape.join() !== shapes[0]!.join())) refuse('values of several shapes do not stack');
  if (axis > shapes[0]!.length) refuse(`there is no place for axis ${axis} in ${shapes[0]!.length + 1} axes`);
  const parts = call.values.map((value, n) => {
    const shape = [...shapes[n]!];
    shape.splice(axis, 0, 1);
    return reshapeTo(call, value, shape);
  });
  return joined(call, parts, axis);
}

/** Each axis is the value so many times in a row. */
function tile(call: Call): Value {
  const counts = wholes(call, 'repeats') ?? numbers(call, 'repetitions') ?? numbers(call, 'reps')!;
  const start = call.value('input');
  const shape = call.network.shapeOf(start);
  if (counts.length !== shape.length) return call.network.layer('expand', { shape: counts }, [start]);
  let value = start;
  for (const [axis, count] of counts.entries()) {
    if (count < 1) return call.network.layer('expand', { shape: counts }, [start]);
    if (count > 1) value = call.network.layer('concat', { axis }, Array(count).fill(value));
  }
  return value === start ? call.network.layer('dropout', {}, [start]) : value;
}

function slice(call: Call): Value {
  const x = call.value('input');
  const rank = rankOf(call, x);
  if (call.source === 'tfjs') {
    const begin = numbers(call, 'begin')!;
    const size = numbers(call, 'size') ?? [];
    const shape = call.network.shapeOf(x);
    // A size of -1 is what is left; tfjs does not count from the end.
    const sizes = begin.map((from, axis) =>
      size[axis] === undefined || size[axis] === -1 ? shape[axis]! - from : size[axis],
    );
    const starts = begin.map((from, axis) => (from < 0 ? shape[axis]! : from));
    return call.network.layer('slice', { starts, sizes }, [x]);
  }
  const starts = wholes(call, 'starts') ?? numbers(call, 'starts')!;
  if (scalarOr(call, 'input', rank) === 0)
    return starts.length === 0 ? same(call, x) : refuse('a scalar has no axis to slice');
  const given = {
    starts,
    ends: wholes(call, 'ends') ?? numbers(call, 'ends'),
    axes: wholes(call, 'axes') ?? numbers(call, 'axes'),
    strides: wholes(call, 'steps') ?? numbers(call, 'strides'),
  };
  const sizes = numbers(call, 'sizes');
  // WebNN's sizes are of the window before its strides.
  const ends = sizes ? sizes.map((size, axis) => starts[axis]! + size) : given.ends;
  const shape = call.network.shapeOf(x);
  if (sizes?.some((size, axis) => size === 0 || starts[axis]! + size > shape[axis]!))
    return call.network.layer('slice', { starts, sizes }, [x]);
  return call.network.layer('slice', { ...given, ends }, [x]);
}

function split(call: Call): Readonly<Record<string, Value>> {
  const x = call.value('input');
  const shape = call.network.shapeOf(x);
  const written = number(call, 'axis', 0);
  const axis = written < 0 ? written + shape.length : written;
  const total = shape[axis] ?? 0;
  const sizes = partSizes(call, total);
  const results: Record<string, Value> = {};
  let start = 0;
  for (const [n, size] of sizes.entries()) {
    results[`output[${n}]`] = call.network.layer('slice', { starts: [start], sizes: [size], axes: [axis] }, [x]);
    start += size;
  }
  if (start !== total) refuse(`parts of ${sizes.join(', ')} do not make up ${total}`);
  return results;
}

function partSizes(call: Call, total: number): number[] {
  const stated = call.attributes.splits ?? call.attributes.numOrSizeSplits ?? call.attributes.num_outputs;
  const tensor = wholes(call, 'split');
  if (tensor) return tensor;
  if (Array.isArray(stated)) {
    const known = (stated as number[]).filter((size) => size >= 0).reduce((a, b) => a + b, 0);
    return (stated as number[]).map((size) => (size === -1 ? total - known : size));
  }
  const count = stated === undefined ? call.results.length : Number(stated);
  if (!(count > 0)) refuse(`${count} parts`);
  // ONNX makes the last part smaller, the others refuse.
  const size = call.source === 'onnx' ? Math.ceil(total / count) : total / count;
  return Array.from({ length: count }, (_, n) => (call.source === 'onnx' ? Math.min(size, total - n * size) : size));
}

const modes: Record<string, string> = {
  constant: 'zero',
  reflect: 'reflect',
  reflection: 'reflect',
  symmetric: 'symmetric',
  edge: 'edge',
  wrap: 'wrap',
};

function padded(call: Call, pairs: readonly Static[], value: number | undefined): Value {
  const mode = modes[text(call, 'mode', 'constant')];
  if (!mode) throw new Unsupported(`padding mode ${call.attributes.mode}`);
  const given = { padding: pairs, mode, value: mode === 'zero' ? value : undefined };
  return call.network.layer('pad', given, [call.value('input')]);
}

function pad(call: Call): Value {
  const value = call.tensor('value')?.data?.[0] ?? number(call, 'constantValue', number(call, 'value', 0));
  if (call.source === 'onnx') {
    const pads = wholes(call, 'pads') ?? numbers(call, 'pads')!;
    const rank = rankOf(call, call.value('input'));
    const axes = wholes(call, 'axes') ?? [...Array(rank).keys()];
    const half = pads.length / 2;
    const pairs = Array.from({ length: rank }, () => [0, 0]);
    for (const [n, axis] of axes.entries()) pairs[axis < 0 ? axis + rank : axis] = [pads[n]!, pads[n + half]!];
    return padded(call, pairs, value);
  }
  const paddings = call.attributes.paddings as Static[] | undefined;
  if (paddings) return padded(call, paddings, value);
  const [before, after] = [numbers(call, 'beginningPadding')!, numbers(call, 'endingPadding')!];
  const rank = rankOf(call, call.value('input'));
  if (before.length !== rank || after.length !== rank)
    refuse(`padding of ${before.length} and ${after.length} axes for a value of ${rank}`);
  return padded(
    call,
    before.map((cells, axis) => [cells, after[axis]!]),
    value,
  );
}

const spatialPad = (call: Call): Value => padded(call, call.attributes.padding as Static[], number(call, 'value', 0));

const order = (call: Call): Static => (text(call, 'mode', 'DCR') === 'CRD' ? 'channels_outer' : 'blocks_outer');

function shuffle(call: Call, layer: string): Value {
  const block = number(call, 'blockSize', number(call, 'blocksize', 2));
  return call.network.layer(layer, { block, order: order(call) }, [call.value('input')]);
}

function reverse(call: Call): Value {
  const x = call.value('input');
  const axes = numbers(call, 'axes') ?? [...Array(rankOf(call, x)).keys()];
  if (axes.length === 0) return call.network.layer('dropout', {}, [x]);
  return call.network.layer('slice', { starts: axes.map(() => -1), strides: axes.map(() => -1), axes }, [x]);
}

function dropout(call: Call): Value {
  const training = call.tensor('trainingMode')?.data?.[0];
  const ratio = call.tensor('ratio')?.data?.[0] ?? number(call, 'ratio', 0.5);
  if (training && ratio > 0) throw new Unsupported('dropout in training');
  return call.network.layer('dropout', {}, [call.value('input')]);
}

/** Blocks of space become samples: [b, h·r, w] → [r·b, h, w], and the way back. */
function spaceToBatch(call: Call): Value {
  const blocks = numbers(call, 'blockShape')!;
  const pairs = call.attributes.paddings as number[][];
  const rank = rankOf(call, call.value('input'));
  const all = [...Array(rank).keys()].map((axis) => (axis >= 1 && axis <= blocks.length ? pairs[axis - 1]! : [0, 0]));
  const x = call.network.layer('pad', { padding: all }, [call.value('input')]);
  const shape = call.network.shapeOf(x);
  const split = [
    shape[0]!,
    ...blocks.flatMap((block, n) => [shape[n + 1]! / block, block]),
    ...shape.slice(blocks.length + 1),
  ];
  const inner = blocks.map((_, n) => 2 * n + 2);
  const outer = blocks.map((_, n) => 2 * n + 1);
  const rest = [...Array(split.length).keys()].slice(2 * blocks.length + 1);
  const turned = reordered(call, reshapeTo(call, x, split), [...inner, 0, ...outer, ...rest]);
  const product = blocks.reduce((a, b) => a * b, 1);
  const sizes = blocks.map((block, n) => shape[n + 1]! / block);
  return reshapeTo(call, turned, [shape[0]! * product, ...sizes, ...shape.slice(blocks.length + 1)]);
}

function batchToSpace(call: Call): Value {
  const blocks = numbers(call, 'blockShape')!;
  const crops = call.attributes.crops as number[][];
  const x = call.value('input');
  const shape = call.network.shapeOf(x);
  const batch = shape[0]! / blocks.reduce((a, b) => a * b, 1);
  const split = [...blocks, batch, ...shape.slice(1)];
  const count = blocks.length;
  const woven = blocks.flatMap((_, n) => [count + 1 + n, n]);
  const rest = [...Array(split.length).keys()].slice(2 * count + 1);
  const turned = reordered(call, reshapeTo(call, x, split), [count, ...woven, ...rest]);
  const whole = [batch, ...blocks.map((block, n) => block * shape[n + 1]!), ...shape.slice(count + 1)];
  const amount = whole.map((_, axis) => (axis >= 1 && axis <= count ? crops[axis - 1]! : [0, 0]));
  return call.network.layer('crop', { amount }, [reshapeTo(call, turned, whole)]);
}

export const arrangement: Table = {
  batchToSpaceND: { layers: batchToSpace },
  broadcastTo: { layers: expand },
  channelShuffle: {
    samples: true,
    layers: (call) =>
      call.network.layer('channelShuffle', { groups: number(call, 'groups', 1) }, [call.value('input')]),
  },
  concat: { layers: concat },
  depthToSpace: { samples: true, layers: (call) => shuffle(call, 'pixelShuffle') },
  dropout: { layers: dropout },
  expand: { layers: expand },
  expandDims: { layers: expandDims },
  flatten: { layers: flatten },
  mirrorPad: { layers: pad },
  pad: { layers: pad },
  pad2d: { samples: true, layers: spatialPad },
  pixelShuffle: { samples: true, layers: (call) => shuffle(call, 'pixelShuffle') },
  pixelUnshuffle: { samples: true, layers: (call) => shuffle(call, 'pixelUnshuffle') },
  reshape: { layers: reshape },
  reverse: { layers: reverse },
  slice: { layers: slice },
  spaceToBatchND: { layers: spaceToBatch },
  spaceToDepth: { samples: true, layers: (call) => shuffle(call, 'pixelUnshuffle') },
  split: { layers: split },
  squeeze: { layers: squeeze },
  stack: { layers: stack },
  tile: { layers: tile },
  transpose: { layers: transpose },
  unsqueeze: { layers: expandDims },
};
