// A selection of other projects' operator cases, through the whole compiler on every target.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Case } from './runner/case.ts';
import { difference, roundToHalf, ulpDistance } from './runner/compare.ts';
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

  it('gives half floats as float32 and rounds what comes back', async () => {
    const half = (data: readonly number[]) => ({ dataType: 'float16', shape: [data.length], data });
    const inputs = { input: half([-1, 2.001953125]) };
    expect(await verdict({ inputs, expected: { output: half([0, 2.001953125]) } })).toMatchObject({ result: 'passed' });
    expect(await verdict({ inputs, expected: { output: half([0, 2]) } })).toMatchObject({ result: 'failed' });
    const mixed = { input: { dataType: 'float32', shape: [2], data: [-1, 2] } };
    expect(await verdict({ inputs: mixed, expected: { output: half([0, 2]) } })).toEqual({
      result: 'unsupported',
      reason: 'element types float32 and float16 together',
    });
  });

  it('rounds to half floats, of two to the even one', () => {
    for (const exact of [0, 1, -1.5, 65504, 2 ** -24, 2 ** -14, 0.333251953125]) expect(roundToHalf(exact)).toBe(exact);
    expect(roundToHalf(1 + 2 ** -11)).toBe(1);
    expect(roundToHalf(1 + 3 * 2 ** -11)).toBe(1 + 2 ** -9);
    expect(roundToHalf(2047.5)).toBe(2048);
    expect(roundToHalf(2 ** -25)).toBe(0);
    expect(roundToHalf(-(2 ** -24) * 1.5)).toBe(-(2 ** -23));
    expect(roundToHalf(65519)).toBe(65504);
    expect(roundToHalf(-65520)).toBe(Number.NEGATIVE_INFINITY);
    expect(roundToHalf(Number.NaN)).toBeNaN();
    const next = { shape: [2], data: Float32Array.of(2048, -(2 ** -24)) };
    const one = { shape: [2], data: Float32Array.of(2047, 2 ** -24) };
    expect(difference(next, one, { type: 'ulp', value: 2 }, { half: true })).toBeUndefined();
    expect(difference(next, one, { type: 'ulp', value: 1 }, { half: true })).toMatch(
      /1 of 2 values, first at 1.*2 ulp/,
    );
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
