// The receptive field of a value: which part of an input one of its elements can see. Intervals are propagated backwards
// through the expressions, so that strides, dilations, transposed layers and branches need no rules of their own
// (A. Araujo, W. Norris, J. Sim, "Computing Receptive Fields of Convolutional Neural Networks", 2019).
import type { Affine } from '../algebra/affine.ts';
import { type Axis, allReads, extentsOf, readsOf, type TensorExpression } from '../algebra/expression.ts';
import { computeSteps, writersOf } from '../passes/usage.ts';
import type { Program, Step } from '../program.ts';

/** `[low, high]`, both included; may go beyond the tensor, into padding. */
export type Interval = readonly [low: number, high: number];

export interface ReceptiveField {
  readonly input: string;
  /** One for each axis of the input, its channels last. */
  readonly intervals: readonly Interval[];
}

/** What the element at `position` of a value sees of each input. */
export function receptiveField(program: Program, value: string, position: readonly number[]): ReceptiveField[] {
  const wanted = new Map<string, readonly Interval[]>([[value, position.map((at): Interval => [at, at])]]);
  const last = Math.max(...program.steps.map((step, at) => (writersOf(program, value).includes(step) ? at : -1)), -1);
  for (let at = last; at >= 0; at--) {
    for (const [tensor, intervals] of seenThrough(program, program.steps[at]!, wanted)) {
      wanted.set(tensor, hull(wanted.get(tensor), intervals));
    }
  }
  return program.inputs.flatMap((input) => {
    const intervals = wanted.get(input);
    return intervals ? [{ input, intervals }] : [];
  });
}

/** The size of the receptive field by axis of the first input, over the phases of a transposed layer the largest. */
export function receptiveFieldSize(program: Program, value: string): readonly number[] | undefined {
  const { shape } = program.values.get(value)!;
  const sizes = [0, 1, 2, 3].map((shift) => {
    const position = shape.map((size) => Math.min(size - 1, Math.floor(size / 2) + shift));
    return receptiveField(program, value, position)[0]?.intervals.map(([low, high]) => high - low + 1);
  });
  const first = sizes[0];
  return first?.map((_, axis) => Math.max(...sizes.map((size) => size?.[axis] ?? 0)));
}

function* seenThrough(
  program: Program,
  step: Step,
  wanted: ReadonlyMap<string, readonly Interval[]>,
): Generator<readonly [string, readonly Interval[]]> {
  if (step.kind === 'alias') {
    const target = wanted.get(step.target);
    if (target) yield [step.source, throughAlias(program, step.source, step.target, target)];
    return;
  }
  for (const { expression } of computeSteps(step)) {
    const target = wanted.get(expression.target.tensor);
    if (target) yield* throughExpression(expression, target);
  }
}

function throughAlias(
  program: Program,
  source: string,
  target: string,
  intervals: readonly Interval[],
): readonly Interval[] {
  const from = program.values.get(source)!.shape;
  if (from.join() === program.values.get(target)!.shape.join()) return intervals;
  return from.map((size): Interval => [0, size - 1]);
}

function* throughExpression(
  expression: TensorExpression,
  target: readonly Interval[],
): Generator<readonly [string, readonly Interval[]]> {
  const boxes = axisIntervals(expression, target);
  const coordinates = new Map(target.map((interval, n) => [`@${n}`, interval] as const));
  for (const read of readsOf(expression.value)) yield [read.tensor, read.index.map((index) => rangeOver(index, boxes))];
  for (const read of allReads(expression)) {
    if (!readsOf(expression.value).includes(read))
      yield [read.tensor, read.index.map((index) => rangeOver(index, coordinates))];
  }
}

/** Which values of each axis write into the target's intervals: `o = s·y + rest` gives `y = (o − rest) / s`. */
function axisIntervals(expression: TensorExpression, target: readonly Interval[]): Map<string, Interval> {
  const extents = extentsOf(expression.axes);
  const intervals = new Map(expression.axes.map(({ name, extent }: Axis) => [name, [0, extent - 1] as Interval]));
  expression.target.index.forEach((index, n) => {
    for (const [axis, coefficient] of index.terms) {
      const [restLow, restHigh] = index.minus(singleTerm(index, axis)).range(extents);
      const [low, high] = target[n]!;
      const [a, b] = [(low - restHigh) / coefficient, (high - restLow) / coefficient];
      const scattered = index.terms.size > 1 && expression.scatter;
      const bounded: Interval = [Math.ceil(Math.min(a, b)), Math.floor(Math.max(a, b))];
      // Only a scatter may reach sources that do not exist (they count as padding); digits of a number stay in their box.
      const known = intervals.get(axis)!;
      if (index.terms.size === 1 || scattered) intervals.set(axis, isLarger(index, axis) ? bounded : known);
      else intervals.set(axis, [Math.max(known[0], bounded[0]), Math.min(known[1], bounded[1])]);
    }
  });
  return intervals;
}

/** In `s·y + d·i − p` the source is y, which comes first; the tap keeps its whole range. */
const isLarger = (index: Affine, axis: string): boolean => [...index.terms.keys()][0] === axis;

function singleTerm(index: Affine, axis: string): Affine {
  return index
    .minus(index.constant)
    .substitute(new Map([...index.axes()].filter((other) => other !== axis).map((other) => [other, index.times(0)])));
}

function rangeOver(index: Affine, intervals: ReadonlyMap<string, Interval>): Interval {
  let low = index.constant;
  let high = index.constant;
  for (const [axis, coefficient] of index.terms) {
    const [a, b] = intervals.get(axis)!;
    low += Math.min(coefficient * a, coefficient * b);
    high += Math.max(coefficient * a, coefficient * b);
  }
  for (const { axis, values } of index.tables) {
    const [a, b] = intervals.get(axis)!;
    const used = values.slice(Math.max(0, a), b + 1);
    low += Math.min(...used);
    high += Math.max(...used);
  }
  return [low, high];
}

const hull = (a: readonly Interval[] | undefined, b: readonly Interval[]): readonly Interval[] =>
  a ? a.map(([low, high], n): Interval => [Math.min(low, b[n]![0]), Math.max(high, b[n]![1])]) : b;
