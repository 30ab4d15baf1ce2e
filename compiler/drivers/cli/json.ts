// The documents of `--json`: one for each command, always with a version and the problems.
import type { Problem } from '../../../dsl/problem.ts';
import { escaped } from '../../../dsl/quote.ts';
import { Positions, type Span } from '../../../dsl/span.ts';
import type { Terminal } from './terminal.ts';

/** Counts up when a document's form changes in a way that a reader would notice. */
const documentVersion = 1;

export function writeDocument(terminal: Terminal, problems: readonly Problem[], content: object): void {
  const document = { version: documentVersion, ...content, problems: problems.map(problemJson(new Positions())) };
  terminal.write(`${jsonText(document, '')}\n`);
}

/** Two spaces a level; lists of numbers and words stay on one line. */
function jsonText(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return atomText(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== 'object' || item === null)) return `[${value.map(atomText).join(', ')}]`;
    return `[\n${value.map((item) => inner + jsonText(item, inner)).join(',\n')}\n${indent}]`;
  }
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  if (fields.length === 0) return '{}';
  const lines = fields.map(([name, field]) => `${inner}${escaped(name)}: ${jsonText(field, inner)}`);
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

/** JSON has no infinities: they are words. */
function atomText(value: unknown): string {
  if (typeof value === 'string') return escaped(value);
  if (typeof value === 'number' && Math.abs(value) === Number.POSITIVE_INFINITY) return `"${value < 0 ? '-' : ''}inf"`;
  return JSON.stringify(value) ?? 'null';
}

const problemJson =
  (positions: Positions) =>
  ({ severity, code, message, at, label, notes, related }: Problem): object => ({
    severity,
    code,
    message,
    ...(at && placeJson(at, positions)),
    ...(label !== undefined && { label }),
    notes,
    related: related.map((other) => ({ ...placeJson(other.at, positions), label: other.label })),
  });

/** Lines and columns count from 1; the end is the place after the last character. */
export function placeJson({ source, start, end }: Span, positions: Positions): object {
  const [from, to] = [positions.of(source, start), positions.of(source, end)];
  return { file: source.file, line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
}
