// Which lints a writer silenced where.
//
//   conv(8, dilation: 4)   // allow gridding          silences its own line
//   // allow unused-value, dead-taps: kept for later  silences the next line that says something
import { positionOf } from './span.ts';
import type { File } from './syntax.ts';

const ALLOW = /^\/\/\s*allow\s+([a-z][a-z-]*(?:\s*,\s*[a-z][a-z-]*)*)/;

/** The names of the lints silenced on each line, lines counted from 1. */
export function allowedLints(file: File): ReadonlyMap<number, ReadonlySet<string>> {
  const allowed = new Map<number, Set<string>>();
  const { text } = file.source;
  let commentStart = text.length;
  let codeStart = text.length;
  for (const comment of [...file.comments].reverse()) {
    // Code before the next comment, or else what follows that one.
    const code = text.slice(comment.span.end, commentStart).search(/\S/);
    if (code >= 0) codeStart = comment.span.end + code;
    commentStart = comment.span.start;
    const names = ALLOW.exec(comment.text)?.[1];
    if (names === undefined) continue;
    const { line } = positionOf(file.source, comment.own ? codeStart : comment.span.start);
    const silenced = allowed.get(line) ?? new Set<string>();
    for (const name of names.split(/\s*,\s*/)) silenced.add(name);
    allowed.set(line, silenced);
  }
  return allowed;
}
