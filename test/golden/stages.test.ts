// Small networks through every stage, as text beside their source: what a change did to the compiler shows in the diff.
// To add one, make a folder with net.convnet and run `npm test -- -u`.
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadBackend } from '../../compiler/targets/index.ts';
import { analyse, compileModel, sourceHash } from '../../compiler/compile.ts';
import { StageTexts } from '../../compiler/presentation/stage-text.ts';
import { parse } from '../../dsl/parse.ts';
import { print } from '../../dsl/print.ts';

const folder = resolve(import.meta.dirname, 'stages');

describe.each(readdirSync(folder))('%s', (name) => {
  const source = { file: 'net.convnet', text: readFileSync(resolve(folder, name, 'net.convnet'), 'utf8') };

  it('is written in canonical layout', () => {
    const parsed = parse(source);
    expect(parsed.ok && print(parsed.value)).toBe(source.text);
  });

  it.each(['ts', 'wasm'] as const)('compiles for %s as recorded', async (target) => {
    const analysed = analyse(source);
    if (!analysed.ok) throw new Error(analysed.problems[0]!.message);
    const stages: string[] = [];
    const texts = new StageTexts();
    const compiled = compileModel(analysed.value[0]!, await loadBackend(target), {
      init: { scheme: 'he', seed: 1 },
      sourceHash: sourceHash(source.text),
      watch: ({ name }, stage) => {
        const shown = texts.add(name, stage);
        stages.push('text' in shown ? `== ${name}\n${shown.text}` : `== ${name}: unchanged since ${shown.sameAs}\n`);
      },
    });
    if (!compiled.ok) throw new Error(compiled.problems[0]!.message);
    await expect(stages.join('\n')).toMatchFileSnapshot(resolve(folder, name, `stages.${target}.txt`));
    if (target === 'wasm') return;
    const files = await compiled.value.files({ emit: 'ts', inlineWeights: 'never' });
    const module = files.find(({ path }) => path.endsWith('.ts'))!;
    await expect(module.content).toMatchFileSnapshot(resolve(folder, name, 'module.ts.txt'));
  });
});
