// The meaning of a tensor expression, executed as it reads: the oracle that every lowering and backend is held to.
// Sums run in double precision in the order of the axes; the result is rounded to float32 once, after `finish`.
import { Affine } from './affine.ts';
import { type ComputedIndex, extentsOf, identityOf, type Scalar, type TensorExpression } from './expression.ts';
import { clampedPlace, functions } from './functions.ts';

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
  const walk = new Walk(extentsOf(expression.axes));
  const at = walk.access(expression.target.index, target.shape);
  const value = compileScalar(expression.value, tensors, walk);
  const combine = combiner(expression);
  walk.run(() => {
    const offset = at();
    if (offset < 0) return;
    sums[offset] = combine(sums[offset]!, value(0));
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
  const walk = new Walk(new Map(target.shape.map((size, n) => [`@${n}`, size])));
  const finish = compileScalar(expression.finish, tensors, walk);
  let offset = 0;
  walk.run(() => {
    if (hit[offset]) target.data[offset] = finish(sums[offset]!);
    offset++;
  });
}

function combiner({ combine }: TensorExpression): (before: number, value: number) => number {
  switch (combine) {
    case 'set':
      return (_, value) => value;
    case 'sum':
      return (a, b) => a + b;
    case 'product':
      return (a, b) => a * b;
    case 'max':
      return Math.max;
    case 'min':
      return Math.min;
  }
}

type Evaluated = (accumulated: number) => number;

function compileScalar(scalar: Scalar, tensors: ReadonlyMap<string, Tensor>, walk: Walk): Evaluated {
  switch (scalar.kind) {
    case 'constant':
      return () => scalar.value;
    case 'accumulated':
      return (accumulated) => accumulated;
    case 'read': {
      const tensor = tensors.get(scalar.tensor) ?? absent(scalar.tensor);
      const at = walk.access(scalar.index, tensor.shape);
      if (scalar.computed) return computedRead(scalar.computed, tensor, at, tensors, walk);
      return () => {
        const offset = at();
        return offset < 0 ? scalar.outside : tensor.data[offset]!;
      };
    }
    case 'apply': {
      const parts = scalar.arguments.map((argument) => compileScalar(argument, tensors, walk));
      const [a, b, c] = parts;
      const { evaluate: apply } = functions[scalar.function];
      if (!b) return (accumulated) => apply(a!(accumulated), 0, 0);
      if (!c) return (accumulated) => apply(a!(accumulated), b(accumulated), 0);
      return (accumulated) => apply(a!(accumulated), b(accumulated), c(accumulated));
    }
  }
}

function computedRead(
  computed: readonly ComputedIndex[],
  { shape, data }: Tensor,
  at: () => number,
  tensors: ReadonlyMap<string, Tensor>,
  walk: Walk,
): Evaluated {
  const moves = computed.map(({ axis, extent, value }) => {
    const stride = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
    return { stride, extent, place: compileScalar(value, tensors, walk) };
  });
  return (accumulated) =>
    data[
      moves.reduce((sum, { stride, extent, place }) => sum + stride * clampedPlace(place(accumulated), extent), at())
    ]!;
}

/**
 * A walk over a box in row-major order that keeps the flat offset of each access up to date: one addition for each access
 * at an iteration of the innermost axis, so that preparing the weights of a large network takes seconds and not minutes.
 */
class Walk {
  private readonly axes: readonly string[];
  private readonly extents: readonly number[];
  private readonly point: Int32Array;
  private readonly boxes: ReadonlyMap<string, number>;
  /** Strides by axis of each access that stays in bounds. */
  private readonly strides: number[][] = [];
  private readonly offsets: number[] = [];

  constructor(boxes: ReadonlyMap<string, number>) {
    this.boxes = boxes;
    this.axes = [...boxes.keys()];
    this.extents = [...boxes.values()];
    this.point = new Int32Array(this.axes.length);
  }

  /** The row-major offset of an index at the current point, or −1 outside the tensor. */
  access(index: readonly Affine[], shape: readonly number[]): () => number {
    if (index.length !== shape.length)
      throw new Error(`an index of ${index.length} axes into a tensor of ${shape.length}`);
    const unknown = index.flatMap((affine) => [...affine.axes()]).find((axis) => !this.boxes.has(axis));
    if (unknown) throw new Error(`the axis ${unknown} is not in the box`);
    if (this.extents.some((extent) => extent === 0)) return () => -1;
    const inside = index.every((affine, n) => {
      const [low, high] = affine.range(this.boxes);
      return low >= 0 && high < shape[n]!;
    });
    return inside && index.every((affine) => affine.tables.length === 0)
      ? this.flatAccess(index, shape)
      : this.checkedAccess(index, shape);
  }

  private flatAccess(index: readonly Affine[], shape: readonly number[]): () => number {
    let flat = Affine.constant(0);
    index.forEach((affine, n) => {
      flat = flat.times(shape[n]!).plus(affine);
    });
    const slot = this.strides.length;
    this.strides.push(this.axes.map((axis) => flat.coefficient(axis)));
    this.offsets.push(flat.constant);
    return () => this.offsets[slot]!;
  }

  private checkedAccess(index: readonly Affine[], shape: readonly number[]): () => number {
    const parts = index.map((affine) => this.compileIndex(affine));
    return () => {
      let offset = 0;
      for (let n = 0; n < parts.length; n++) {
        const value = parts[n]!();
        if (value < 0 || value >= shape[n]!) return -1;
        offset = offset * shape[n]! + value;
      }
      return offset;
    };
  }

  private compileIndex(affine: Affine): () => number {
    const terms = [...affine.terms].map(([axis, coefficient]) => [this.axes.indexOf(axis), coefficient] as const);
    const tables = affine.tables.map(({ axis, values }) => [this.axes.indexOf(axis), values] as const);
    return () => {
      let value = affine.constant;
      for (const [position, coefficient] of terms) value += coefficient * this.point[position]!;
      for (const [position, values] of tables) value += values[this.point[position]!]!;
      return value;
    };
  }

  run(visit: () => void): void {
    const { extents, point, strides, offsets } = this;
    if (extents.some((extent) => extent === 0)) return;
    for (;;) {
      visit();
      let axis = extents.length - 1;
      for (; axis >= 0 && point[axis] === extents[axis]! - 1; axis--) {
        for (let slot = 0; slot < strides.length; slot++)
          offsets[slot] = offsets[slot]! - strides[slot]![axis]! * point[axis]!;
        point[axis] = 0;
      }
      if (axis < 0) return;
      point[axis]!++;
      for (let slot = 0; slot < strides.length; slot++) offsets[slot] = offsets[slot]! + strides[slot]![axis]!;
    }
  }
}

function absent(name: string): never {
  throw new Error(`no tensor ${name}`);
}
