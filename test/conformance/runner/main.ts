// npm run conformance -- DIR [--target ts|wasm] [--report FILE]
//
// Runs a folder of operator cases and ONNX models through the compiler. One line for each failure, then the unsupported
// ones by reason, then `N passed, N failed, N unsupported`. Exit 0 where nothing failed, 1 where something did, 2 for wrong
// usage. `--target reference` evaluates the models as they read, `--only TEXT` runs what has the text in its name.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import type { Case } from './case.ts';
import { loadTarget, type Target } from './execute.ts';
import { judge } from './judge.ts';
import { limitOf } from './limits.ts';
import { judgeModels } from './models.ts';
import { type Judged, lines, report } from './report.ts';

function given() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { target: { type: 'string', default: 'ts' }, report: { type: 'string' }, only: { type: 'string' } },
    });
  } catch {
    return undefined; // an option that is not there
  }
}

async function main(): Promise<void> {
  const {
    values,
    positionals: [folder, ...more],
  } = given() ?? { values: { target: '' }, positionals: [] };
  if (!folder || more.length > 0 || !existsSync(folder) || !['reference', 'ts', 'wasm'].includes(values.target)) {
    process.stderr.write('usage: conformance DIR [--target ts|wasm|reference] [--report FILE] [--only TEXT]\n');
    process.exitCode = 2;
    return;
  }
  const execute = await loadTarget(values.target as Target);
  const judged: Judged[] = [];
  for (const file of casesIn(folder)) {
    const name = relative(folder, file);
    for (const stated of readCases(file)) {
      if (values.only && !`${name} ${stated.name}`.includes(values.only)) continue;
      const outcome = judge(stated, execute);
      const limit = outcome.result === 'failed' ? limitOf(stated) : undefined;
      judged.push({ file: name, stated, peculiar: stated.peculiar ?? limit, outcome });
    }
  }
  if (!folder.endsWith('.json')) judged.push(...(await judgeModels(folder, values.target as Target, values.only)));
  for (const line of lines(judged)) process.stdout.write(`${line}\n`);
  if (values.report) writeFileSync(values.report, report(judged));
  process.exitCode = judged.some(({ peculiar, outcome }) => outcome.result === 'failed' && !peculiar) ? 1 : 0;
}

/** Every JSON file below the folder, in a fixed order. */
function casesIn(folder: string): string[] {
  if (folder.endsWith('.json')) return [folder];
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.json'));
  return files.map((entry) => join(entry.parentPath, entry.name)).sort();
}

/** The cases of a file; none where it is no corpus. */
function readCases(file: string): readonly Case[] {
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const cases = (content as { cases?: unknown } | null)?.cases;
  return Array.isArray(cases) ? (cases as Case[]) : [];
}

await main();
