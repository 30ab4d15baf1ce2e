// Numbers and strings as they are written → what they mean.
import { error, type Problem } from './problem.ts';
import type { Span } from './span.ts';

export interface Literal<T> {
  readonly value: T;
  readonly problems: readonly Problem[];
}

export function readNumber(text: string, span: Span): Literal<number> {
  if (text === 'inf') return { value: Number.POSITIVE_INFINITY, problems: [] };
  const value = Number(text);
  if (Number.isFinite(value) && (!/^[0-9]+$/.test(text) || Number.isSafeInteger(value))) return { value, problems: [] };
  const shown = text.length > 24 ? `${text.slice(0, 20)}…` : text;
  const notes = [`whole numbers are exact up to 2^53 − 1 = ${Number.MAX_SAFE_INTEGER}`];
  return { value, problems: [error('syntax/number-too-large', `\`${shown}\` is too large a number`, span, { notes })] };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', '"': '"', '\\': '\\' };

/** @param text with its quotes */
export function readString(text: string, { source, start }: Span): Literal<string> {
  const problems: Problem[] = [];
  const value = text.slice(1, -1).replace(/\\(.)/gsu, (written, character: string, offset: number) => {
    const known = ESCAPES[character];
    if (known !== undefined) return known;
    const at = { source, start: start + 1 + offset, end: start + 1 + offset + written.length };
    const notes = ['known are `\\"`, `\\\\`, `\\n` and `\\t`'];
    problems.push(error('syntax/escape', `\`${written}\` means nothing in a string`, at, { notes }));
    return '';
  });
  return { value, problems };
}
