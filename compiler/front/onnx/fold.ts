// Nodes whose inputs are all known are computed at import: the shape arithmetic that exporters write, and weights that
// are derived from other weights. Sizes are bounded, since a small file may ask for a large constant.

import type { Problem } from '../../../dsl/problem.ts';
import { countOf } from '../../files/elements.ts';
import { type Shape, showShape } from '../../tensor.ts';
import { broadcast, computed, constantOf, integersOf, isFloating, sized } from '../importing/constants.ts';
import { Refusal } from '../importing/refusal.ts';
import { product, reshapedDims, resolveAxis, squeezedAxes, unsqueezedAxes } from '../importing/shapes.ts';
import type { ConstantValue } from '../importing/values.ts';
import { asFloats, permuteData } from '../importing/weights.ts';
import {
  axesOf,
  flattenedDims,
  permutationOf,
  reshapeTarget,
  type ShapingNode,
  shapePart,
  sliceRanges,
} from './node-shapes.ts';
import { elementTypeOf, isFloat, readTensor } from './tensor.ts';

type Fold = (node: ShapingNode) => ConstantValue;

function input(node: ShapingNode, at: number): ConstantValue {
  const value = node.inputs[at];
  if (value) return value;
  throw new Refusal(`lacks its input ${at}`);
}

const binary =
  (apply: (a: number, b: number) => number, whole = false): Fold =>
  (node) => {
    const [a, b] = [input(node, 0), input(node, 1)];
    const integers = whole && !isFloating(a) && !isFloating(b);
    return broadcast(a, b, integers ? (x, y) => Math.trunc(apply(x, y)) : apply);
  };

const unary =
  (apply: (a: number) => number): Fold =>
  (node) => {
    const { shape, data } = input(node, 0);
    return constantOf(shape, data.map(apply));
  };

const reshaped =
  (shapeOf: (node: ShapingNode, shape: Shape) => Shape): Fold =>
  (node) => {
    const { shape, data } = input(node, 0);
    const wanted = shapeOf(node, shape);
    if (countOf(wanted) !== data.length) {
      throw new Refusal(`cannot reshape ${showShape(shape)} to ${showShape(wanted)}`);
    }
    return constantOf(wanted, data);
  };

function gather(node: ShapingNode): ConstantValue {
  const [value, indices] = [input(node, 0), input(node, 1)];
  const axis = resolveAxis(node.attributes.int('axis', 0), value.shape.length);
  const from = Array.from(indices.data, (index) => resolveAxis(index, value.shape[axis]!));
  const { data } = takeAlong(value, axis, from);
  return constantOf([...value.shape.slice(0, axis), ...indices.shape, ...value.shape.slice(axis + 1)], data);
}

function concatenate(node: ShapingNode): ConstantValue {
  const parts = node.inputs.map((_, at) => input(node, at));
  const first = input(node, 0).shape;
  const axis = resolveAxis(node.attributes.int('axis', 1), first.length);
  const misfit = parts.find(({ shape }) => shape.with(axis, 0).join() !== first.with(axis, 0).join());
  if (misfit) throw new Refusal(`cannot join ${showShape(first)} and ${showShape(misfit.shape)} along axis ${axis}`);
  const shape = first.with(
    axis,
    parts.reduce((sum, part) => sum + part.shape[axis]!, 0),
  );
  const outer = product(first.slice(0, axis));
  const numbers: number[] = [];
  sized(shape);
  for (let o = 0; o < outer; o++) {
    for (const { data } of parts) {
      const step = data.length / outer;
      for (let i = o * step; i < (o + 1) * step; i++) numbers.push(data[i]!);
    }
  }
  return constantOf(shape, parts.some(isFloating) ? Float32Array.from(numbers) : Float64Array.from(numbers));
}

function slice(node: ShapingNode): ConstantValue {
  return sliceRanges(node, input(node, 0).shape).reduce(
    (value, { axis, start, step, count }) => {
      sized([count]);
      return takeAlong(
        value,
        axis,
        Array.from({ length: count }, (_, i) => start + i * step),
      );
    },
    input(node, 0),
  );
}

function takeAlong(value: ConstantValue, axis: number, indices: readonly number[]): ConstantValue {
  const { shape, data } = value;
  const inner = product(shape.slice(axis + 1));
  return computed(shape.with(axis, indices.length), isFloating(value), (i) => {
    const line = Math.floor(i / inner);
    const outer = Math.floor(line / indices.length);
    return data[(outer * shape[axis]! + indices[line % indices.length]!) * inner + (i % inner)]!;
  });
}

function transposed(node: ShapingNode): ConstantValue {
  const { shape, data } = input(node, 0);
  const permutation = permutationOf(node.attributes, shape.length);
  return constantOf(
    permutation.map((axis) => shape[axis]!),
    permuteData(data, shape, permutation),
  );
}

function filled(node: ShapingNode): ConstantValue {
  const shape = [...input(node, 0).data];
  const given = node.attributes.tensor('value');
  const value = given ? readTensor(given, 'the model') : undefined;
  if (value && !value.ok) throw unreadable(value.problems[0]!);
  const count = sized(shape);
  if (value?.value.kind === 'integer') return constantOf(shape, new Float64Array(count).fill(value.value.data[0] ?? 0));
  return constantOf(shape, new Float32Array(count).fill(value?.value.data[0] ?? 0));
}

