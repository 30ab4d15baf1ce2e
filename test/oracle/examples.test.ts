// The examples that teach, with the numbers they promise; the full-size ones check and compile.
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateOutputs } from '../../compiler/analysis/reference.ts';
import { layerTable } from '../../compiler/analysis/table.ts';
import { analyse, compileModel, planModel, sourceHash } from '../../compiler/compile.ts';
import type { ShapedModel } from '../../compiler/graph/model.ts';
import type { Lowering } from '../../compiler/options.ts';
import { loadBackend } from '../../compiler/targets/index.ts';
import type { Backend } from '../../compiler/targets/target.ts';

const folder = resolve(import.meta.dirname, '../../examples');
let ts: Backend;
let wasm: Backend;

beforeAll(async () => {
  [ts, wasm] = await Promise.all([loadBackend('ts'), loadBackend('wasm')]);
});

function example(name: string): ShapedModel {
  const file = `${name}.convnet`;
  const result = analyse({ file, text: readFileSync(resolve(folder, file), 'utf8') });
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('; '));
  return result.value[0]!;
}

/** The same results as the reference on both targets and by both lowerings. */
function run(name: string, inputs: Record<string, readonly number[]>): Record<string, number[]> {
  const model = example(name);
  const data = Object.fromEntries(Object.entries(inputs).map(([key, values]) => [key, Float32Array.from(values)]));
  const results: Record<string, Float32Array>[] = [];
  for (const lowering of ['phases', 'zero-insertion'] satisfies Lowering[]) {
    for (const backend of [ts, wasm]) {
      const compiled = compileModel(model, backend, { lowering, sourceHash: sourceHash(name) });
      if (!compiled.ok) throw new Error(compiled.problems[0]!.message);
      results.push(compiled.value.instantiate().run(data));
    }
  }
  const weights = new Map(
    model.graph.nodes.flatMap((node) =>
      node.inference.weights.map(({ name: key, shape, literal }) => [
        node.weightNames.get(key)!,
        { shape, data: Float32Array.from(literal ?? []) },
      ]),
    ),
  );
  const expected = evaluateOutputs(model, weights, data);
  for (const result of results) {
    for (const [key, values] of Object.entries(expected))
      expect([...result[key]!].map(positiveZero)).toEqual([...values].map(positiveZero));
  }
  return Object.fromEntries(Object.entries(expected).map(([key, values]) => [key, [...values].map(positiveZero)]));
}

/** A sum of no terms and a sum of negative zeros are the same number. */
const positiveZero = (value: number): number => value + 0;
const counting = (to: number): number[] => Array.from({ length: to }, (_, n) => n + 1);

describe('examples that teach', () => {
  it('dilated: one kernel at rates 1, 2 and 3', () => {
    const { rate1, rate2, rate3 } = run('dilated', { image: counting(49) });
    expect(rate1).toHaveLength(25);
    expect(rate2).toHaveLength(9);
    // Nine samples around the centre of 1 … 49, whatever the rate: nine times 25.
    expect([rate1![12], rate2![4], rate3![0]]).toEqual([225, 225, 225]);
    const rows = layerTable(example('dilated')).rows;
    expect(rows.map(({ parameters, receptiveField }) => [parameters, receptiveField])).toEqual([
      [9, [3, 3, 1]],
      [9, [5, 5, 1]],
      [9, [7, 7, 1]],
    ]);
  });

  it('transposed: the shape comes back, the values do not', () => {
    const { down, up } = run('transposed', { image: counting(25) });
    expect(down).toEqual([-67, -77, -117, -127]);
    expect(up!.slice(0, 5)).toEqual([67, -134, 278, -154, 231]);
  });

  it('output-shape: two sizes reach back from 2×2, a third is refused', () => {
    const { five, six } = run('output-shape', { image: counting(36) });
    expect([five!.length, six!.length]).toEqual([25, 36]);
    const six2 = example('output-shape').graph.node('six')!.inference.axes;
    expect(six2.map(({ after }) => after)).toEqual([-1, -1]);
    const text = readFileSync(resolve(folder, 'output-shape.convnet'), 'utf8').replaceAll(
      'outputShape: [6, 6]',
      'outputShape: [7, 7]',
    );
    const problems = analyse({ file: 'output-shape.convnet', text }).problems.filter(
      ({ code }) => code === 'transpose/unreachable-size',
    );
    expect(problems[0]?.message).toContain('7×7');
    expect(problems[0]?.notes.join()).toMatch(/\[5, 5\].*\[6, 6\]/);
  });

  it('matrix: direct, by zero insertion, by phases', () => {
    const { down, up } = run('matrix', { image: counting(16) });
    expect(down).toEqual([-56, -61, -76, -81]);
    expect(up).toEqual([56, -51, 46, 183, -148, -35, 35, -123, 88, 35, -35, 63, 532, -41, 36, 729]);
  });

  it('same-valid: 4×4 and 6×6', () => {
    const { valid1, same3 } = run('same-valid', { image: counting(4) });
    expect([valid1!.length, same3!.length]).toEqual([16, 36]);
    expect(same3!.slice(0, 6)).toEqual([1, 2, 3, 2, 4, 6]);
  });

  it('separable: 39 parameters instead of 108', () => {
    const rows = layerTable(example('separable')).rows;
    expect(rows.map(({ operator, parameters }) => [operator, parameters])).toEqual([
      ['conv', 108],
      ['separableConv', 39],
    ]);
  });
});

describe('every example', () => {
  const names = readdirSync(folder)
    .filter((file) => file.endsWith('.convnet'))
    .map((file) => file.replace('.convnet', ''));

  it.each(names)('%s checks and becomes kernels within 5 %% of the least memory', (name) => {
    const planned = planModel(example(name), { machine: wasm.machine, sourceHash: '00000000' });
    if (!planned.ok) throw new Error(planned.problems[0]!.message);
    const { plan } = planned.value;
    expect(plan.nests.length).toBeGreaterThan(0);
    // A network of a few elements is all alignment.
    if (plan.arena > 4096) expect(plan.arena / plan.lowerBound).toBeLessThan(1.05);
  });

  it.each(names)('%s gives no warning', (name) => {
    const file = `${name}.convnet`;
    expect(analyse({ file, text: readFileSync(resolve(folder, file), 'utf8') }).problems).toEqual([]);
  });

  it('resnet18 and mobilenet have the parameters their papers count', () => {
    expect(layerTable(example('resnet18')).parameters).toBe(11_699_112);
    expect(layerTable(example('mobilenet')).parameters).toBe(4_253_864);
  });
});
