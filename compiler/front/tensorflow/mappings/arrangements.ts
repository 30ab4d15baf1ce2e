// What moves, joins, cuts and repeats. Where only TensorFlow's axes change, nothing is made: a value remembers them.
import { concat } from '../../../operators/arrangement/concat.ts';
import { expand } from '../../../operators/arrangement/expand.ts';
import { pad } from '../../../operators/arrangement/pad.ts';
import { slice } from '../../../operators/arrangement/slice.ts';
import type { Static } from '../../../operators/parameters.ts';
import { align } from '../../importing/align.ts';
import {
  asLayer,
  ourAxis,
  ourAxisIfAny,
  reshapeTo,
  separate,
  spreadOver,
  transposed,
} from '../../importing/arranging.ts';
import type { Layout } from '../../importing/layout.ts';
import { reshapedDims, resolveAxis, squeezedAxes, unsqueezedAxes } from '../../importing/shapes.ts';
import type { ImportedValue, LayerValue } from '../../importing/values.ts';
import type { Meaning, Operation } from '../operation.ts';
import { stridedRanges } from '../ranges.ts';

export const arrangements: readonly (readonly [string, Meaning])[] = [
  ['Identity', (operation) => operation.value(0)],
  ['Snapshot', (operation) => operation.value(0)],
  ['StopGradient', (operation) => operation.value(0)],
  ['Reshape', reshaped],
  ['Squeeze', squeezed],
  ['ExpandDims', expanded],
  ['Transpose', (operation) => transposed(operation.layer(0), operation.integers(1))],
  ['ConcatV2', joinedLast],
  ['Pack', packed],
  ['Unpack', unpacked],
  ['Split', (operation) => split(operation, operation.layer(1), operation.integers(0)[0]!)],
  ['SplitV', (operation) => split(operation, operation.layer(0), operation.integers(2)[0]!, operation.integers(1))],
  ['Slice', sliced],
  ['StridedSlice', strided],
  ['Pad', (operation) => padded(operation, 'zero')],
  ['PadV2', (operation) => padded(operation, 'zero', operation.constant(2).data[0]!)],
  ['MirrorPad', (operation) => padded(operation, operation.text('mode') === 'REFLECT' ? 'reflect' : 'symmetric')],
  ['Tile', tiled],
  ['BroadcastTo', (operation) => spread(operation, operation.integers(1))],
  ['GatherV2', gathered],
  ['Cast', cast],
];

/** Numbers are float32 here; a cast to whole numbers cuts off their fractions, which only floor can do of what is positive. */
function cast(operation: Operation): ImportedValue {
  const to = operation.text('DstT', 'DT_FLOAT');
  if (operation.value(0).kind === 'layer' && /INT/.test(to) && operation.text('SrcT', 'DT_FLOAT') === 'DT_FLOAT')
    operation.refuse('cuts off fractions by a cast to whole numbers', 'a model that computes in float32');
  return operation.value(0);
}

function reshaped(operation: Operation): LayerValue {
  return reshapeTo(
    operation.importer,
    operation.layer(0),
    reshapedDims(operation.dims(0), operation.integers(1), true),
  );
}

function squeezed(operation: Operation): LayerValue {
  const axes = operation.numbers('squeeze_dims') ?? [];
  const value = operation.layer(0);
  const kept = squeezedAxes(operation.dims(0), axes.length > 0 ? axes : undefined);
  return { ...value, layout: kept.map((axis) => value.layout[axis]!) };
}

function expanded(operation: Operation): LayerValue {
  const value = operation.layer(0);
  return { ...value, layout: withAxis(value.layout, operation.integers(1)[0]!) };
}

const withAxis = (layout: Layout, axis: number): Layout =>
  unsqueezedAxes(layout.length, [axis]).map((one) => (one === undefined ? [] : layout[one]!));

