// Options are declared once: the library, the flags and the module's form all obey the same rows.
import { describe, expect, it } from 'vitest';
import { compile, renderProblems } from '../../compiler/index.ts';
import { compilationOptions, libraryOptions, moduleOptions, type OptionTable } from '../../compiler/options.ts';
import { type Records, writeRecords } from '../../compiler/scheduling/records.ts';
import { javascript } from '../../compiler/targets/typescript/machine.ts';
import { command, inFolder } from '../golden/cli/run.ts';

const net = 'model net(x: [32, 4]) -> [64, 1] {\n  convTranspose(1, kernel: 4, stride: 2, padding: same)\n}\n';
const flagsOf = (help: string): string[] => [...help.matchAll(/^ {2}--([a-z-]+)/gm)].map((match) => match[1]!);
const flagOf = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

describe('every row', () => {
  const tables = { ...compilationOptions, ...moduleOptions, ...libraryOptions } as unknown as OptionTable;

  it.each(Object.entries(tables))('%s has one sentence, and a fallback that fits', (_, { about, fallback, fits }) => {
    expect(about).toMatch(/^[A-Z][^.]*(\.[a-zA-Z][^.]*)*\.$/);
    if (fallback !== undefined) expect(fits(fallback)).toBe(true);
  });

  it.each(['check', 'build', 'run', 'verify', 'bench'])('is a flag of %s', async (name) => {
    const { output } = await command(`${name} --help`);
    expect(flagsOf(output)).toEqual(expect.arrayContaining(Object.keys(compilationOptions).map(flagOf)));
  });

  it('is taken by commands for which it changes nothing, which say so', () =>
    inFolder({ 'net.convnet': net }, async () => {
      for (const name of ['export net.convnet --init he', 'explain net.convnet', 'graph net.convnet']) {
        const ran = await command(`${name} --lowering zero-insertion --exact --target ts`);
        expect(ran.code).toBe(0);
        expect(ran.problems.match(/usage\/unused/g)?.length ?? 0).toBe(name.startsWith('export') ? 3 : 0);
      }
      const told = await command('explain net.convnet --init he');
      expect(told).toMatchObject({ code: 0, problems: 'warning[usage/unused]: --init changes nothing for explain\n' });
    }));
});

describe('an option changes what it is about', () => {
  it('on every command', () =>
    inFolder({ 'net.convnet': net, 'x.json': JSON.stringify(Array(128).fill(1)) }, async () => {
      const arena = async (line: string): Promise<number> =>
        JSON.parse((await command(`check net.convnet --json${line}`)).output).models[0].arenaBytes;
      expect(await arena(' --lowering zero-insertion')).toBeGreaterThan(await arena(''));
      const steps = async (line: string): Promise<string> =>
        (await command(`graph net.convnet --after gather${line}`)).output;
      expect(await steps(' --lowering zero-insertion')).toContain('inserted');
      expect(await steps('')).not.toContain('inserted');
      const run = (line: string) => command(`run net.convnet --init he --input x.json${line}`);
      const [phases, inserted] = [await run(''), await run(' --lowering zero-insertion --target ts')];
      expect(inserted).toMatchObject({ code: 0, problems: '' });
      expect(inserted.output.slice(0, 24)).toBe(phases.output.slice(0, 24));
      expect((await run(' --seed 2')).output).not.toBe(phases.output);
      expect((await command('check net.convnet --schedules none.json')).problems).toContain('file/missing');
      expect((await command('explain net.convnet --weights none.safetensors')).problems).toContain('file/missing');
    }));
});

describe('the library', () => {
  it('takes a seed, and refuses one of nothing', () => {
    const weights = (options: Parameters<typeof compile>[1]): Uint8Array => {
      const compiled = compile(net, options);
      if (!compiled.ok) throw new Error(renderProblems(compiled.problems));
      return compiled.model.weights;
    };
    expect(weights({ init: 'he', seed: 3 })).toEqual(weights({ init: { scheme: 'he', seed: 3 } }));
    expect(weights({ init: 'he' })).not.toEqual(weights({ init: 'he', seed: 3 }));
    const refused = compile(net, { seed: 3 });
    expect(refused.ok ? [] : refused.problems.map(({ code }) => code)).toEqual(['options/value']);
  });

  it('takes the bytes of a schedules file, and tells of one that fits nothing', () => {
    const records: Records = { schedules: new Map(), algorithms: new Map([['another', 'direct']]) };
    const bytes = new TextEncoder().encode(writeRecords(javascript, records));
    for (const schedules of [bytes, records]) {
      const compiled = compile(net, { init: 'he', target: 'ts', schedules });
      expect(compiled.ok && compiled.warnings.map(({ code }) => code)).toEqual(['schedules/unused']);
    }
    const wrong = compile(net, { init: 'he', target: 'wasm', schedules: bytes });
    expect(wrong.ok ? [] : wrong.problems.map(({ code }) => code)).toEqual(['schedules/machine']);
  });
});
