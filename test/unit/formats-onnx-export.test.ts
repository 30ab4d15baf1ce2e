// Networks as ONNX: onnxruntime computes what the reference computes, and the import gives the same network back.
import { InferenceSession, Tensor } from 'onnxruntime-web';
import { describe, expect, test } from 'vitest';
import { evaluateOutputs } from '../../compiler/analysis/reference.ts';
import { analyse } from '../../compiler/compile.ts';
import { fromForeign, toForeign } from '../../compiler/front/importing/border.ts';
import { decodeModel, encodeModel } from '../../compiler/front/onnx/codec.ts';
import { exportModel } from '../../compiler/front/onnx/export.ts';
import { importModel } from '../../compiler/front/onnx/import.ts';
import { mappings } from '../../compiler/front/onnx/mappings/index.ts';
import type { ShapedModel } from '../../compiler/graph/model.ts';
import { operators } from '../../compiler/operators/index.ts';
import { bindWeights, type WeightTensors } from '../../compiler/plan/weights.ts';
import type { Result } from '../../dsl/problem.ts';
import { noise } from '../run-operator.ts';

function value<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.problems.map((problem) => `${problem.code}: ${problem.message}`).join('\n'));
}

const modelOf = (text: string): ShapedModel => value(analyse({ file: 'net.convnet', text }))[0]!;

/** Trained tensors away from the numbers they start with, so that none may be left out. */
function weightsOf(model: ShapedModel): WeightTensors {
  const bound = value(bindWeights(model, undefined, { scheme: 'he', seed: 1 }));
  return new Map(
    [...bound].map(([name, { shape, data }]) => [
      name,
      { shape, data: data.map((number, i) => Math.abs(number) * 0.5 + 0.1 + ((i * 7) % 5) / 20) },
    ]),
  );
}

/** Positive numbers where an operator needs them. */
const inputsOf = (model: ShapedModel, positive: boolean): Record<string, Float32Array> =>
  Object.fromEntries(
    model.inputs.map(({ name, shape }, n) => [
      name,
      noise(shape, n + 1).data.map((number) => (positive ? Math.abs(number) / 4 + 0.3 : number / 4 + 0.05)),
    ]),
  );

const toNchw = (shape: readonly number[]) => [1, shape.at(-1)!, ...shape.slice(0, -1)];
const boundary = (shape: readonly number[]) => ({
  dims: toNchw(shape),
  shape,
  layout: [[], [shape.length - 1], ...shape.slice(0, -1).map((_, axis) => [axis])],
});

async function runOnnx(bytes: Uint8Array, model: ShapedModel, inputs: Record<string, Float32Array>) {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 });
  const feeds = Object.fromEntries(
    model.inputs.map(({ name, shape }) => {
      const data = toForeign([inputs[name]!], boundary(shape));
      return [name, new Tensor('float32', data, toNchw(shape))];
    }),
  );
  const results = await session.run(feeds);
  const shapes = new Map(model.outputs.map(({ name, value }) => [name, shapeOf(model, value)]));
  return Object.fromEntries(
    Object.entries(results).map(([name, tensor]) => {
      const shape = shapes.get(name)!;
      expect(tensor.dims, name).toEqual(toNchw(shape));
      return [name, fromForeign(tensor.data as Float32Array, boundary(shape))];
    }),
  );
}

const shapeOf = (model: ShapedModel, id: string) =>
  model.graph.node(id)?.inference.output ?? model.inputs.find(({ name }) => name === id)!.shape;

function expectClose(found: Record<string, Float32Array>, wanted: Record<string, Float32Array>): void {
  expect(Object.keys(found).sort()).toEqual(Object.keys(wanted).sort());
  for (const [name, numbers] of Object.entries(wanted)) {
    expect(found[name]!.length).toBe(numbers.length);
    const furthest = numbers.reduce(
      (most, number, i) => Math.max(most, Math.abs(found[name]![i]! - number) / (1e-4 + Math.abs(number))),
      0,
    );
    expect(furthest, name).toBeLessThan(2e-4);
  }
}

/** What a layer is and reads; names aside, and however its padding was spelt. */
function structure(model: ShapedModel) {
  const place = new Map<string, string>(model.inputs.map(({ name }, n) => [name, `input ${n}`]));
  return model.graph.nodes.map((node, n) => {
    place.set(node.id, `layer ${n}`);
    const axes = node.inference.axes.map(({ rule, ...axis }) => axis);
    return [node.operator.name, node.operands.map((operand) => place.get(operand)), node.inference.output, axes];
  });
}

function exported(text: string) {
  const model = modelOf(text);
  const weights = weightsOf(model);
  const bytes = encodeModel(value(exportModel(model, weights)));
  return { model, weights, bytes };
}

function imported(bytes: Uint8Array) {
  const back = value(importModel(value(decodeModel(bytes, 'net.onnx')), 'net.onnx'));
  return { model: modelOf(back.text), weights: value(bindWeights(modelOf(back.text), back.weights, undefined)), back };
}

/** Operators that come back as others, since ONNX spells them so. */
const respelt = new Set([
  'crop',
  'dropout',
  'expm1',
  'greater',
  'less',
  'log1p',
  'logSigmoid',
  'separableConv',
  'square',
]);

const positive = /^(log|sqrt|pow|log1p|reciprocal|reduceLog)/;

function exampleText(name: string): string {
  const { example, exampleInputs } = operators.get(name)!;
  const names = ['a', 'b', 'c'];
  const inputs = exampleInputs.map((shape, n) => `${names[n]}: [${shape.join(', ')}]`);
  return `model net(${inputs.join(', ')}) {\n  ${example}\n}\n`;
}

