// The table of passes: its documentation, and what running it promises.
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verifyStages } from '../../compiler/analysis/verify-stage.ts';
import { analyse } from '../../compiler/compile.ts';
import { passes, programAt, stageAfter, type Watch } from '../../compiler/passes/index.ts';
import { loadMachine } from '../../compiler/targets/index.ts';

const shaped = () => {
  const models = analyse({ file: 'net.convnet', text: 'model net(x: [4, 4, 2]) {\n  conv(2, kernel: 3)\n}\n' });
  if (!models.ok) throw new Error(models.problems[0]!.message);
  return models.value[0]!;
};

describe('the table of passes', () => {
  it('is written out in docs/passes.md', async () => {
    const rows = passes.map(({ name, about, from, to }) => `| \`${name}\` | ${from} → ${to} | ${about} |`);
    const page = `# Passes

Every stage of the compiler, in order. \`atrous build --dump FOLDER\` writes what each of them makes, \`atrous graph --after PASS\`
draws it.

| pass | stage | |
| --- | --- | --- |
${rows.join('\n')}
`;
    await expect(page).toMatchFileSnapshot(resolve(import.meta.dirname, '../../docs/passes.md'));
  });

  it('gives each pass a sentence and a name of its own', () => {
    expect(new Set(passes.map(({ name }) => name)).size).toBe(passes.length);
    for (const { about } of passes) expect(about).toMatch(/^[A-Z][^.]*\.$/);
  });

  it('runs up to the pass that was asked for, and tells of each', async () => {
    const machine = await loadMachine('wasm');
    const told: string[] = [];
    const ran = stageAfter('sweep', shaped(), { machine, watch: ({ name }) => told.push(name) });
    expect(ran.ok && ran.value.steps.length).toBe(1);
    const names = passes.map(({ name }) => name);
    expect(told).toEqual(names.slice(1, names.indexOf('sweep') + 1));
  });

  it('has a program from `translate` on', async () => {
    const machine = await loadMachine('ts');
    const told: string[] = [];
    stageAfter('assemble', shaped(), { machine, watch: ({ name }, stage) => programAt(stage) && told.push(name) });
    const names = passes.map(({ name }) => name);
    expect(told).toEqual(names.slice(names.indexOf('translate')));
  });
});

describe('--verify', () => {
  it('names the pass that made something unsound, and says nothing of sound stages', async () => {
    const machine = await loadMachine('wasm');
    const faults: string[] = [];
    const watch: Watch = (pass, stage) => {
      verifyStages(pass, stage);
      const program = programAt(stage);
      if (!program || stage.kind !== 'program') return;
      const broken = { ...stage, value: { ...program, outputs: [{ name: 'output', value: 'gone' }] } };
      expect(() => verifyStages(pass, broken)).toThrow(
        `after the pass ${pass.name}: the output output is never written`,
      );
      faults.push(pass.name);
    };
    expect(stageAfter('assemble', shaped(), { machine, watch }).ok).toBe(true);
    expect(faults).toContain('fuse');
  });
});
