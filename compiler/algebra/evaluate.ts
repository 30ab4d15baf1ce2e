// The meaning of a tensor expression, executed as it reads: the oracle that every lowering and backend is held to.
// Sums run in double precision in the order of the axes; the result is rounded to float32 once, after `finish`.
import type { Affine } from './affine.ts';
import { extentsOf, identityOf, type Read, type Scalar, type TensorExpression } from './expression.ts';
import { applyFunction, functions } from './functions.ts';

/** A dense row-major tensor. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export const emptyTensor = (shape: readonly number[]): Tensor => ({
  shape,
  data: new Float32Array(shape.reduce((product, size) => product * size, 1)),
});

/** Executes one statement: `tensors` holds everything it reads and the target that it writes. */
export function evaluate(expression: TensorExpression, tensors: ReadonlyMap<string, Tensor>): void {
  const target = tensors.get(expression.target.tensor) ?? absent(expression.target.tensor);
  const reached = accumulate(expression, tensors, target);
  finishElements(expression, tensors, target, reached);
}

interface Reached {
  readonly sums: Float64Array;
  readonly hit: Uint8Array;
}

function accumulate(expression: TensorExpression, tensors: ReadonlyMap<string, Tensor>, target: Tensor): Reached {
  const sums = new Float64Array(target.data.length).fill(identityOf[expression.combine]);
  const hit = new Uint8Array(target.data.length).fill(expression.scatter ? 1 : 0);
  const axes = expression.axes.map((axis) => axis.name);
  const extents = extentsOf(expression.axes);
  const at = compileOffset(expression.target.index, target.shape, axes, extents);
  const value = compileScalar(expression.value, tensors, axes, extents);
  const combine = combiner(expression);
  forEachPoint([...extents.values()], (point) => {
    const offset = at(point);
    if (offset < 0) return;
    sums[offset] = combine(sums[offset]!, value(point, 0));
    hit[offset] = 1;
  });
  return { sums, hit };
}

function finishElements(
  expression: TensorExpression,
  tensors: ReadonlyMap<string, Tensor>,
  target: Tensor,
  { sums, hit }: Reached,
): void {
  const coordinates = target.shape.map((_, n) => `@${n}`);
  const extents = new Map(target.shape.map((size, n) => [`@${n}`, size]));
  const finish = compileScalar(expression.finish, tensors, coordinates, extents);
  let offset = 0;
  forEachPoint(target.shape, (point) => {
    if (hit[offset]) target.data[offset] = finish(point, sums[offset]!);
    offset++;
  });
}

function combiner({ combine }: TensorExpression): (before: number, value: number) => number {
  switch (combine) {
    case 'set':
      return (_, value) => value;
    case 'sum':
      return functions.add.evaluate as (a: number, b: number) => number;
    case 'product':
      return functions.multiply.evaluate as (a: number, b: number) => number;
    case 'max':
      return Math.max;
    case 'min':
      return Math.min;
  }
}

type Point = Int32Array;
type Evaluated = (point: Point, accumulated: number) => number;

function compileScalar(
  scalar: Scalar,
  tensors: ReadonlyMap<string, Tensor>,
  axes: readonly string[],
  extents: ReadonlyMap<string, number>,
): Evaluated {
  switch (scalar.kind) {
    case 'constant':
      return () => scalar.value;
    case 'accumulated':
      return (_, accumulated) => accumulated;
    case 'read':
      return compileRead(scalar, tensors.get(scalar.tensor) ?? absent(scalar.tensor), axes, extents);
    case 'apply': {
      const parts = scalar.arguments.map((argument) => compileScalar(argument, tensors, axes, extents));
      const [a, b, c] = parts;
      const { evaluate: apply } = functions[scalar.function];
      if (!b) return (point, accumulated) => apply(a!(point, accumulated), 0, 0);
      if (!c) return (point, accumulated) => apply(a!(point, accumulated), b(point, accumulated), 0);
      return (point, accumulated) =>
        applyFunction(
          scalar.function,
          parts.map((part) => part(point, accumulated)),
        );
    }
  }
}

function compileRead(
  read: Read,
  tensor: Tensor,
  axes: readonly string[],
  extents: ReadonlyMap<string, number>,
): Evaluated {
  const at = compileOffset(read.index, tensor.shape, axes, extents);
  const { data } = tensor;
  return (point) => {
    const offset = at(point);
    return offset < 0 ? read.outside : data[offset]!;
  };
}

/** Row-major offset of an index at a point, or −1 outside the tensor. */
function compileOffset(
  index: readonly Affine[],
  shape: readonly number[],
  axes: readonly string[],
  extents: ReadonlyMap<string, number>,
): (point: Point) => number {
  if (index.length !== shape.length)
    throw new Error(`an index of ${index.length} axes into a tensor of ${shape.length}`);
  const parts = index.map((affine) => compileIndex(affine, axes));
  const checked = index.map((affine, n) => {
    const [low, high] = affine.range(extents);
    return low < 0 || high >= shape[n]!;
  });
  return (point) => {
    let offset = 0;
    for (let n = 0; n < parts.length; n++) {
      const value = parts[n]!(point);
      if (checked[n] && (value < 0 || value >= shape[n]!)) return -1;
      offset = offset * shape[n]! + value;
    }
    return offset;
  };
}

function compileIndex(affine: Affine, axes: readonly string[]): (point: Point) => number {
  const terms = [...affine.terms].map(([axis, coefficient]) => [axes.indexOf(axis), coefficient] as const);
  const tables = affine.tables.map(({ axis, values }) => [axes.indexOf(axis), values] as const);
  if ([...terms, ...tables].some(([position]) => position < 0))
    throw new Error(`an axis of ${affine} is not in the box`);
  return (point) => {
    let value = affine.constant;
    for (const [position, coefficient] of terms) value += coefficient * point[position]!;
    for (const [position, values] of tables) value += values[point[position]!]!;
    return value;
  };
}

/** Calls `visit` for each point of a box in row-major order; the array is reused. */
function forEachPoint(extents: readonly number[], visit: (point: Point) => void): void {
  if (extents.some((extent) => extent === 0)) return;
  const point = new Int32Array(extents.length);
  for (;;) {
    visit(point);
    let axis = extents.length - 1;
    while (axis >= 0 && point[axis] === extents[axis]! - 1) point[axis--] = 0;
    if (axis < 0) return;
    point[axis]!++;
  }
}

function absent(name: string): never {
  throw new Error(`no tensor ${name}`);
}