describe.each([...operators.keys()].filter((name) => operators.get(name)!.exampleInputs.length > 0))('%s', (name) => {
  const wants = mappings.get(operators.get(name)!)?.exports;
  test.runIf(wants)('computes the same in onnxruntime', async () => {
    const { model, weights, bytes } = exported(exampleText(name));
    const inputs = inputsOf(model, positive.test(name));
    expectClose(await runOnnx(bytes, model, inputs), evaluateOutputs(model, weights, inputs));
  });

  test.runIf(wants)('comes back', () => {
    const { model, weights, bytes } = exported(exampleText(name));
    const again = imported(bytes);
    const inputs = inputsOf(model, positive.test(name));
    const [numbers] = Object.values(evaluateOutputs(again.model, again.weights, inputs));
    const { output } = evaluateOutputs(model, weights, inputs);
    expectClose({ output: numbers! }, { output: output! });
    if (!respelt.has(name)) expect(structure(again.model)).toEqual(structure(model));
  });

  test('is exported, or says that it cannot be', () => {
    const model = modelOf(exampleText(name));
    const result = exportModel(model, weightsOf(model));
    if (wants) expect(result.ok).toBe(true);
    else expect(result.problems[0]).toMatchObject({ code: 'onnx/export' });
  });
});

const networks = {
  lenet: `model lenet(image: [28, 28, 1]) -> [10] {
  conv(8, kernel: 5, padding: same); relu
  maxPool(2)
  conv(16, kernel: 5, stride: 2); relu
  dense(24); relu
  dense(10); softmax
}`,
  residual: `model net(image: [9, 9, 4]) -> [9, 9, 4] {
  conv(4, kernel: 3, padding: [[2, 0], [1, 1]], dilation: 1) as first
  depthwiseConv(kernel: 3, padding: 1); batchNorm; relu6
  add(it, first) as sum
  constant([4]) as scale
  mul(sum, scale)
  concat(it, first)
  conv(4, kernel: 1, groups: 2)
}`,
  decoder: `model net(image: [5, 6, 3]) -> (mask: [20, 24, 2], features: [10, 12, 4]) {
  convTranspose(4, kernel: 3, stride: 2, padding: 1, outputPadding: 1) as features
  leakyRelu(0.2)
  convTranspose(2, kernel: 4, stride: 2, padding: 1)
  return mask: it, features: features
}`,
  signal: `model net(sound: [32, 2]) -> [3] {
  conv(4, kernel: 5, padding: causal, dilation: 2); tanh
  avgPool(4)
  globalAvgPool
  flatten
  dense(3)
}`,
  volume: `model net(scan: [6, 6, 6, 2]) -> [3, 3, 3, 4] {
  conv(4, kernel: 3, padding: same); elu
  maxPool(3, stride: 2, padding: 1)
}`,
};

describe.each(Object.entries(networks))('%s', (_, text) => {
  test('computes the same in onnxruntime', async () => {
    const { model, weights, bytes } = exported(text);
    const inputs = inputsOf(model, false);
    expectClose(await runOnnx(bytes, model, inputs), evaluateOutputs(model, weights, inputs));
  });

  test('comes back with the names of its layers', () => {
    const { model, weights, bytes } = exported(text);
    const again = imported(bytes);
    const inputs = inputsOf(model, false);
    expectClose(evaluateOutputs(again.model, again.weights, inputs), evaluateOutputs(model, weights, inputs));
    expect([...again.weights.keys()].sort()).toEqual([...weights.keys()].sort());
    expect(again.model.outputs.map(({ name }) => name)).toEqual(model.outputs.map(({ name }) => name));
  });

  test('the same model gives the same bytes', () => {
    expect(exported(text).bytes).toEqual(exported(text).bytes);
  });
});

describe('exported as it is meant', () => {
  const agrees = async (text: string) => {
    const { model, weights, bytes } = exported(text);
    const inputs = inputsOf(model, false);
    expectClose(await runOnnx(bytes, model, inputs), evaluateOutputs(model, weights, inputs));
  };

  test('logSigmoid far from zero', async () => {
    const numbers = Array.from({ length: 201 }, (_, n) => n - 100);
    const { model, bytes } = exported('model net(x: [201, 1]) { logSigmoid }');
    const { output } = await runOnnx(bytes, model, { x: Float32Array.from(numbers) });
    // 1 + e^−|x| is a number of single precision, the logarithm of which is off by half a last digit of 1.
    for (const [n, x] of numbers.entries()) {
      const exact = Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)));
      expect(Math.abs(output![n]! - exact), `at ${x}`).toBeLessThan(1.2e-7 * Math.max(1, Math.abs(x)));
    }
  });

  test.each(['[[-1, 2]]', '[[2, -1]]', '[[4, 4]]', '[[-2, 2]]'])('pad with mode wrap and borders %s', (borders) =>
    agrees(`model net(x: [4, 1]) { pad(${borders}, mode: wrap) }`),
  );

  test.each([
    'maxPool(2, padding: [[1, 2]], ceil: true)',
    'avgPool(2, padding: [[1, 2]], ceil: true)',
    'avgPool(2, padding: [[1, 2]], ceil: true, countPadding: true)',
    'lpPool(3, stride: 2, padding: [[1, 3]], ceil: true)',
    'avgPool(3, stride: 2, padding: [[1, 1]], ceil: true)',
  ])('%s', (pool) => agrees(`model net(x: [6, 2]) { ${pool} }`));

  test.each(['[[5, 0]]', '[[-2, 3]]'])('or refused: borders %s wrapped around 4', (borders) => {
    const model = modelOf(`model net(x: [4, 1]) { pad(${borders}, mode: wrap) }`);
    expect(exportModel(model, new Map()).problems[0]).toMatchObject({ code: 'onnx/export' });
  });
});
