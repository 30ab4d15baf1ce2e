// Layers whose numbers are far from the usual: thousands of operands, windows wider than what they look at.
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateOutputs } from '../../compiler/analysis/reference.ts';
import { analyse, planModel } from '../../compiler/compile.ts';
import type { ShapedModel } from '../../compiler/graph/model.ts';
import { loadBackend } from '../../compiler/targets/index.ts';
import type { Backend } from '../../compiler/targets/target.ts';
import { checkAllWays } from '../all-ways.ts';

let backends: readonly Backend[];

beforeAll(async () => {
  backends = await Promise.all([loadBackend('ts'), loadBackend('wasm')]);
});

function modelOf(text: string): ShapedModel {
  const models = analyse({ file: 'net.convnet', text });
  if (!models.ok) throw new Error(models.problems[0]!.message);
  return models.value[0]!;
}

const outputOf = (text: string, x: readonly number[]): number[] => [
  ...evaluateOutputs(modelOf(text), new Map(), { x: Float32Array.from(x) }).output!,
];

describe('a layer of 3,000 operands', () => {
  const operands = Array.from({ length: 3000 }, (_, n) => (n % 2 === 0 ? 'x' : 'y')).join(', ');
  const textOf = (layer: string): string =>
    `model net(x: [1, 2]) {\n neg as y\n ${layer}(${operands}) as z\n return z\n}\n`;

  it.each([
    ['add', [0, 0]],
    ['mul', [1, 1]],
    ['max', [1, 1]],
    ['min', [-1, -1]],
  ])('%s is computed on every target', (layer, expected) => {
    const text = textOf(layer);
    expect(Object.values(evaluateOutputs(modelOf(text), new Map(), { x: Float32Array.of(1, -1) }))[0]).toEqual(
      Float32Array.from(expected),
    );
    checkAllWays(modelOf(text), backends, 1, layer, 2e-5, true);
  });

  it('concat is computed, and planned for a target', () => {
    const model = modelOf(textOf('concat'));
    const [output] = Object.values(evaluateOutputs(model, new Map(), { x: Float32Array.of(1, -1) }));
    expect([...output!]).toEqual(Array.from({ length: 3000 }, (_, n) => (n % 2 === 0 ? [1, -1] : [-1, 1])).flat());
    expect(planModel(model, { machine: backends[1]!.machine, sourceHash: '' }).ok).toBe(true);
  });
});

describe('a pool wider than its input', () => {
  const cells = Array.from({ length: 40 }, (_, at) => (at * 7) % 40);

  it('takes the maximum of what it sees', () => {
    const text = 'model net(x: [40, 1]) { maxPool(51, stride: 1, padding: same) }';
    const expected = cells.map((_, at) => Math.max(...cells.slice(Math.max(0, at - 25), at + 26)));
    expect(outputOf(text, cells)).toEqual(expected);
  });

  it.each([
    'maxPool(51, stride: 1, padding: same)',
    'maxPool(2147483647, stride: 1, padding: same)',
    'maxPool(9, stride: 2, dilation: 7, padding: [[50, 20]])',
    'maxPool(3, padding: 90)',
    'avgPool(101, stride: 1, padding: same)',
    'argMaxPool(101, stride: 1, padding: same)',
  ])('is the same on every target: %s', (layer) => {
    checkAllWays(modelOf(`model net(x: [40, 2]) { ${layer} }`), backends, 1, layer);
  });

  it('has code that does not grow with its outputs', () => {
    const nests = (size: number): number => {
      const text = `model net(x: [${size}, ${size}, 1]) { maxPool(${2 * size - 1}, stride: 1, padding: same) }`;
      const planned = planModel(modelOf(text), { machine: backends[1]!.machine, sourceHash: '' });
      if (!planned.ok) throw new Error(planned.problems[0]!.message);
      return planned.value.plan.nests.length;
    };
    expect(nests(60)).toBe(nests(30));
  });
});
