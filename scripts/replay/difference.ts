// The first difference between two builds of a model, in words.
import type { Part } from './part.ts';
import { type Mark, marksOf } from './recording.ts';

/** @param textsBefore reads the texts of the recorded parts, if they were kept */
export function firstDifference(
  before: readonly Mark[],
  parts: readonly Part[],
  textsBefore: () => readonly Part[] | undefined,
): string | undefined {
  const after = marksOf(parts);
  const at = [...before, ...after].findIndex(
    (_, n) => before[n]?.[0] !== after[n]?.[0] || before[n]?.[1] !== after[n]?.[1],
  );
  if (at < 0) return undefined;
  const [was, is] = [before[at]?.[0], after[at]?.[0]];
  if (was === undefined) return `${is} is new`;
  if (is === undefined) return `${was} is gone`;
  if (was !== is) return `${was} was where ${is} is`;
  const text = textsBefore()?.[at]?.text;
  return text === undefined ? `${is} differs` : `${is}, ${lineDifference(text, parts[at]!.text)}`;
}

function lineDifference(before: string, after: string): string {
  const [was, is] = [before.split('\n'), after.split('\n')];
  const at = [...was, ...is].findIndex((_, n) => was[n] !== is[n]);
  return `line ${at + 1}: ${excerpt(was[at], is[at])} became ${excerpt(is[at], was[at])}`;
}

const most = 80;

/** A long line from shortly before where it differs. */
function excerpt(line: string | undefined, other = ''): string {
  if (line === undefined) return 'nothing';
  const common = [...line].findIndex((letter, n) => letter !== other[n]);
  const start = line.length <= most ? 0 : Math.max(0, common - 20);
  return JSON.stringify(line.slice(start, start + most).trim());
}
