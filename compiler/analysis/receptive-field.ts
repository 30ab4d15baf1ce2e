// The receptive field of a value: which part of an input one of its elements can see. Intervals are propagated backwards
// through the expressions, so that strides, dilations, transposed layers and branches need no rules of their own
// (A. Araujo, W. Norris, J. Sim, "Computing Receptive Fields of Convolutional Neural Networks", 2019).
import { grouped } from '../algebra/grouped.ts';
import type { Program } from '../program/program.ts';
import { hullOfRanges, type Interval, type Range, rangeAt, sameRange, throughRanges } from './reach.ts';
import { intervalsThrough, rangesThrough, type Source, sourcesOf } from './step-reach.ts';

export interface ReceptiveField {
  readonly input: string;
  /** One for each axis of the input, its channels last. */
  readonly intervals: readonly Interval[];
}

/** What elements of a value see of values that lie far back, by the ids of those, along their axes. */
type Reach = ReadonlyMap<string, readonly Range[]>;

/** Beyond this many lines along an axis, or values seen, a question stops at a value before it goes on. */
const mostLines = 4;
const mostSeen = 4;

/** A program read backwards, prepared once for many questions: none of them walks through a long chain of layers. */
export class ReceptiveFields {
  private readonly program: Program;
  /** Of inputs and of values to stop at. */
  private readonly reaches = new Map<string, Reach>();
  /** Values to stop at and how they are made, the last first. */
  private readonly stops: (readonly [value: string, sources: readonly Source[]])[] = [];

  constructor(program: Program) {
    this.program = program;
    for (const input of program.inputs) this.reaches.set(input, this.itself(input));
    const sources = sourcesOf(program);
    const made = grouped(sources.map((source) => [source.target, source] as const));
    const last = new Map(sources.map((source) => [source.target, source]));
    for (const source of sources)
      if (last.get(source.target) === source) this.complete(source.target, made.get(source.target)!);
    this.stops.reverse();
  }

  /** What the element at `position` of a value sees of each input. */
  at(value: string, position: readonly number[]): ReceptiveField[] {
    const wanted = new Map<string, readonly Interval[]>();
    this.see(
      value,
      position.map((at): Interval => [at, at]),
      wanted,
    );
    for (const [stop, sources] of this.stops) {
      const target = wanted.get(stop);
      if (!target) continue;
      for (const source of sources)
        for (const [tensor, intervals] of intervalsThrough(source, target, this.program))
          this.see(tensor, intervals, wanted);
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

  private complete(value: string, sources: readonly Source[]): void {
    const reach = this.reachThrough(sources);
    this.reaches.set(value, reach ?? this.itself(value));
    if (!reach) this.stops.push([value, sources]);
  }

  private reachThrough(sources: readonly Source[]): Reach | undefined {
    const reach = new Map<string, readonly Range[]>();
    for (const source of sources) {
      const reads = rangesThrough(source, this.program);
      if (!reads) return undefined;
      for (const [tensor, inner] of reads) {
        for (const [seen, outer] of this.reaches.get(tensor)!) {
          const ranges = outer.map((range) => throughRanges(range, inner));
          const known = reach.get(seen);
          reach.set(seen, known ? known.map((range, n) => hullOfRanges(range, ranges[n]!)) : ranges);
        }
      }
    }
    const lines = [...reach.values()].flat().map(({ low, high }) => Math.max(low.length, high.length));
    return reach.size > mostSeen || lines.some((count) => count > mostLines) ? undefined : reach;
  }

  private itself(value: string): Reach {
    return new Map([[value, this.program.values.get(value)!.shape.map((_, n) => sameRange(n))]]);
  }

  /** Adds what these elements of a value see to what is wanted. */
  private see(value: string, elements: readonly Interval[], wanted: Map<string, readonly Interval[]>): void {
    for (const [seen, ranges] of this.reaches.get(value)!) {
      const intervals = ranges.map((range) => rangeAt(range, elements));
      wanted.set(seen, hull(wanted.get(seen), intervals));
    }
  }
}

const hull = (a: readonly Interval[] | undefined, b: readonly Interval[]): readonly Interval[] =>
  a ? a.map(([low, high], n): Interval => [Math.min(low, b[n]![0]), Math.max(high, b[n]![1])]) : b;
