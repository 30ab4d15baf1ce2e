// The receptive field of a value: which part of an input one of its elements can see. Intervals are propagated backwards
// through the expressions, so that strides, dilations, transposed layers and branches need no rules of their own
// (A. Araujo, W. Norris, J. Sim, "Computing Receptive Fields of Convolutional Neural Networks", 2019).
import { Affine } from '../algebra/affine.ts';
import { type Axis, extentsOf, type Read, readsOf, type TensorExpression } from '../algebra/expression.ts';
import { computeSteps } from '../passes/usage.ts';
import type { Program } from '../program.ts';

/** `[low, high]`, both included; may go beyond the tensor, into padding. */
export type Interval = readonly [low: number, high: number];

export interface ReceptiveField {
  readonly input: string;
  /** One for each axis of the input, its channels last. */
  readonly intervals: readonly Interval[];
}

/** A program read backwards: for each value the expressions that write it, prepared once for many questions. */
export class ReceptiveFields {
  private readonly program: Program;
  private readonly sources: readonly Source[];

  constructor(program: Program) {
    this.program = program;
    const isSeen = ({ tensor }: Read): boolean => !['weight', 'constant'].includes(program.values.get(tensor)!.role);
    this.sources = program.steps.flatMap((step): Source[] => {
      if (step.kind === 'alias') return [{ target: step.target, alias: step.source }];
      return computeSteps(step).map(({ expression }) => ({
        target: expression.target.tensor,
        view: viewOf(expression, isSeen),
      }));
    });
  }

  /** What the element at `position` of a value sees of each input. */
  at(value: string, position: readonly number[]): ReceptiveField[] {
    const wanted = new Map<string, readonly Interval[]>([[value, position.map((at): Interval => [at, at])]]);
    for (let n = this.sources.length - 1; n >= 0; n--) {
      const source = this.sources[n]!;
      const target = wanted.get(source.target);
      if (!target) continue;
      for (const [tensor, intervals] of this.through(source, target))
        wanted.set(tensor, hull(wanted.get(tensor), intervals));
    }
    return this.program.inputs.flatMap((input) => {
      const intervals = wanted.get(input);
      return intervals ? [{ input, intervals }] : [];
    });
  }

  /** The size by axis of the first input that is seen; over the phases of a transposed layer the largest. */
  size(value: string): readonly number[] | undefined {
    const { shape } = this.program.values.get(value)!;
    const sizes = [0, 1].map((shift) => {
      const position = shape.map((size) => Math.min(size - 1, Math.floor(size / 2) + shift));
      return this.at(value, position)[0]?.intervals.map(([low, high]) => high - low + 1);
    });
    return sizes[0]?.map((_, axis) => Math.max(...sizes.map((size) => size?.[axis] ?? 0)));
  }

  private through(source: Source, target: readonly Interval[]): readonly (readonly [string, readonly Interval[]])[] {
    if ('alias' in source) return [[source.alias, throughAlias(this.program, source.alias, source.target, target)]];
    return throughView(source.view, target);
  }
}

type Source = { readonly target: string; readonly alias: string } | { readonly target: string; readonly view: View };

/** What a question about an expression needs, worked out once. */
interface View {
  readonly axes: readonly Axis[];
  /** `o = coefficient·axis + rest`, with the range of the rest. */
  readonly solutions: readonly Solution[];
  readonly reads: readonly Read[];
  readonly finishReads: readonly Read[];
}

interface Solution {
  readonly dimension: number;
  readonly axis: string;
  readonly coefficient: number;
  readonly rest: Interval;
  /** Whether the axis may leave its box: a scatter's source, whose missing elements count as padding. */
  readonly free: boolean;
}

function viewOf(expression: TensorExpression, isSeen: (read: Read) => boolean): View {
  const extents = extentsOf(expression.axes);
  const solutions = expression.target.index.flatMap((index, dimension) =>
    [...index.terms].flatMap(([axis, coefficient], n): Solution[] => {
      const alone = index.terms.size === 1;
      // In `s·y + d·i − p` the source comes first; the tap keeps its whole range.
      if (!alone && expression.scatter && n > 0) return [];
      const rest = index.minus(Affine.axis(axis, coefficient)).range(extents);
      return [{ dimension, axis, coefficient, rest, free: alone || expression.scatter }];
    }),
  );
  return {
    axes: expression.axes,
    solutions,
    reads: readsOf(expression.value).filter(isSeen),
    finishReads: readsOf(expression.finish).filter(isSeen),
  };
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

function throughView(
  { axes, solutions, reads, finishReads }: View,
  target: readonly Interval[],
): (readonly [string, readonly Interval[]])[] {
  const intervals = new Map(axes.map(({ name, extent }) => [name, [0, extent - 1] as Interval]));
  for (const { dimension, axis, coefficient, rest, free } of solutions) {
    const [low, high] = target[dimension]!;
    const [a, b] = [(low - rest[1]) / coefficient, (high - rest[0]) / coefficient];
    const solved: Interval = [Math.ceil(Math.min(a, b)), Math.floor(Math.max(a, b))];
    const known = intervals.get(axis)!;
    intervals.set(axis, free ? solved : [Math.max(known[0], solved[0]), Math.min(known[1], solved[1])]);
  }
  const coordinates = new Map(target.map((interval, n) => [`@${n}`, interval] as const));
  return [
    ...reads.map((read) => [read.tensor, read.index.map((index) => rangeOver(index, intervals))] as const),
    ...finishReads.map((read) => [read.tensor, read.index.map((index) => rangeOver(index, coordinates))] as const),
  ];
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
    low += used.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
    high += used.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  }
  return [low, high];
}

const hull = (a: readonly Interval[] | undefined, b: readonly Interval[]): readonly Interval[] =>
  a ? a.map(([low, high], n): Interval => [Math.min(low, b[n]![0]), Math.max(high, b[n]![1])]) : b;
