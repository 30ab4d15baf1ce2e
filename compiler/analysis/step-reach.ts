// What an element of a step's result sees of what the step reads: as ranges where whole numbers map one to the other, and as
// intervals always.
import { Affine } from '../algebra/affine.ts';
import { type Axis, extentsOf, type Read, readsOf, type TensorExpression } from '../algebra/expression.ts';
import { tapsOf } from '../algebra/window-sum.ts';
import type { Program, Step } from '../program/program.ts';
import { computeSteps, readValues, writtenValues } from '../program/usage.ts';
import { constantRange, type Interval, isConstant, type Range, rangeAt, sameRange, scaledRange } from './reach.ts';

export type Source =
  | { readonly target: string; readonly alias: string }
  | { readonly target: string; readonly view: View }
  /** All of these: a recurrence sees whatever its iterations see. */
  | { readonly target: string; readonly whole: readonly string[] };

/** How each value of a run is made, in order. */
export function sourcesOf(program: Program): Source[] {
  const values = [...program.values.values()];
  const known = new Set(values.filter(({ role }) => role === 'weight' || role === 'constant').map(({ id }) => id));
  return program.steps.flatMap((step, at): Source[] => {
    if (step.kind === 'alias') return [{ target: step.target, alias: step.source }];
    if (step.kind === 'blocked') return repeatedSources(step, program.steps.slice(0, at), known);
    return computeSteps(step).map(({ expression }) => ({
      target: expression.target.tensor,
      view: viewOf(expression, known),
    }));
  });
}

function repeatedSources(
  step: Extract<Step, { kind: 'blocked' }>,
  before: readonly Step[],
  known: ReadonlySet<string>,
): Source[] {
  const targets = writtenValues(step);
  // What a state begins as is seen too.
  const isFirst = (other: Step): boolean => step.carried.some((value) => writtenValues(other).has(value));
  const seen = [...before.filter(isFirst), step].flatMap((one) => [...readValues(one)]);
  const whole = [...new Set(seen)].filter((value) => !targets.has(value) && !known.has(value));
  return [...targets].map((target) => ({ target, whole }));
}

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

function viewOf(expression: TensorExpression, known: ReadonlySet<string>): View {
  const isSeen = ({ tensor }: Read): boolean => !known.has(tensor);
  const taps = tapsOf(expression, known);
  const extents = extentsOf(expression.axes);
  const solutions = expression.target.index.flatMap((index, dimension) =>
    [...index.terms].flatMap(([axis, coefficient]): Solution[] => {
      const alone = index.terms.size === 1;
      // In a scatter's `s·y + d·i − p` the source is looked for; the tap keeps its whole range.
      if (!alone && expression.scatter && taps.has(axis)) return [];
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

/** What is seen of each read as ranges, where whole numbers map the target's positions to those read. */
export function rangesThrough(
  source: Source,
  { values }: Program,
): (readonly [string, readonly Range[]])[] | undefined {
  const all = (size: number): Range => constantRange([0, size - 1]);
  if ('view' in source) return rangesThroughView(source.view);
  if ('whole' in source) return source.whole.map((tensor) => [tensor, values.get(tensor)!.shape.map(all)]);
  const from = values.get(source.alias)!.shape;
  const same = from.join() === values.get(source.target)!.shape.join();
  return [[source.alias, from.map((size, n) => (same ? sameRange(n) : all(size)))]];
}

function rangesThroughView({
  axes,
  solutions,
  reads,
  finishReads,
}: View): (readonly [string, readonly Range[]])[] | undefined {
  const known = new Map(axes.map(({ name, extent }) => [name, constantRange([0, extent - 1])]));
  for (const { dimension, axis, coefficient, rest, free } of solutions) {
    if (!free || Math.abs(coefficient) !== 1) return undefined;
    known.set(axis, scaledRange(sameRange(dimension), coefficient, coefficient > 0 ? [-rest[1], -rest[0]] : rest));
  }
  const coordinate = (name: string): Range => sameRange(Number(name.slice(1)));
  const found = [
    ...reads.map((read) => [read.tensor, rangesOf(read, (axis) => known.get(axis)!)] as const),
    ...finishReads.map((read) => [read.tensor, rangesOf(read, coordinate)] as const),
  ];
  return found.every((one): one is [string, readonly Range[]] => one[1] !== undefined) ? found : undefined;
}

/** Where an index is computed, any place may be meant. */
const isAnywhere = ({ computed = [] }: Read, axis: number): boolean => computed.some((one) => one.axis === axis);
const lastOf = ({ computed = [] }: Read, axis: number): number => computed.find((one) => one.axis === axis)!.extent - 1;

function rangesOf(read: Read, rangeOf: (axis: string) => Range): readonly Range[] | undefined {
  const ranges = read.index.map((index, n) =>
    isAnywhere(read, n) ? constantRange([0, lastOf(read, n)]) : indexRange(index, rangeOf),
  );
  return ranges.every((range) => range !== undefined) ? ranges : undefined;
}

/** There are no lines for two axes that depend on the position together, or for one that goes through a table. */
function indexRange(index: Affine, rangeOf: (axis: string) => Range): Range | undefined {
  const isMoving = (axis: string): boolean => !isConstant(rangeOf(axis));
  const [axis, ...others] = [...index.terms.keys()].filter(isMoving);
  if (others.length > 0 || index.tables.some((table) => isMoving(table.axis))) return undefined;
  const fixed = axis === undefined ? index : index.minus(Affine.axis(axis, index.coefficient(axis)));
  const rest = rangeOver(fixed, new Map([...fixed.axes()].map((name) => [name, rangeAt(rangeOf(name), [])] as const)));
  return axis === undefined ? constantRange(rest) : scaledRange(rangeOf(axis), index.coefficient(axis), rest);
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
    ...reads.map((read) => [read.tensor, intervalsOf(read, intervals)] as const),
    ...finishReads.map((read) => [read.tensor, intervalsOf(read, coordinates)] as const),
  ];
}

const intervalsOf = (read: Read, intervals: ReadonlyMap<string, Interval>): Interval[] =>
  read.index.map((index, n) => (isAnywhere(read, n) ? [0, lastOf(read, n)] : rangeOver(index, intervals)));

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

/** What elements of the target, as a box, see of what the source reads. */
export function intervalsThrough(
  source: Source,
  target: readonly Interval[],
  program: Program,
): readonly (readonly [string, readonly Interval[]])[] {
  if ('view' in source) return throughView(source.view, target);
  if ('whole' in source)
    return source.whole.map((tensor) => [tensor, program.values.get(tensor)!.shape.map((size) => [0, size - 1])]);
  return [[source.alias, throughAlias(program, source.alias, source.target, target)]];
}
