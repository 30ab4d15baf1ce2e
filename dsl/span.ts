// Where something stands in a text: every syntax node, name and problem carries one.

/** One file of source. Spans point at the object itself, so a problem can be shown without looking a file up. */
export interface Source {
  /** The name shown to people, usually a path. */
  readonly file: string;
  readonly text: string;
}

/** Half-open range `[start, end)` of UTF-16 offsets in a source. */
export interface Span {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** One-based line and column, as editors count them. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export const positionOf = (source: Source, offset: number): Position => new Positions().of(source, offset);

/** Many positions: where the lines of a source begin is found once. */
export class Positions {
  private readonly starts = new Map<Source, readonly number[]>();

  of(source: Source, offset: number): Position {
    const starts = this.startsOf(source);
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - starts[low]! + 1 };
  }

  /** `net.convnet:3:46`, the form that terminals and editors turn into a link. */
  describe(span: Span): string {
    const { line, column } = this.of(span.source, span.start);
    return `${span.source.file}:${line}:${column}`;
  }

  /** The text of a line, counted from 1, without its end. */
  line(source: Source, line: number): string {
    const starts = this.startsOf(source);
    const next = starts[line];
    return source.text.slice(starts[line - 1] ?? source.text.length, next === undefined ? undefined : next - 1);
  }

  private startsOf(source: Source): readonly number[] {
    const known = this.starts.get(source);
    if (known) return known;
    const starts = [0, ...[...source.text.matchAll(/\n/g)].map(({ index }) => index + 1)];
    this.starts.set(source, starts);
    return starts;
  }
}

/** `net.convnet:3:46`. */
export const describeSpan = (span: Span): string => new Positions().describe(span);
