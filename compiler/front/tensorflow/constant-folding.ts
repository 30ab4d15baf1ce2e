// What follows from numbers that are known is computed while the model is imported: above all the arithmetic of sizes
// that converters leave in graphs.
import { broadcast, computed, constantOf, integersOf, isFloating, sized } from '../importing/constants.ts';
import { Refusal } from '../importing/refusal.ts';
import { product, reshapedDims, resolveAxis, squeezedAxes, unsqueezedAxes } from '../importing/shapes.ts';
import type { ConstantValue } from '../importing/values.ts';
import { permuteData } from '../importing/weights.ts';
import type { Operation } from './operation.ts';
import { stridedRanges } from './ranges.ts';

type Fold = (operation: Operation) => ConstantValue | readonly ConstantValue[];

const binary =
  (apply: (a: number, b: number) => number): Fold =>
  (operation) =>
    broadcast(operation.constant(0), operation.constant(1), apply);

const unary =
  (apply: (a: number) => number): Fold =>
  (operation) => {
    const { shape, data } = operation.constant(0);
    return constantOf(shape, data.map(apply));
  };

const under = ({ data }: ConstantValue, shape: readonly number[]): ConstantValue => constantOf(shape, data);

/** Whole numbers divide to whole numbers. */
const divide: Fold = (operation) => {
  const [a, b] = [operation.constant(0), operation.constant(1)];
  return broadcast(a, b, isFloating(a) || isFloating(b) ? (x, y) => x / y : (x, y) => Math.trunc(x / y));
};

export const folds: ReadonlyMap<string, Fold> = new Map<string, Fold>([
  ['Add', binary((a, b) => a + b)],
  ['AddV2', binary((a, b) => a + b)],
  ['Sub', binary((a, b) => a - b)],
  ['Mul', binary((a, b) => a * b)],
  ['RealDiv', divide],
  ['Div', divide],
  ['FloorDiv', binary((a, b) => Math.floor(a / b))],
  ['FloorMod', binary((a, b) => a - Math.floor(a / b) * b)],
  ['Maximum', binary(Math.max)],
  ['Minimum', binary(Math.min)],
  ['Pow', binary((a, b) => a ** b)],
  ['Equal', binary((a, b) => Number(a === b))],
  ['NotEqual', binary((a, b) => Number(a !== b))],
  ['Greater', binary((a, b) => Number(a > b))],
  ['GreaterEqual', binary((a, b) => Number(a >= b))],
  ['Less', binary((a, b) => Number(a < b))],
  ['LessEqual', binary((a, b) => Number(a <= b))],
  ['LogicalAnd', binary((a, b) => Number(a !== 0 && b !== 0))],
  ['LogicalOr', binary((a, b) => Number(a !== 0 || b !== 0))],
  ['LogicalNot', unary((a) => Number(a === 0))],
  ['Neg', unary((a) => -a)],
  ['Abs', unary(Math.abs)],
  ['Sqrt', unary(Math.sqrt)],
  ['Rsqrt', unary((a) => 1 / Math.sqrt(a))],
  ['Square', unary((a) => a * a)],
  ['Exp', unary(Math.exp)],
  ['Log', unary(Math.log)],
  ['Floor', unary(Math.floor)],
  ['Ceil', unary(Math.ceil)],
  ['Reciprocal', unary((a) => 1 / a)],
  ['ZerosLike', unary(() => 0)],
  ['OnesLike', unary(() => 1)],
  ['Identity', (operation) => operation.constant(0)],
  ['Cast', cast],
  [
    'Reshape',
    (operation) => under(operation.constant(0), reshapedDims(operation.dims(0), operation.integers(1), true)),
  ],
  ['Squeeze', squeezed],
  ['ExpandDims', expanded],
  ['Transpose', turned],
  ['Pack', packed],
  ['Unpack', unpacked],
  ['ConcatV2', joined],
  ['Slice', (operation) => box(operation, operation.integers(1), operation.integers(2))],
  ['StridedSlice', strided],
  ['GatherV2', gathered],
  ['Fill', filled],
  ['Range', counted],
  ['Tile', tiled],
  [
    'BroadcastTo',
    (operation) =>
      broadcast(
        operation.constant(0),
        constantOf(operation.integers(1), new Float64Array(sized(operation.integers(1)))),
        (a) => a,
      ),
  ],
  ['Prod', (operation) => constantOf([], Float64Array.of(product([...operation.constant(0).data])))],
]);

/** What follows from the sizes of a value, whoever computes it. */
export const ofSizes: ReadonlyMap<string, Fold> = new Map<string, Fold>([
  ['Shape', (operation) => integersOf(operation.dims(0))],
  ['Size', (operation) => constantOf([], Float64Array.of(product(operation.dims(0))))],
  ['Rank', (operation) => constantOf([], Float64Array.of(operation.dims(0).length))],
  ['ZerosLike', (operation) => computed(operation.dims(0), true, () => 0)],
  ['OnesLike', (operation) => computed(operation.dims(0), true, () => 1)],
]);

function cast(operation: Operation): ConstantValue {
  const { shape, data } = operation.constant(0);
  const to = operation.text('DstT', 'DT_FLOAT');
  return to === 'DT_FLOAT'
    ? constantOf(shape, Float32Array.from(data))
    : constantOf(shape, Float64Array.from(data, to === 'DT_BOOL' ? (value) => Number(value !== 0) : Math.trunc));
}

function squeezed(operation: Operation): ConstantValue {
  const axes = operation.numbers('squeeze_dims') ?? [];
  const dims = operation.dims(0);
  return under(
    operation.constant(0),
    squeezedAxes(dims, axes.length > 0 ? axes : undefined).map((axis) => dims[axis]!),
  );
}

