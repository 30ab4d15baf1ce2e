// The pages of docs/ that are made from what the code states. `npx vitest run test/docs -u` writes them again.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lints } from '../../compiler/analysis/lints/index.ts';
import { operators as described } from '../../compiler/index.ts';
import { operators } from '../../compiler/operators/index.ts';
import { layersReference } from '../../compiler/presentation/layer-page.ts';
import { optionsReference } from '../../compiler/presentation/options-page.ts';
import { problemsReference } from '../../compiler/presentation/problem-codes.ts';
import { command } from '../golden/cli/run.ts';

const reference = layersReference(operators.values());
const page = (name: string): string => resolve(import.meta.dirname, '../../docs', name);

it('docs/layers.md is current, and has every layer with all of its parameters', async () => {
  await expect(reference).toMatchFileSnapshot(page('layers.md'));
  for (const { name, parameters } of operators.values()) {
    const [, own = ''] = reference.split(`\n### ${name}\n`);
    const section = own.split('\n### ')[0]!;
    expect(section).toContain('Example: ');
    for (const parameter of Object.keys(parameters)) expect(section).toContain(`| \`${parameter}\` |`);
  }
});

it('docs/options.md is current', async () => {
  await expect(optionsReference()).toMatchFileSnapshot(page('options.md'));
});

describe('help', () => {
  it.each([...operators.keys()])('%s has a page, the one of docs/layers.md', async (name) => {
    const { code, output, problems } = await command(`help ${name}`);
    expect([code, problems]).toEqual([0, '']);
    expect(reference).toContain(output.trimEnd());
  });

  it('lists the layers, and shows the page of a command', async () => {
    expect((await command('help layers')).output.split('\n').length).toBe(operators.size + 1);
    expect((await command('help build')).output).toBe((await command('build --help')).output);
    expect((await command('help')).output).toBe((await command('--help')).output);
  });

  it.each(['check', 'build', 'run', 'explain', 'graph', 'import', 'export', 'verify', 'bench', 'tune', 'fmt'])(
    '%s has an example, whose options the command has',
    async (name) => {
      const { output } = await command(`help ${name}`);
      const example = new RegExp(`^Example: atrous ${name} (.*)$`, 'm').exec(output)![1]!;
      for (const option of example.match(/--[a-z]+/g) ?? []) expect(output).toContain(`\n  ${option} `);
    },
  );

  it.each([
    ['convv', 'did you mean `conv`?'],
    ['biuld', 'did you mean `build`?'],
    ['__proto__', 'topics are'],
  ])('an unknown topic is wrong usage: %s', async (topic, note) => {
    const ran = await command(`help ${topic}`);
    expect([ran.code, ran.output]).toEqual([2, '']);
    expect(ran.problems).toContain(`there is no help on ${topic}`);
    expect(ran.problems).toContain(note);
  });
});

it('the library describes every layer', () => {
  expect(described.map(({ name }) => name)).toEqual([...operators.keys()]);
  const conv = described.find(({ name }) => name === 'conv')!;
  expect(conv.parameters[0]).toMatchObject({ name: 'filters', required: true });
  expect(conv.parameters.find(({ name }) => name === 'stride')).toMatchObject({ required: false, fallback: 1 });
});

it('docs/language.md has every lint', () => {
  const [, section = ''] = readFileSync(page('language.md'), 'utf8').split('\n## Lints\n');
  const rows = lints.map(({ name, about }) => `| \`${name}\` | ${about} |`);
  expect(section.split('\n## ')[0]!.trim().split('\n')).toEqual(['| lint | about |', '| --- | --- |', ...rows]);
});

describe('problems', () => {
  it('docs/problems.md is current', async () => {
    await expect(problemsReference()).toMatchFileSnapshot(page('problems.md'));
  });

  it('help explains a code', async () => {
    const { code, output } = await command('help transpose/unreachable-size');
    expect(code).toBe(0);
    expect(output).toMatch(/^### transpose\/unreachable-size\n\nNo output padding/);
    expect((await command('help transpose/unreachable')).problems).toContain('transpose/unreachable-size');
  });
});