function joinedLast(operation: Operation): LayerValue {
  const count = operation.inputs.length - 1;
  const parts = operation.inputs.slice(0, count).map(({ value }) => value);
  return joined(operation, parts, operation.integers(count)[0]!);
}

function joined(operation: Operation, parts: readonly ImportedValue[], axis: number): LayerValue {
  const { importer } = operation;
  if (parts.length === 1) return asLayer(importer, parts[0]!);
  const along = resolveAxis(axis, importer.dims(parts[0]!).length);
  const { operands, layout } = align(
    importer,
    parts,
    operation.inputs.map(({ name }) => name),
    along,
  );
  const ours = layout[along]!;
  if (ours.length !== 1 || ours[0]! < 0) operation.refuse(`joins values along axis ${along}, the batch`);
  const place = ours[0]! - operands[0]!.shape.length;
  return importer.layer(concat, place === -1 ? {} : { axis: place }, operands, { layout });
}

/** Values of one shape, one after the other along a new axis. */
function packed(operation: Operation): LayerValue {
  const { importer, inputs } = operation;
  const axis = operation.number('axis', 0);
  const parts = inputs.map(({ value, name }) => {
    const layer = asLayer(importer, value, name);
    return { ...layer, layout: withAxis(layer.layout, axis) };
  });
  return parts.length === 1 ? parts[0]! : joined(operation, parts, axis);
}

/** The cells along an axis, each without it. */
function unpacked(operation: Operation): readonly LayerValue[] {
  const value = separate(operation.importer, operation.layer(0));
  const axis = resolveAxis(operation.number('axis', 0), value.layout.length);
  const count = operation.importer.dims(value)[axis]!;
  operation.attribute('num');
  return Array.from({ length: count }, (_, n) => withoutAxis(operation, cells(operation, value, axis, n, 1), axis));
}

function withoutAxis(operation: Operation, value: LayerValue, axis: number): LayerValue {
  const own = value.layout[axis]!;
  const layout = value.layout.filter((_, one) => one !== axis);
  if (own.length === 0) return { ...value, layout };
  const ours = ourAxis(operation.importer, value, axis);
  const shape = value.shape.filter((_, one) => one !== ours);
  const left = operation.importer.reshape(value, shape.length > 0 ? shape : [1]);
  return { ...left, layout: layout.map((list) => list.map((one) => (one > ours ? one - 1 : one))) };
}

function split(
  operation: Operation,
  from: LayerValue,
  along: number,
  sizes?: readonly number[],
): readonly LayerValue[] {
  const value = separate(operation.importer, from);
  const axis = resolveAxis(along, value.layout.length);
  const total = operation.importer.dims(value)[axis]!;
  const count = operation.number('num_split', sizes?.length);
  const known = (sizes ?? []).reduce((sum, size) => sum + Math.max(size, 0), 0);
  const lengths =
    sizes?.map((size) => (size < 0 ? total - known : size)) ?? Array.from({ length: count }, () => total / count);
  let start = 0;
  return lengths.map((length) => {
    const part = cells(operation, value, axis, start, length);
    start += length;
    return part;
  });
}

/** `count` cells along one axis of TensorFlow. */
function cells(
  operation: Operation,
  value: LayerValue,
  axis: number,
  start: number,
  count: number,
  stride = 1,
): LayerValue {
  const { importer } = operation;
  if (count < 1) operation.refuse('takes nothing', 'a slice of at least one cell');
  const ours = ourAxisIfAny(importer, value, axis);
  if (ours === undefined || (start === 0 && stride === 1 && count === value.shape[ours])) return value;
  const given = { starts: [start], sizes: [count], axes: [ours] };
  return importer.layer(slice, stride === 1 ? given : { ...given, strides: [stride] }, [value]);
}

function sliced(operation: Operation): LayerValue {
  const [starts, sizes] = [operation.integers(1), operation.integers(2)];
  return starts.reduce(
    (value, start, axis) => {
      const count = sizes[axis]! < 0 ? operation.dims(0)[axis]! - start : sizes[axis]!;
      return cells(operation, value, axis, start, count);
    },
    separate(operation.importer, operation.layer(0)),
  );
}

