// Numbers known at import, their sizes bounded: a small file may ask for a large constant.

import { countOf } from '../../files/elements.ts';
import type { Shape } from '../../tensor.ts';
import { showShape } from '../../tensor.ts';
import { Refusal } from './refusal.ts';
import type { ConstantValue } from './values.ts';

/** 256 MiB of numbers. */
const mostElements = 1 << 26;

export function sized(shape: Shape): number {
  const count = countOf(shape);
  if (count !== undefined && count <= mostElements) return count;
  throw new Refusal(`makes a constant of ${showShape(shape)}, too large`, undefined, 'too-large');
}

export const constantOf = (shape: Shape, data: Float32Array | Float64Array): ConstantValue => ({
  kind: 'constant',
  shape,
  data,
});

/** A list of integers, as a one-dimensional constant. */
export const integersOf = (values: readonly number[]): ConstantValue =>
  constantOf([values.length], Float64Array.from(values));

/** Whether the numbers are floating point; integers are kept as doubles. */
export const isFloating = ({ data }: ConstantValue): boolean => data instanceof Float32Array;

/** A constant whose elements are computed one by one. */
export function computed(shape: Shape, floating: boolean, at: (i: number) => number): ConstantValue {
  const count = sized(shape);
  const data = floating ? new Float32Array(count) : new Float64Array(count);
  for (let i = 0; i < count; i++) data[i] = at(i);
  return constantOf(shape, data);
}

/** Elementwise with numpy's broadcasting. */
export function broadcast(a: ConstantValue, b: ConstantValue, apply: (a: number, b: number) => number): ConstantValue {
  const rank = Math.max(a.shape.length, b.shape.length);
  const pad = ({ shape }: ConstantValue): number[] => [...Array(rank - shape.length).fill(1), ...shape];
  const [left, right] = [pad(a), pad(b)];
  const shape = left.map((size, axis) => {
    if (size === right[axis] || right[axis] === 1) return size;
    if (size === 1) return right[axis]!;
    throw new Refusal(`cannot broadcast ${showShape(a.shape)} and ${showShape(b.shape)}`);
  });
  const [x, y] = [spreadTo(a, shape), spreadTo(b, shape)];
  return computed(shape, isFloating(a) || isFloating(b), (i) => apply(x(i), y(i)));
}

/** The element of a constant that stands at flat position `i` of a shape it is repeated over. */
function spreadTo({ shape, data }: ConstantValue, wanted: Shape): (i: number) => number {
  if (data.length === 1) return () => data[0]!;
  const extended = [...Array(wanted.length - shape.length).fill(1), ...shape];
  const strides = extended.map((size, axis) =>
    size === 1 ? 0 : extended.slice(axis + 1).reduce((product, next) => product * next, 1),
  );
  return (i) => {
    let rest = i;
    let at = 0;
    for (let axis = wanted.length - 1; axis >= 0; axis--) {
      at += (rest % wanted[axis]!) * strides[axis]!;
      rest = Math.floor(rest / wanted[axis]!);
    }
    return data[at]!;
  };
}
