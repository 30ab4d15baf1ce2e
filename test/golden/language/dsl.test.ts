// Wrong sources and the frames they get: `<case>/net.convnet` → `<case>/problems.txt`.
// Beside them may lie the files that are imported, and `settings.json` with what `--set` would give.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { operators } from '../../../compiler/operators/index.ts';
import { resolve } from '../../../compiler/front/convnet/resolve.ts';
import { renderProblems } from '../../../dsl/frame.ts';
import { withoutSilenced } from '../../../dsl/lints.ts';
import { parse } from '../../../dsl/parse.ts';
import type { Problem } from '../../../dsl/problem.ts';
import type { Source } from '../../../dsl/span.ts';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../../..');
const cases = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory());

function problemsOf(folder: string): readonly Problem[] {
  const readImport = (path: string): Source | undefined => {
    const file = join(folder, path);
    return existsSync(file) ? { file: path, text: readFileSync(file, 'utf8') } : undefined;
  };
  const parsed = parse(readImport('net.convnet')!);
  if (!parsed.ok) return parsed.problems;
  const settings = readImport('settings.json');
  const options = { operators, readImport, settings: settings ? JSON.parse(settings.text) : {} };
  return withoutSilenced([...parsed.problems, ...resolve(parsed.value, options).problems]);
}

describe('wrong sources', () => {
  it.each(cases.map(({ name }) => name))('%s', async (name) => {
    const problems = problemsOf(join(here, name));
    expect(problems).not.toEqual([]);
    await expect(`${renderProblems(problems)}\n`).toMatchFileSnapshot(join(here, name, 'problems.txt'));
  });

  it('show every problem of the language and of resolution', () => {
    const sources = [...filesIn(join(root, 'dsl')), ...filesIn(join(root, 'compiler/front/convnet'))];
    const text = sources.map((file) => readFileSync(file, 'utf8')).join('');
    const codes = [...text.matchAll(/(?:error|warning|refuse)\(\s*'([a-z]+\/[a-z-]+)'/g)].map((match) => match[1]!);
    const frames = cases.map(({ name }) => readFileSync(join(here, name, 'problems.txt'), 'utf8')).join('');
    const unseen = new Set(codes.filter((code) => !frames.includes(`[${code}]`)));
    expect(codes.length).toBeGreaterThan(60);
    // These need long sources or other calls: they stand in the unit tests.
    expect([...unseen].sort()).toEqual(['limit/imports', 'limit/problems', 'limit/source-size', 'limit/statement-size', 'model/unknown']);
  });
});

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file));
