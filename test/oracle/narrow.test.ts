// Weights that are stored as half-precision numbers or as 8-bit integers: what a model computes with them is what it computes
// with weights that were rounded so beforehand, in every way through the compiler, and files are a half or a quarter as large.
import { beforeAll, describe, expect, it } from 'vitest';
import { roundHalfEven } from '../../compiler/algebra/functions.ts';
import { halfToNumber, numberToHalf } from '../../compiler/algebra/half.ts';
import { generator } from '../../compiler/algebra/pseudo-random.ts';
import { evaluateOutputs } from '../../compiler/analysis/reference.ts';
import { verifyPlan } from '../../compiler/analysis/verify-plan.ts';
import { analyse, type Compiled, compileModel } from '../../compiler/compile.ts';
import type { ShapedModel } from '../../compiler/graph/model.ts';
import type { WeightElement } from '../../compiler/options.ts';
import { bindWeights, runPreparation, type WeightTensors } from '../../compiler/plan/weights.ts';
import { loadBackend } from '../../compiler/targets/index.ts';
import type { Backend } from '../../compiler/targets/target.ts';
import { sizeOf } from '../../compiler/tensor.ts';
import { drawCase } from '../all-ways.ts';
import { drawNetwork } from '../draw-network.ts';
import { runPlan } from '../run-plan.ts';

let backends: readonly Backend[];

beforeAll(async () => {
  backends = await Promise.all([loadBackend('ts'), loadBackend('wasm')]);
});

function shaped(text: string): ShapedModel {
  const models = analyse({ file: 'net.convnet', text });
  if (!models.ok) throw new Error(models.problems[0]!.message);
  return models.value[0]!;
}

function compiled(model: ShapedModel, backend: Backend, weights: WeightTensors, quantize?: WeightElement): Compiled {
  const result = compileModel(model, backend, { weights, sourceHash: '0', ...(quantize && { quantize }) });
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('; '));
  expect(verifyPlan(result.value.planned.plan)).toEqual([]);
  return result.value;
}

function drawn(model: ShapedModel, seed: number) {
  const bound = bindWeights(model, undefined, { scheme: 'he', seed });
  if (!bound.ok) throw new Error('weights');
  const random = generator(seed);
  const inputs = Object.fromEntries(
    model.inputs.map(({ name, shape }) => [name, Float32Array.from({ length: sizeOf(shape) }, () => 2 * random() - 1)]),
  );
  return { weights: bound.value, inputs };
}

const isWide = (shape: readonly number[]): boolean => shape.filter((size) => size > 1).length > 1;

const rounded = (
  weights: WeightTensors,
  round: (data: Float32Array, channels: number) => Float32Array,
  channels: number,
): WeightTensors =>
  new Map(
    [...weights].map(([name, { shape, data }]) => [
      name,
      { shape, data: isWide(shape) ? round(data, channels) : data },
    ]),
  );

const toHalf = (data: Float32Array): Float32Array => data.map((value) => halfToNumber(numberToHalf(value)));

/** One scale for each output channel, which kernels have last. */
function toLevels(data: Float32Array, channels: number): Float32Array {
  const largest = new Float32Array(channels);
  data.forEach((value, n) => {
    largest[n % channels] = Math.max(largest[n % channels]!, Math.abs(value));
  });
  return data.map((value, n) => {
    const scale = Math.fround(largest[n % channels]! / 127);
    return scale === 0 ? 0 : roundHalfEven(value / scale) * scale;
  });
}

function expectClose(found: Float32Array, expected: Float32Array, tolerance: number, what: string): void {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  found.forEach((value, n) => {
    if (!(Math.abs(value - expected[n]!) <= tolerance * largest))
      expect.fail(`${what}: ${value} at ${n}, expected ${expected[n]}`);
  });
}

/** Without anything that is folded into a kernel, so that the stored numbers are the trained ones. */
const layers = {
  convolution: 'model net(x: [9, 11, 5]) { conv(7, kernel: 3, stride: 2) }',
  'of whole vectors': 'model net(x: [9, 9, 8]) { conv(16, kernel: 3, dilation: 2, padding: 0) }',
  'in tiles': 'model net(x: [32, 32, 32]) { conv(32, kernel: 3) }',
  'one by one': 'model net(x: [6, 6, 12]) { conv(20, kernel: 1) }',
  depthwise: 'model net(x: [9, 9, 6]) { depthwiseConv(kernel: 3) }',
  dense: 'model net(x: [37]) { dense(13) }',
  'in sequence': 'model net(x: [5, 12]) { dense(9) }',
} as const;

describe.each(Object.entries(layers))('%s', (_, text) => {
  it.each([
    ['f16', toHalf, 2e-6],
    ['int8', toLevels, 2e-6],
  ] as const)('with weights as %s is as with rounded weights', (quantize, round, tolerance) => {
    const model = shaped(text);
    const { weights, inputs } = drawn(model, 5);
    const expected = evaluateOutputs(
      model,
      rounded(weights, round, model.graph.nodes.at(-1)!.inference.output.at(-1)!),
      inputs,
    );
    for (const backend of backends) {
      const { planned, weights: stored, instantiate } = compiled(model, backend, weights, quantize);
      const precision = backend.name === 'ts' ? 'double' : 'single';
      const interpreted = runPlan(planned.plan, stored, inputs, precision);
      const run = instantiate().run(inputs);
      for (const name of Object.keys(expected)) {
        // Tiles and long sums in float32 round on their own.
        const allowed = backend.name === 'wasm' ? 2e-5 : tolerance * 10;
        expectClose(interpreted[name]!, expected[name]!, allowed, `${quantize}, loop IR for ${backend.name}`);
        expectClose(run[name]!, expected[name]!, allowed, `${quantize}, ${backend.name}`);
      }
    }
  });
});

