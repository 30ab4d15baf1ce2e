// `atrous fmt FILE…`: files in canonical layout; names of those that change go to the standard output.

import { extname } from 'node:path';
import { parse } from '../../../dsl/parse.ts';
import { print } from '../../../dsl/print.ts';
import type { Problem } from '../../../dsl/problem.ts';
import { readSource, writeFiles } from '../files.ts';
import { writeDocument } from './json.ts';
import type { CommonOptions } from './options.ts';
import { exitCodeOf, showProblems, showText, type Terminal } from './terminal.ts';
import { UsageError } from './usage.ts';

export interface FormatOptions extends CommonOptions {
  readonly check?: boolean;
}

/** With `--check`, a file that would change makes the exit code 1. */
export async function fmt(files: readonly string[], options: FormatOptions, terminal: Terminal): Promise<number> {
  const model = files.find((file) => extname(file).toLowerCase() === '.onnx');
  if (model !== undefined) throw new UsageError(`${model} is no text of the language`, ['fmt is for .convnet files']);
  const problems: Problem[] = [];
  const changed: { readonly path: string; readonly content: string }[] = [];
  for (const file of files) {
    const formatted = formatFile(file);
    problems.push(...formatted.problems);
    if (formatted.text === undefined) continue;
    if (file === '-' && !options.check && !options.json) terminal.write(formatted.text);
    else if (formatted.changes) changed.push({ path: file, content: formatted.text });
  }
  const onDisk = changed.filter(({ path }) => path !== '-');
  if (!options.check) problems.push(...writeFiles(onDisk).problems);
  showProblems(terminal, problems);
  if (options.json) writeDocument(terminal, problems, { changed: changed.map(({ path }) => path) });
  else for (const { path } of changed) showText(terminal, `${path}\n`);
  return options.check && changed.length > 0 ? 1 : exitCodeOf(problems);
}

function formatFile(file: string): { text?: string; changes?: boolean; problems: readonly Problem[] } {
  const source = readSource(file);
  if (!source.ok) return { problems: source.problems };
  const parsed = parse(source.value);
  if (!parsed.ok) return { problems: parsed.problems };
  const text = print(parsed.value);
  return { text, changes: text !== source.value.text, problems: parsed.problems };
}