function strided(operation: Operation): LayerValue {
  const { importer } = operation;
  const ranges = stridedRanges(operation, operation.dims(0));
  const value = separate(importer, operation.layer(0));
  const cut = ranges.cells.reduce(
    (part, { axis, start, count, stride }) => cells(operation, part, axis, start, count, stride),
    value,
  );
  const dropped = [...ranges.dropped].sort((a, b) => b - a);
  const without = dropped.reduce((part, axis) => withoutAxis(operation, part, axis), cut);
  const added = [...ranges.added].sort((a, b) => a - b);
  let { layout } = without;
  for (const axis of added) layout = insertAxis(layout, axis);
  return { ...without, layout };
}

const insertAxis = (layout: Layout, axis: number): Layout => [...layout.slice(0, axis), [], ...layout.slice(axis)];

function padded(operation: Operation, mode: string, value = 0): LayerValue {
  const { importer } = operation;
  const amounts = operation.integers(1);
  const x = separate(importer, operation.layer(0));
  const borders: [number, number][] = x.shape.map(() => [0, 0]);
  for (let axis = 0; 2 * axis < amounts.length; axis++) {
    const pair: [number, number] = [amounts[2 * axis]!, amounts[2 * axis + 1]!];
    if (pair[0] !== 0 || pair[1] !== 0) borders[ourAxis(importer, x, axis)] = pair;
  }
  if (borders.every(([before, after]) => before === 0 && after === 0)) return x;
  const onlySpace = x.shape.length > 1 && borders.at(-1)!.every((count) => count === 0);
  const listed: Static = onlySpace ? borders.slice(0, -1) : borders;
  return importer.layer(pad, { padding: listed, mode, ...(mode === 'zero' && value !== 0 && { value }) }, [x]);
}

/** Axes of size 1 are spread; others are joined to themselves. */
function tiled(operation: Operation): LayerValue {
  const counts = operation.integers(1);
  const dims = operation.dims(0);
  const thin = counts.every((count, axis) => count === 1 || dims[axis] === 1);
  if (thin)
    return spread(
      operation,
      dims.map((size, axis) => size * counts[axis]!),
    );
  return counts.reduce((value, count, axis) => {
    const parts = Array.from({ length: count }, () => value);
    return joined(operation, parts, axis);
  }, operation.layer(0));
}

function spread(operation: Operation, wanted: readonly number[]): LayerValue {
  const { importer } = operation;
  const { value, shape, layout } = spreadOver(importer, operation.value(0), wanted);
  return value.shape.join() === shape.join()
    ? { ...value, layout }
    : importer.layer(expand, { shape }, [value], { layout });
}

/** Known places along an axis, one after the other; a single number takes the axis away. */
function gathered(operation: Operation): LayerValue {
  if (operation.number('batch_dims', 0) !== 0) operation.refuse('gathers within batches');
  const indices = operation.constant(1);
  const value = separate(operation.importer, operation.layer(0));
  const axis = resolveAxis(operation.integers(2)[0] ?? 0, value.layout.length);
  const size = operation.importer.dims(value)[axis]!;
  const places = Array.from(indices.data, (place) => (place < 0 ? place + size : place));
  if (indices.shape.length > 1) operation.refuse(`gathers ${indices.shape.length} axes of places`);
  if (indices.shape.length === 0) return withoutAxis(operation, cells(operation, value, axis, places[0]!, 1), axis);
  const stride = places.length > 1 ? places[1]! - places[0]! : 1;
  const isRange = stride > 0 && places.every((place, n) => place === places[0]! + n * stride);
  if (isRange) return cells(operation, value, axis, places[0]!, places.length, stride);
  return joined(
    operation,
    places.map((place) => cells(operation, value, axis, place, 1)),
    axis,
  );
}
