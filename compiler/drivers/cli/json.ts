// The documents of `--json`: one for each command, always with a version and the problems.
import type { Problem } from '../../../dsl/problem.ts';
import { positionOf, type Span } from '../../../dsl/span.ts';
import type { Terminal } from './terminal.ts';

/** Counts up when a document's form changes in a way that a reader would notice. */
const documentVersion = 1;

export function writeDocument(terminal: Terminal, problems: readonly Problem[], content: object): void {
  const document = { version: documentVersion, ...content, problems: problems.map(problemJson) };
  terminal.write(`${JSON.stringify(document, null, 2)}\n`);
}

const problemJson = ({ severity, code, message, at, label, notes, related }: Problem): object => ({
  severity,
  code,
  message,
  ...(at && placeJson(at)),
  ...(label !== undefined && { label }),
  notes,
  related: related.map((other) => ({ ...placeJson(other.at), label: other.label })),
});

/** Lines and columns count from 1; the end is the place after the last character. */
export function placeJson({ source, start, end }: Span): object {
  const [from, to] = [positionOf(source, start), positionOf(source, end)];
  return { file: source.file, line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
}