const unreadable = ({ code, message }: Problem): Refusal => new Refusal(message, undefined, code.replace('onnx/', ''));

function constantNode({ attributes }: ShapingNode): ConstantValue {
  const tensor = attributes.tensor('value');
  if (tensor) {
    const value = readTensor(tensor, 'the model');
    if (!value.ok) throw unreadable(value.problems[0]!);
    return constantOf(value.value.shape, value.value.data);
  }
  const [floats, ints] = [attributes.floats('value_floats'), attributes.ints('value_ints')];
  if (floats) return constantOf([floats.length], Float32Array.from(floats));
  if (ints) return integersOf(ints);
  if (attributes.has('value_float')) return constantOf([], Float32Array.of(attributes.float('value_float')));
  return constantOf([], Float64Array.of(attributes.int('value_int')));
}

function range(node: ShapingNode): ConstantValue {
  const [start, limit, delta] = [0, 1, 2].map((at) => input(node, at).data[0] ?? NaN) as [number, number, number];
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  return computed([count], isFloating(input(node, 0)), (i) => start + i * delta);
}

function cast(node: ShapingNode): ConstantValue {
  const { shape, data } = input(node, 0);
  node.attributes.has('saturate');
  const type = elementTypeOf(node.attributes.int('to'));
  if (!type) throw new Refusal(`casts to element type ${node.attributes.int('to')}`, undefined, 'tensor-type');
  if (isFloat(type)) return constantOf(shape, asFloats(data));
  return constantOf(shape, Float64Array.from(data, type === 'bool' ? (value) => (value === 0 ? 0 : 1) : Math.trunc));
}

function expand(node: ShapingNode): ConstantValue {
  const ones = computed([...input(node, 1).data], false, () => 1);
  return broadcast(input(node, 0), ones, (value) => value);
}

function where(node: ShapingNode): ConstantValue {
  const condition = input(node, 0);
  const either = (wanted: boolean) => (value: number, holds: number) => ((holds !== 0) === wanted ? value : 0);
  const chosen = broadcast(input(node, 1), condition, either(true));
  return broadcast(chosen, broadcast(input(node, 2), condition, either(false)), (a, b) => a + b);
}

function reduceProduct(node: ShapingNode): ConstantValue {
  const value = input(node, 0);
  const axes = axesOf(node);
  if (axes && axes.length !== value.shape.length) throw new Refusal('multiplies along some of several axes');
  const shape = node.attributes.int('keepdims', 1) === 1 ? value.shape.map(() => 1) : [];
  return computed(shape, isFloating(value), () => product([...value.data]));
}

const truth = (holds: boolean): number => (holds ? 1 : 0);

/** By ONNX's names. */
export const folds: ReadonlyMap<string, Fold> = new Map<string, Fold>([
  ['Identity', (node) => input(node, 0)],
  ['Constant', constantNode],
  ['ConstantOfShape', filled],
  ['Cast', cast],
  ['Gather', gather],
  ['Concat', concatenate],
  ['Slice', slice],
  ['Transpose', transposed],
  ['Range', range],
  ['Expand', expand],
  ['Where', where],
  ['ReduceProd', reduceProduct],
  ['Shape', (node) => integersOf(shapePart(node.attributes, input(node, 0).shape))],
  ['Size', (node) => constantOf([], Float64Array.of(input(node, 0).data.length))],
  [
    'Reshape',
    reshaped((node, shape) => reshapedDims(shape, reshapeTarget(node), node.attributes.int('allowzero', 0) === 1)),
  ],
  ['Flatten', reshaped((node, shape) => flattenedDims(shape, node.attributes.int('axis', 1)))],
  ['Squeeze', reshaped((node, shape) => squeezedAxes(shape, axesOf(node)).map((axis) => shape[axis]!))],
  [
    'Unsqueeze',
    reshaped((node, shape) =>
      unsqueezedAxes(shape.length, axesOf(node)).map((axis) => (axis === undefined ? 1 : shape[axis]!)),
    ),
  ],
  ['Add', binary((a, b) => a + b)],
  ['Sub', binary((a, b) => a - b)],
  ['Mul', binary((a, b) => a * b)],
  ['Div', binary((a, b) => a / b, true)],
  ['Mod', binary((a, b) => a - b * Math.floor(a / b))],
  ['Pow', binary((a, b) => a ** b)],
  ['Min', binary(Math.min)],
  ['Max', binary(Math.max)],
  ['Equal', binary((a, b) => truth(a === b))],
  ['Greater', binary((a, b) => truth(a > b))],
  ['Less', binary((a, b) => truth(a < b))],
  ['GreaterOrEqual', binary((a, b) => truth(a >= b))],
  ['LessOrEqual', binary((a, b) => truth(a <= b))],
  ['And', binary((a, b) => truth(a !== 0 && b !== 0))],
  ['Or', binary((a, b) => truth(a !== 0 || b !== 0))],
  ['Not', unary((a) => truth(a === 0))],
  ['Neg', unary((a) => -a)],
  ['Abs', unary(Math.abs)],
  ['Sqrt', unary(Math.sqrt)],
  ['Exp', unary(Math.exp)],
  ['Floor', unary(Math.floor)],
  ['Ceil', unary(Math.ceil)],
  ['Reciprocal', unary((a) => 1 / a)],
]);
