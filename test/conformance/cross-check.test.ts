// Random networks of 3 to 12 layers, exported to ONNX: onnxruntime-web and our own plain target give the same numbers.
import { InferenceSession, Tensor } from 'onnxruntime-web';
import { beforeAll, describe, expect, it } from 'vitest';
import { generator } from '../../compiler/algebra/pseudo-random.ts';
import { compileModel } from '../../compiler/compile.ts';
import { fromForeign, toForeign } from '../../compiler/front/importing/border.ts';
import { encodeModel } from '../../compiler/front/onnx/codec.ts';
import { exportModel } from '../../compiler/front/onnx/export.ts';
import type { ShapedModel } from '../../compiler/graph/model.ts';
import { bindWeights } from '../../compiler/plan/weights.ts';
import { loadBackend } from '../../compiler/targets/index.ts';
import type { Backend } from '../../compiler/targets/target.ts';
import { type Shape, sizeOf } from '../../compiler/tensor.ts';
import { drawNetwork } from '../draw-network.ts';

const networks = 40;
const continuous = new Set(['convolution', 'pooling', 'arrangement', 'activation']);
let ts: Backend;
let compared = 0;

beforeAll(async () => {
  ts = await loadBackend('ts');
});

const toNchw = (shape: Shape): number[] => [1, shape.at(-1)!, ...shape.slice(0, -1)];
const boundary = (shape: Shape) => ({
  dims: toNchw(shape),
  shape,
  layout: [[], [shape.length - 1], ...shape.slice(0, -1).map((_, axis) => [axis])],
});

async function runOnnx(
  bytes: Uint8Array,
  model: ShapedModel,
  image: Float32Array,
): Promise<Record<string, Float32Array>> {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 });
  const shape = model.inputs[0]!.shape;
  const results = await session.run({
    image: new Tensor('float32', toForeign([image], boundary(shape)), toNchw(shape)),
  });
  await session.release();
  return Object.fromEntries(
    model.outputs.map(({ name, value }) => {
      const output = model.graph.node(value)!.inference.output;
      return [name, fromForeign(results[name]!.data as Float32Array, boundary(output))];
    }),
  );
}

/** What onnxruntime does not run although ONNX allows it; anything else is a failure. */
function peerLimit(problem: unknown): undefined {
  if (!/Pad should be smaller than kernel/.test(String(problem))) throw problem;
}

/** Against the largest finite value; infinities must be the same. */
function furthest(a: Float32Array, b: Float32Array): number {
  const scale = b.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 1e-3);
  const distance = (value: number, at: number): number => (value === a[at] ? 0 : Math.abs(value - a[at]!) / scale);
  return b.reduce((most, value, at) => Math.max(most, distance(value, at)), 0);
}

describe('random networks against onnxruntime', () => {
  it.each(Array.from({ length: networks }, (_, n) => n + 1))('network %i', async (seed) => {
    const { model, text } = drawNetwork(seed, ({ family }) => continuous.has(family));
    const bound = bindWeights(model, undefined, { scheme: 'he', seed });
    if (!bound.ok) throw new Error(bound.problems[0]!.message);
    const exported = exportModel(model, bound.value);
    // ONNX cannot say every layer; which ones is told by the problem, and the last test counts the rest.
    if (!exported.ok) return;
    const random = generator(seed);
    const image = Float32Array.from({ length: sizeOf(model.inputs[0]!.shape) }, () => random() * 2 - 1);
    const expected = await runOnnx(encodeModel(exported.value), model, image).catch(peerLimit);
    if (!expected) return;
    const compiled = compileModel(model, ts, { init: { scheme: 'he', seed }, sourceHash: '00000000' });
    if (!compiled.ok) throw new Error(compiled.problems[0]!.message);
    const results = compiled.value.instantiate().run({ image });
    for (const [name, values] of Object.entries(expected))
      expect(furthest(results[name]!, values), `${text}\n${name}`).toBeLessThan(1e-3);
    compared++;
  });

  it('compares most of them', () => {
    expect(compared).toBeGreaterThan(networks / 2);
  });
});
