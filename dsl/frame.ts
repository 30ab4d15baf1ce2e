// A problem as people see it in a terminal:
//
//   error[transpose/unreachable-size]: no output padding reaches 7×7
//     ┌─ up.convnet:3:55
//   3 │   convTranspose(1, kernel: 3, stride: 2, outputShape: [7, 7])
//     │                                                       ^^^^^^ the input is 2×2 here
//     = choose [5, 5] or [6, 6]
import type { Problem } from './problem.ts';
import { visible } from './quote.ts';
import { Positions, type Source, type Span } from './span.ts';

export interface FrameOptions {
  /** ANSI colours; off by default. */
  readonly colour?: boolean;
}

interface Mark {
  readonly at: Span;
  readonly label: string;
  readonly primary: boolean;
}

/** A stretch of one source line that a mark underlines; the last one of a mark carries its label. */
interface Underline {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly label: string;
  readonly primary: boolean;
}

/** The lines of the frame, without a newline at the end. A problem without a place is its head and notes. */
export function renderProblem(problem: Problem, options: FrameOptions = {}): string {
  return frame(problem, options, new Positions());
}

function frame(problem: Problem, options: FrameOptions, positions: Positions): string {
  const paint = painter(options.colour === true);
  const strong = problem.severity === 'error' ? paint.error : paint.warning;
  const head = `${strong(`${problem.severity}[${problem.code}]`)}${paint.bold(`: ${visible(problem.message)}`)}`;
  const marks: Mark[] = problem.related.map((related) => ({ ...related, primary: false }));
  if (problem.at) marks.unshift({ at: problem.at, label: problem.label ?? '', primary: true });
  const sources = [...new Set(marks.map((mark) => mark.at.source))];
  const underlines = sources.map((source) => underlinesIn(source, marks, positions));
  const widest = Math.max(0, ...underlines.flat().map(({ line }) => String(line).length));
  const lines = [head];
  sources.forEach((source, index) => {
    const first = marks.find((mark) => mark.at.source === source)!;
    lines.push(`${' '.repeat(widest + 1)}${paint.gutter('┌─')} ${visible(positions.describe(first.at))}`);
    lines.push(...excerpt((line) => positions.line(source, line), underlines[index]!, widest, paint, strong));
  });
  for (const note of problem.notes) {
    const [line = '', ...more] = visible(note).split('\n');
    lines.push(
      `${' '.repeat(widest + 1)}${paint.gutter('=')} ${line}`,
      ...more.map((each) => `${' '.repeat(widest + 3)}${each}`),
    );
  }
  return lines.join('\n');
}

/** Frames one below the other, with an empty line between. */
export function renderProblems(problems: readonly Problem[], options: FrameOptions = {}): string {
  const positions = new Positions();
  return problems.map((problem) => frame(problem, options, positions)).join('\n\n');
}

type Paint = (text: string) => string;

function painter(colour: boolean): Record<'error' | 'warning' | 'bold' | 'gutter' | 'related', Paint> {
  const style = (code: string): Paint =>
    colour ? (text) => (text === '' ? '' : `\u001b[${code}m${text}\u001b[0m`) : (text) => text;
  return { error: style('1;31'), warning: style('1;33'), bold: style('1'), gutter: style('34'), related: style('36') };
}

/** One underline for a span within a line, two (first and last line) for a longer one. */
function underlinesIn(source: Source, marks: readonly Mark[], positions: Positions): readonly Underline[] {
  const found: Underline[] = [];
  for (const { at, label, primary } of marks) {
    if (at.source !== source) continue;
    const first = positions.of(source, at.start);
    const last = positions.of(source, Math.max(at.start, at.end - 1));
    const start = first.column - 1;
    if (first.line === last.line) {
      found.push({ line: first.line, start, end: Math.max(last.column, start + 1), label, primary });
      continue;
    }
    const lineEnd = positions.line(source, first.line).trimEnd().length;
    found.push({ line: first.line, start, end: Math.max(lineEnd, start + 1), label: '', primary });
    const indent = positions.line(source, last.line).search(/\S/);
    found.push({
      line: last.line,
      start: Math.min(Math.max(indent, 0), last.column - 1),
      end: last.column,
      label,
      primary,
    });
  }
  return found.sort((a, b) => a.line - b.line || Number(b.primary) - Number(a.primary) || a.start - b.start);
}

function excerpt(
  lineText: (line: number) => string,
  underlines: readonly Underline[],
  width: number,
  paint: ReturnType<typeof painter>,
  strong: Paint,
): string[] {
  const lines: string[] = [];
  const empty = `${' '.repeat(width)} ${paint.gutter('│')}`;
  let previous: number | undefined;
  for (const underline of underlines) {
    const text = lineText(underline.line);
    const shown = window(text, underline);
    if (underline.line !== previous) {
      if (previous !== undefined && underline.line > previous + 1)
        lines.push(`${' '.repeat(width)} ${paint.gutter('·')}`);
      const number = paint.gutter(`${String(underline.line).padStart(width)} │`);
      lines.push(`${number} ${shown.text}`.trimEnd());
    }
    const mark = (underline.primary ? '^' : '-').repeat(shown.length);
    const label = visible(underline.label);
    const colour = underline.primary ? strong : paint.related;
    lines.push(`${empty} ${' '.repeat(shown.column)}${colour(label === '' ? mark : `${mark} ${label}`)}`);
    previous = underline.line;
  }
  return lines;
}

/** Columns of a source line that are shown; a longer one is cut around what is underlined. */
const LONGEST_LINE = 140;

function window(text: string, { start, end }: Underline): { text: string; column: number; length: number } {
  const long = text.length > LONGEST_LINE;
  const from = long ? Math.max(0, Math.min(start - 40, text.length - LONGEST_LINE)) : 0;
  const to = long ? Math.min(text.length, from + LONGEST_LINE) : text.length;
  const head = from > 0 ? '…' : '';
  const column = columnsOf(head) + columnsOf(expand(text.slice(from, start)));
  const length = Math.max(1, columnsOf(expand(text.slice(start, Math.min(end, to)))));
  return { text: `${head}${expand(text.slice(from, to))}${to < text.length ? '…' : ''}`, column, length };
}

const expand = (text: string): string => visible(text.replaceAll('\t', '    ').replace(/\r$/, ''));

const COMBINING = /\p{Mark}|\u200b|\u200d|\ufe0f/u;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** How many terminal columns a text takes: wide characters two, combining ones none. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += COMBINING.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return columns;
}
