// Layers models made with TensorFlow.js, saved as it saves them, imported, and both results compared.
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { generator } from '../../compiler/algebra/pseudo-random.ts';
import { evaluateOutputs } from '../../compiler/analysis/reference.ts';
import { analyse } from '../../compiler/compile.ts';
import { fromForeign, toForeign } from '../../compiler/front/importing/border.ts';
import type { ImportedModel } from '../../compiler/front/importing/import.ts';
import { importKeras } from '../../compiler/front/keras/import.ts';
import { readLayersModel } from '../../compiler/front/keras/layers-model.ts';
import { sizeOf } from '../../compiler/tensor.ts';

await tf.setBackend('cpu');

export { tf };

type SymbolicTensor = tf.SymbolicTensor;

/** A model of one input and whatever `build` does with it. */
export function modelOf(
  shape: readonly number[],
  build: (x: SymbolicTensor) => SymbolicTensor | SymbolicTensor[],
): tf.LayersModel {
  const input = tf.input({ shape: [...shape] });
  return randomised(tf.model({ inputs: input, outputs: build(input) }));
}

/** Every weight from −1 to 1, variances above 0. */
export function randomised(model: tf.LayersModel): tf.LayersModel {
  const random = generator(7);
  const draw = (shape: readonly (number | null)[], positive: boolean) =>
    tf.tensor(
      Float32Array.from({ length: sizeOf(shape as number[]) }, () => (positive ? 0.5 + random() : 2 * random() - 1)),
      shape as number[],
    );
  model.setWeights(model.weights.map(({ shape, name }) => draw(shape, name.includes('variance'))));
  return model;
}

export interface Saved {
  readonly json: unknown;
  readonly shard: Uint8Array;
}

/** What `model.save` writes: the manifest names one shard. */
export async function saved(model: tf.LayersModel): Promise<Saved> {
  let artifacts: tf.io.ModelArtifacts | undefined;
  await model.save({
    save: async (given) => {
      artifacts = given;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    },
  });
  const { modelTopology, weightSpecs, weightData } = artifacts!;
  const manifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
  const data = weightData as ArrayBuffer;
  const json = JSON.parse(JSON.stringify({ format: 'layers-model', modelTopology, weightsManifest: manifest }));
  return { json, shard: new Uint8Array(data) };
}

export function imported({ json, shard }: Saved): ImportedModel {
  const file = readLayersModel(json, 'model.json', (path) => (path === 'weights.bin' ? shard : undefined));
  const result = file.ok ? importKeras(file.value, 'model.json', { name: 'net' }) : file;
  if (!result.ok) throw new Error(result.problems.map(({ code, message }) => `${code}: ${message}`).join('\n'));
  return result.value;
}

/** Runs an import on numbers of the file's own inputs; the outputs as the file has them. */
export function run(model: ImportedModel, inputs: readonly Float32Array[]): Float32Array[] {
  const shaped = analyse({ file: 'net.convnet', text: model.text });
  if (!shaped.ok) throw new Error(`${shaped.problems[0]!.message}\n${model.text}`);
  const given = Object.fromEntries(model.inputs.map((input, n) => [input.as, fromForeign(inputs[n]!, input)]));
  const results = evaluateOutputs(shaped.value[0]!, model.weights, given);
  return model.outputs.map((output) => toForeign([results[output.as]!], output));
}

export const numbers = (count: number, seed: number): Float32Array => {
  const random = generator(seed);
  return Float32Array.from({ length: count }, () => 4 * random() - 2);
};

/** The largest difference over the largest number that is expected, of every output. */
export async function compare(model: tf.LayersModel, seed = 1): Promise<ImportedModel> {
  const net = imported(await saved(model));
  const inputs = model.inputs.map(({ shape }, n) => numbers(sizeOf(shape.slice(1) as number[]), seed + n));
  const tensors = model.inputs.map(({ shape }, n) => tf.tensor(inputs[n]!, [1, ...(shape.slice(1) as number[])]));
  const predicted = model.predict(tensors.length === 1 ? tensors[0]! : tensors);
  const results = run(net, inputs);
  const expected = Array.isArray(predicted) ? predicted : [predicted];
  expect(results.length).toBe(expected.length);
  expected.forEach((tensor, n) => {
    expect(net.outputs[n]!.dims).toEqual(tensor.shape);
    expectClose(results[n]!, tensor.dataSync() as Float32Array);
  });
  return net;
}

export function expectClose(actual: Float32Array, wanted: ArrayLike<number>, allowed = 1e-5): void {
  expect(actual.length).toBe(wanted.length);
  const largest = Array.from(wanted).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const worst = Array.from(wanted).reduce((most, value, n) => Math.max(most, Math.abs(value - actual[n]!)), 0);
  expect(largest).toBeGreaterThan(0);
  expect(worst / largest).toBeLessThan(allowed);
}
