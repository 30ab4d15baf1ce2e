// Pictures that a command was asked for, each to its file or, for `-`, to the standard output.
import { resolve } from 'node:path';
import { type Result, success } from '../../../dsl/problem.ts';
import { type OutputFile, writeFiles } from '../files.ts';
import type { CommonOptions } from './options.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage.ts';

/** The standard output holds one thing: a picture, or the document of `--json`. */
export function refuseSharedOutput(paths: readonly (string | undefined)[], { json }: CommonOptions): void {
  const count = paths.filter((path) => path === '-').length;
  if (count > 1) throw new UsageError('only one picture can go to the standard output');
  const files = paths.filter((path) => path !== undefined && path !== '-').map((path) => resolve(path!));
  if (new Set(files).size < files.length) throw new UsageError(`two pictures would both be written to ${paths[0]}`);
  if (count > 0 && json) throw new UsageError('--json has the standard output to itself: give the picture a file');
}

export function writePictures(files: readonly OutputFile[], terminal: Terminal): Result<readonly OutputFile[]> {
  const written = writeFiles(files.filter(({ path }) => path !== '-'));
  if (!written.ok) return written;
  for (const { path, content } of files) if (path === '-') terminal.write(`${content}`);
  return success(files);
}
