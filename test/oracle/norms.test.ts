// Norms are right wherever they are numbers of single precision, whatever their squares are.
import { beforeAll, describe, expect, it } from 'vitest';
import { analyse, compileModel } from '../../compiler/compile.ts';
import { loadBackend } from '../../compiler/targets/index.ts';
import type { Backend } from '../../compiler/targets/target.ts';

let backends: readonly Backend[];

beforeAll(async () => {
  backends = await Promise.all([loadBackend('ts'), loadBackend('wasm')]);
});

function run(text: string, x: readonly number[], backend: Backend): number[] {
  const models = analyse({ file: 'net.convnet', text });
  if (!models.ok) throw new Error(models.problems[0]!.message);
  const compiled = compileModel(models.value[0]!, backend, { sourceHash: '' });
  if (!compiled.ok) throw new Error(compiled.problems[0]!.message);
  return [...compiled.value.instantiate().run({ x: Float32Array.from(x) }).output!];
}

const all = 'model net(x: [4]) -> [1] { reduceL2 }';

describe.each([1e30, 1, 1e-30])('norms of numbers about %d', (size) => {
  const x = [3, -4, 0, 12].map((value) => value * size);
  it.each([
    ['reduceL2', all, [13 * size]],
    ['reduceL2 of an axis', 'model net(x: [2, 2]) -> [2] { reduceL2(axes: [1]) }', [5 * size, 12 * size]],
    ['l2Normalize', 'model net(x: [4]) -> [4] { l2Normalize(epsilon: 0) }', [3 / 13, -4 / 13, 0, 12 / 13]],
    ['lpNormalize', 'model net(x: [4]) -> [4] { lpNormalize(p: 2, epsilon: 0) }', [3 / 13, -4 / 13, 0, 12 / 13]],
  ])('%s', (_name, text, expected) => {
    for (const backend of backends)
      run(text, x, backend).forEach((value, n) => {
        expect(Math.abs(value - expected[n]!)).toBeLessThanOrEqual(4e-7 * Math.abs(expected[n]!));
      });
  });
});

it('zeros, infinities and NaN are what they were', () => {
  for (const backend of backends) {
    expect(run(all, [0, 0, 0, 0], backend)).toEqual([0]);
    expect(run(all, [1, Number.NEGATIVE_INFINITY, 0, 2], backend)).toEqual([Number.POSITIVE_INFINITY]);
    expect(run(all, [1, Number.NaN, 0, 2], backend)).toEqual([Number.NaN]);
    expect(run('model net(x: [2]) -> [2] { l2Normalize }', [0, 0], backend)).toEqual([0, 0]);
  }
});
