// Which lints a writer silenced where.
//
//   conv(8, dilation: 4)   // allow gridding          silences its own line
//   // allow unused-value, dead-taps: kept for later  silences the next line that says something
import { clean } from './clean.ts';
import { type Problem, warning } from './problem.ts';
import { Positions, type Source } from './span.ts';
import { didYouMean } from './suggest.ts';
import type { Comment } from './syntax.ts';

const ALLOW = /^\/\/\s*allow\s+([a-z][a-z-]*(?:\s*,\s*[a-z][a-z-]*)*)/;

/** A parsed file, or what is known of one before. */
export interface Commented {
  readonly source: Source;
  readonly comments: readonly Comment[];
}

/** The names of the lints silenced on each line, lines counted from 1. */
export function allowedLints(file: Commented): ReadonlyMap<number, ReadonlySet<string>> {
  const allowed = new Map<number, Set<string>>();
  const { text } = file.source;
  const positions = new Positions();
  let commentStart = text.length;
  let codeStart = text.length;
  for (const comment of [...file.comments].reverse()) {
    // Code before the next comment, or else what follows that one.
    const code = text.slice(comment.span.end, commentStart).search(/\S/);
    if (code >= 0) codeStart = comment.span.end + code;
    commentStart = comment.span.start;
    const names = ALLOW.exec(comment.text)?.[1];
    if (names === undefined) continue;
    const { line } = positions.of(file.source, comment.own ? codeStart : comment.span.start);
    const silenced = allowed.get(line) ?? new Set<string>();
    for (const name of names.split(/\s*,\s*/)) silenced.add(name);
    allowed.set(line, silenced);
  }
  return allowed;
}

/** Warnings about `// allow` comments that silence nothing: `lints` are the names of those that exist. */
export function unknownLints({ source, comments }: Commented, lints: readonly string[]): readonly Problem[] {
  return comments.flatMap(({ text, span }) => {
    const names = ALLOW.exec(text)?.[1]?.split(/\s*,\s*/) ?? [];
    const unknown = names.filter((name) => !lints.includes(name));
    return unknown.map((name) => {
      const start = span.start + text.indexOf(name, text.indexOf('allow') + 'allow'.length);
      const notes = [...didYouMean(name, lints), `lints are ${lints.join(', ')}`];
      return warning(
        'lint/unknown-lint',
        `there is no lint \`${name}\``,
        { source, start, end: start + name.length },
        { notes },
      );
    });
  });
}

/**
 * The problems without the warnings `lint/name` that their own source silences, each once: a layer that is repeated a
 * hundred times has one line to be mended.
 */
export function withoutSilenced(problems: readonly Problem[]): readonly Problem[] {
  const allowed = new Map<Source, ReturnType<typeof allowedLints>>();
  const positions = new Positions();
  return withoutRepeats(problems).filter(({ code, severity, at }) => {
    if (severity !== 'warning' || !at || !code.startsWith('lint/')) return true;
    const lines = allowed.get(at.source) ?? allowedLints({ source: at.source, comments: clean(at.source).comments });
    allowed.set(at.source, lines);
    return !lines.get(positions.of(at.source, at.start).line)?.has(code.slice('lint/'.length));
  });
}

function withoutRepeats(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Map<string, Problem>();
  for (const problem of problems) {
    const places = [problem.at, ...problem.related.map(({ at }) => at)];
    const key = [problem.code, problem.message, ...places.map((at) => at && `${at.source.file}:${at.start}-${at.end}`)];
    const text = JSON.stringify(key);
    if (!seen.has(text)) seen.set(text, problem);
  }
  return [...seen.values()];
}
