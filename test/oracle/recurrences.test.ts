// Layers whose steps repeat along an axis, each turn standing on the one before: against plain loops, and every way through
// the compiler.
import { beforeAll, describe, expect, it } from 'vitest';
import { verifyPlan } from '../../compiler/analysis/verify-plan.ts';
import { analyse, compileModel } from '../../compiler/compile.ts';
import type { ShapedModel } from '../../compiler/graph/model.ts';
import { programAt, stageAfter } from '../../compiler/passes/index.ts';
import { programFaults } from '../../compiler/program/verify.ts';
import { loadBackend } from '../../compiler/targets/index.ts';
import type { Backend } from '../../compiler/targets/target.ts';
import { checkAllWays } from '../all-ways.ts';
import { rows, runNamed, tensor } from '../run-operator.ts';

let backends: readonly Backend[];

beforeAll(async () => {
  backends = await Promise.all([loadBackend('ts'), loadBackend('wasm')]);
});

function modelOf(text: string): ShapedModel {
  const result = analyse({ file: 'net.convnet', text });
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('; '));
  return result.value[0]!;
}

/** Equal on every way, with every stage verified. */
function checkEverywhere(text: string, tolerance?: number): void {
  const model = modelOf(text);
  for (const backend of backends) {
    const { machine } = backend;
    stageAfter('sweep', model, {
      machine,
      watch: ({ name }, stage) => {
        const program = programAt(stage);
        if (program) expect(programFaults(program, name === 'sweep'), `${text}: after ${name}`).toEqual([]);
      },
    });
    const compiled = compileModel(model, backend, { init: { scheme: 'he', seed: 1 }, sourceHash: '' });
    if (!compiled.ok) throw new Error(compiled.problems[0]!.message);
    expect(verifyPlan(compiled.value.planned.plan)).toEqual([]);
  }
  checkAllWays(model, backends, 7, text, tolerance);
}

describe('cumSum', () => {
  it('adds up along its axis, from either end, with or without the element itself', () => {
    const input = tensor([3, 2], [1, 2, 3, 4, 5, 6]);
    const sums = (written: Record<string, number | boolean>): number[][] => rows(runNamed('cumSum', written, input));
    expect(sums({ axis: 0 })).toEqual([
      [1, 2],
      [4, 6],
      [9, 12],
    ]);
    expect(sums({ axis: 1 })).toEqual([
      [1, 3],
      [3, 7],
      [5, 11],
    ]);
    expect(sums({ axis: 0, reverse: true })).toEqual([
      [9, 12],
      [8, 10],
      [5, 6],
    ]);
    expect(sums({ axis: 0, exclusive: true })).toEqual([
      [0, 0],
      [1, 2],
      [4, 6],
    ]);
    expect(sums({ axis: -1, exclusive: true, reverse: true })).toEqual([
      [2, 0],
      [4, 0],
      [6, 0],
    ]);
  });

  it.each([
    'model m(x: [5]) { cumSum(0) }',
    'model m(x: [1, 3]) { cumSum(0) }',
    'model m(x: [7, 13]) { cumSum(0, reverse: true) }',
    'model m(x: [4, 5, 6]) { cumSum(1, exclusive: true); relu }',
    'model m(x: [4, 5, 6]) { add(it, it); cumSum(-1, reverse: true) }',
    'model m(x: [9, 8]) { concat(x |> cumSum(0), x |> relu |> cumSum(0), axis: 1) }',
    'model m(x: [6, 4]) { conv(4, kernel: 3, padding: same); cumSum(0); conv(4, kernel: 3, padding: same) }',
    'model m(x: [6, 4]) { cumSum(0) as a; cumSum(0, reverse: true); add(a); flatten; cumSum(0) }',
  ])('%s', (text) => checkEverywhere(text));

  it('runs as one loop around its step, not as unrolled code', () => {
    const compiled = compileModel(modelOf('model m(x: [500, 8]) { cumSum(0) }'), backends[0]!, { sourceHash: '' });
    if (!compiled.ok) throw new Error(compiled.problems[0]!.message);
    const { nests } = compiled.value.planned.plan;
    expect(JSON.stringify(nests).length).toBeLessThan(2000);
  });
});
