// Collects the problems of one resolution. A block that is inlined a hundred times reports a slip in it once.
import { isError, type Problem } from '../../../dsl/problem.ts';
import type { Source, Span } from '../../../dsl/span.ts';

export class Reporter {
  readonly problems: Problem[] = [];
  /** The files read. */
  readonly sources: Source[] = [];
  private readonly seen = new Map<object, Set<string>>();

  report(problem: Problem): void {
    if (problem.at && this.isRepeated(problem.code, problem.at)) return;
    this.problems.push(problem);
  }

  /** By file, in the order in which files were read, then by place; what has no place comes last. */
  inOrder(): readonly Problem[] {
    const files = new Map(this.sources.map((source, index) => [source, index]));
    const key = ({ at }: Problem): readonly [number, number] => {
      return at ? [files.get(at.source) ?? files.size, at.start] : [Number.POSITIVE_INFINITY, 0];
    };
    return [...this.problems].sort((a, b) => {
      const [[fileA, startA], [fileB, startB]] = [key(a), key(b)];
      return fileA === fileB ? startA - startB : fileA - fileB;
    });
  }

  get failed(): boolean {
    return this.problems.some(isError);
  }

  private isRepeated(code: string, { source, start, end }: Span): boolean {
    const key = `${code} ${start} ${end}`;
    const seen = this.seen.get(source) ?? new Set();
    this.seen.set(source, seen);
    if (seen.has(key)) return true;
    seen.add(key);
    return false;
  }
}
