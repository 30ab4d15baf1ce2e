// A selection of other projects' operator cases, through the whole compiler on every target.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Case } from './runner/case.ts';
import { difference, ulpDistance } from './runner/compare.ts';
import { loadTarget, type Target } from './runner/execute.ts';
import { judge } from './runner/judge.ts';

const folder = new URL('./cases/', import.meta.url);
const corpora = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => [name, (JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as { cases: Case[] }).cases] as const);

describe.each(['reference', 'ts', 'wasm'] satisfies Target[])('on %s', (target) => {
  it.each(corpora)('every case of %s passes', async (_, cases) => {
    const execute = await loadTarget(target);
    const failures = cases
      .map((stated) => ({ name: stated.name, ...judge(stated, execute) }))
      .filter(({ result }) => result !== 'passed');
    expect(cases.length).toBeGreaterThan(20);
    expect(failures).toEqual([]);
  });
});

describe('the judge', () => {
  const stated: Case = {
    source: 'torch',
    name: 'relu',
    op: 'relu',
    inputs: { input: { dataType: 'float32', shape: [2], data: [-1, 2] } },
    expected: { output: { dataType: 'float32', shape: [2], data: [0, 2] } },
    tolerance: { type: 'ulp', value: 0 },
  };
  const verdict = async (change: Partial<Case>) => judge({ ...stated, ...change }, await loadTarget('reference'));

  it('fails what differs, in value or shape', async () => {
    expect((await verdict({})).result).toBe('passed');
    const wrong = { output: { dataType: 'float32', shape: [2], data: [0, 3] } };
    expect(await verdict({ expected: wrong })).toMatchObject({
      result: 'failed',
      reason: expect.stringMatching(/first at 1: 2 instead of 3/),
    });
    const flat = { output: { dataType: 'float32', shape: [1, 2], data: [0, 2] } };
    expect(await verdict({ expected: flat })).toMatchObject({
      result: 'failed',
      reason: expect.stringMatching(/shape/),
    });
  });

  it('fails an error that does not come', async () => {
    expect(await verdict({ expectsError: true })).toMatchObject({
      result: 'failed',
      reason: expect.stringMatching(/no problem/),
    });
  });

  it('says why a case is unsupported', async () => {
    expect(await verdict({ op: 'gru' })).toEqual({ result: 'unsupported', reason: 'the language has no gru' });
    const inputs = { input: { dataType: 'int8', shape: [2], data: [-1, 2] } };
    expect(await verdict({ inputs })).toEqual({ result: 'unsupported', reason: 'element type int8' });
  });

  it('counts units in the last place across zero', () => {
    expect(ulpDistance(1, 1 + 2 ** -23)).toBe(1);
    expect(ulpDistance(0, -0)).toBe(0);
    expect(ulpDistance(2 ** -149, -(2 ** -149))).toBe(2);
    const one = { shape: [1], data: Float32Array.of(1) };
    const near = { shape: [1], data: Float32Array.of(1 + 2 ** -22) };
    expect(difference(near, one, { type: 'ulp', value: 2 })).toBeUndefined();
    expect(difference(near, one, { type: 'ulp', value: 1 })).toMatch(/2 ulp/);
  });
});
