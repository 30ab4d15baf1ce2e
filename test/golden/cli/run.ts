// Runs the command in this process on files of a new folder, and writes down what a person at a terminal would see.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runCommand } from '../../../compiler/drivers/cli/program.ts';
import type { Terminal } from '../../../compiler/drivers/cli/terminal.ts';

export interface Ran {
  readonly code: number;
  readonly output: string;
  readonly problems: string;
}

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** A folder that is gone afterwards, and the current one meanwhile. */
export async function inFolder<T>(files: Files, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'atrous-'));
  const before = process.cwd();
  try {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    process.chdir(folder);
    return await work(folder);
  } finally {
    process.chdir(before);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One command line, split at spaces. */
export async function command(line: string, options: Partial<Terminal> = {}): Promise<Ran> {
  const said = { output: '', problems: '' };
  let clock = 0;
  const terminal: Terminal = {
    write: (text) => {
      said.output += text;
    },
    report: (text) => {
      said.problems += text;
    },
    colour: false,
    watched: false,
    columns: 120,
    now: () => (clock += 0.001),
    ...options,
  };
  const code = await runCommand(line.split(' '), terminal);
  return { code, ...said };
}

/** The session as it would scroll by: the command, its problems, its output, its exit code. */
export function transcript(line: string, { code, output, problems }: Ran): string {
  return [`$ atrous ${line}`, `${problems}${output}`.trimEnd(), `(exit code ${code})`, ''].join('\n');
}
