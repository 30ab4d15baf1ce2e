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

export function positionOf(source: Source, offset: number): Position {
  const before = source.text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - before.lastIndexOf('\n') };
}

/** `net.convnet:3:46`, the form that terminals and editors turn into a link. */
export function describeSpan(span: Span): string {
  const { line, column } = positionOf(span.source, span.start);
  return `${span.source.file}:${line}:${column}`;
}