it('transposed and grouped kernels have a scale for each output channel', () => {
  // Channels of very different sizes: a scale for all of them together would lose the small ones.
  for (const layer of [
    'convTranspose(4, kernel: 4, stride: 2)',
    'conv(4, kernel: 3, groups: 2)',
    'separableConv(4, kernel: 3)',
  ]) {
    const model = shaped(`model net(x: [6, 6, 4]) { ${layer} }`);
    const { weights, inputs } = drawn(model, 3);
    const order = (name: string, shape: readonly number[]): number => {
      if (layer.startsWith('convTranspose')) return shape.length - 2;
      return name.includes('depthwise') ? shape.length - 2 : shape.length - 1;
    };
    const uneven = new Map(
      [...weights].map(([name, { shape, data }]) => {
        const axis = order(name, shape);
        const inner = sizeOf(shape.slice(axis + 1));
        const scaled = data.map((value, n) => value * 1000 ** -(Math.floor(n / inner) % shape[axis]!));
        return [name, { shape, data: shape.length > 1 && layer.startsWith('convT') ? scaled : data }];
      }),
    );
    const expected = evaluateOutputs(model, uneven, inputs);
    for (const backend of backends) {
      const run = compiled(model, backend, uneven, 'int8').instantiate().run(inputs);
      for (const [name, values] of Object.entries(expected)) {
        const channels = model.outputs[0]!;
        expect(channels).toBeDefined();
        for (let channel = 0; channel < 4; channel++) {
          const of = (list: Float32Array): Float32Array => list.filter((_, n) => n % 4 === channel);
          const most = of(values).reduce((large, value) => Math.max(large, Math.abs(value)), 0);
          const worst = of(values).reduce((far, value, n) => Math.max(far, Math.abs(value - of(run[name]!)[n]!)), 0);
          expect(worst / most, `${layer}, channel ${channel}, ${backend.name}`).toBeLessThan(0.03);
        }
      }
    }
  }
});

describe('random networks with small integers for weights, which half precision has', () => {
  /** A folded scale makes weights that half precision rounds. */
  const isKept = ({ planned: { plan, program } }: Compiled, bound: WeightTensors): boolean => {
    const tensors = runPreparation(program, bound);
    const stored = plan.weights.tensors.filter(({ view }) => view.element === 'f16');
    return stored.every(({ name }) =>
      tensors.get(name)!.data.every((value) => halfToNumber(numberToHalf(value)) === value),
    );
  };

  it('compute the same bits as with float32', () => {
    let kept = 0;
    for (let seed = 101; seed < 125; seed++) {
      const { model, text } = drawNetwork(seed);
      const { inputs, weights, everyWeight } = drawCase(model, seed);
      for (const backend of backends) {
        const half = compiled(model, backend, weights, 'f16');
        if (!isKept(half, everyWeight)) continue;
        if (half.planned.plan.weights.tensors.some(({ view }) => view.element)) kept++;
        const expected = compiled(model, backend, weights).instantiate().run(inputs);
        expect(half.instantiate().run(inputs), `${backend.name}: ${text}`).toEqual(expected);
      }
    }
    expect(kept).toBeGreaterThan(10);
  }, 120_000);
});

describe('a file of weights', () => {
  const model = shaped(
    'model net(x: [16, 16, 32]) { conv(64, kernel: 3); relu; conv(64, kernel: 1); convTranspose(32, kernel: 4, stride: 2) }',
  );

  it.each([
    ['f16', 0.5],
    ['int8', 0.25],
  ] as const)('as %s is a part as large', async (quantize, part) => {
    const { weights } = drawn(model, 1);
    for (const backend of backends) {
      const sizeOfFile = async (how?: WeightElement): Promise<number> => {
        const files = await compiled(model, backend, weights, how).files({ inlineWeights: 'never' });
        return files.find(({ path }) => path === 'net.weights')!.content.length;
      };
      expect((await sizeOfFile(quantize)) / (await sizeOfFile())).toBeLessThan(part + 0.02);
    }
  });
});

it('a weight beyond the range of half precision is a problem, an infinite one is not', () => {
  const model = shaped('model net(x: [2]) { dense(2, bias: false) }');
  const weightsOf = (large: number): WeightTensors =>
    new Map([['dense_0.kernel', { shape: [2, 2], data: Float32Array.of(1, large, -2, 3) }]]);
  const problems = (large: number) =>
    compileModel(model, backends[1]!, { weights: weightsOf(large), quantize: 'f16', sourceHash: '0' }).problems;
  expect(problems(65519)).toEqual([]);
  expect(problems(Number.NEGATIVE_INFINITY)).toEqual([]);
  expect(problems(-70000)).toMatchObject([{ code: 'weights/range', severity: 'error' }]);
});