function expanded(operation: Operation): ConstantValue {
  const dims = operation.dims(0);
  const places = unsqueezedAxes(dims.length, [operation.integers(1)[0]!]);
  return under(
    operation.constant(0),
    places.map((axis) => (axis === undefined ? 1 : dims[axis]!)),
  );
}

function turned(operation: Operation): ConstantValue {
  const { shape, data } = operation.constant(0);
  const order = operation.integers(1);
  return constantOf(
    order.map((axis) => shape[axis]!),
    permuteData(data, shape, order),
  );
}

function packed(operation: Operation): ConstantValue {
  const axis = resolveAxis(operation.number('axis', 0), operation.dims(0).length + 1);
  const parts = operation.inputs.map((_, input) => operation.constant(input));
  return along(
    parts.map((part) => under(part, part.shape.toSpliced(axis, 0, 1))),
    axis,
  );
}

function joined(operation: Operation): ConstantValue {
  const count = operation.inputs.length - 1;
  const parts = Array.from({ length: count }, (_, input) => operation.constant(input));
  return along(parts, resolveAxis(operation.integers(count)[0]!, parts[0]!.shape.length));
}

/** One after the other along an axis that all have. */
function along(parts: readonly ConstantValue[], axis: number): ConstantValue {
  const [first] = parts as [ConstantValue];
  const total = parts.reduce((sum, { shape }) => sum + shape[axis]!, 0);
  const [outer, inner] = [product(first.shape.slice(0, axis)), product(first.shape.slice(axis + 1))];
  const numbers: number[] = [];
  sized(first.shape.with(axis, total));
  for (let o = 0; o < outer; o++)
    for (const { shape, data } of parts) {
      const length = shape[axis]! * inner;
      for (const value of data.subarray(o * length, (o + 1) * length)) numbers.push(value);
    }
  const shape = first.shape.with(axis, total);
  return constantOf(shape, parts.some(isFloating) ? Float32Array.from(numbers) : Float64Array.from(numbers));
}

function unpacked(operation: Operation): readonly ConstantValue[] {
  const { shape } = operation.constant(0);
  const axis = resolveAxis(operation.number('axis', 0), shape.length);
  operation.attribute('num');
  return Array.from({ length: shape[axis]! }, (_, n) => {
    const starts = shape.map((_, one) => (one === axis ? n : 0));
    return under(box(operation, starts, shape.with(axis, 1)), shape.toSpliced(axis, 1));
  });
}

/** The cells from `starts` on; a size of −1 is all that are left. */
function box(operation: Operation, starts: readonly number[], sizes: readonly number[]): ConstantValue {
  const counts = sizes.map((size, axis) => (size < 0 ? operation.dims(0)[axis]! - starts[axis]! : size));
  return picked(operation.constant(0), counts, (index) => index.map((at, axis) => at + starts[axis]!));
}

function strided(operation: Operation): ConstantValue {
  const value = operation.constant(0);
  const { cells, dropped, added } = stridedRanges(operation, value.shape);
  const along = new Map(cells.map((one) => [one.axis, one]));
  const counts = value.shape.map((size, axis) => along.get(axis)?.count ?? size);
  const cut = picked(value, counts, (index) =>
    index.map((at, axis) => {
      const { start = 0, stride = 1 } = along.get(axis) ?? {};
      return start + at * stride;
    }),
  );
  const shape = counts.filter((_, axis) => !dropped.includes(axis));
  return under(
    cut,
    added.reduce<readonly number[]>((sizes, axis) => sizes.toSpliced(axis, 0, 1), shape),
  );
}

function gathered(operation: Operation): ConstantValue {
  const [value, indices] = [operation.constant(0), operation.constant(1)];
  const axis = resolveAxis(operation.known(2)?.data[0] ?? 0, value.shape.length);
  const size = value.shape[axis]!;
  const counts = value.shape.with(axis, indices.data.length);
  const taken = picked(value, counts, (index) => {
    const place = indices.data[index[axis]!]!;
    return index.with(axis, place < 0 ? place + size : place);
  });
  return under(taken, value.shape.toSpliced(axis, 1, ...indices.shape));
}

function filled(operation: Operation): ConstantValue {
  const value = operation.constant(1);
  return computed(operation.integers(0), isFloating(value), () => value.data[0]!);
}

function counted(operation: Operation): ConstantValue {
  const [start, limit, step] = [0, 1, 2].map((input) => operation.constant(input).data[0]!) as [number, number, number];
  const count = Math.max(0, Math.ceil((limit - start) / step));
  if (!Number.isFinite(count)) throw new Refusal(`counts from ${start} to ${limit} by ${step}`);
  const floating = [0, 1, 2].some((input) => isFloating(operation.constant(input)));
  return computed([count], floating, (n) => start + n * step);
}

function tiled(operation: Operation): ConstantValue {
  const value = operation.constant(0);
  const counts = operation.integers(1);
  const sizes = value.shape.map((size, axis) => size * counts[axis]!);
  return picked(value, sizes, (index) => index.map((at, axis) => at % value.shape[axis]!));
}

/** A tensor of these sizes, each element from a place of the value. */
function picked(
  value: ConstantValue,
  sizes: readonly number[],
  place: (index: readonly number[]) => readonly number[],
): ConstantValue {
  const strides = value.shape.map((_, axis) => product(value.shape.slice(axis + 1)));
  const steps = sizes.map((_, axis) => product(sizes.slice(axis + 1)));
  return computed(sizes, isFloating(value), (n) => {
    const index = sizes.map((size, axis) => Math.floor(n / steps[axis]!) % size);
    const from = place(index).reduce((sum, at, axis) => sum + at * strides[axis]!, 0);
    return value.data[from] ?? Number.NaN;
  });
}
