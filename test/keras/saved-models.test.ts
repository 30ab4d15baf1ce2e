// Keras' own files: where the tensors of each version are, and what comes out.
import { describe, expect, test } from 'vitest';
import type { ImportedModel } from '../../compiler/front/importing/import.ts';
import { importKerasArchive, importKerasHdf5 } from '../../compiler/front/keras/saved-model.ts';
import type { Result } from '../../dsl/problem.ts';
import { functional, type Json } from './configurations.ts';
import { compare, expectClose, numbers, run, saved, tf } from './tfjs.ts';
import { kerasArchive, kerasHdf5 } from './write.ts';

const { layers } = tf;

function importedFrom(result: Result<ImportedModel>): ImportedModel {
  if (!result.ok) throw new Error(result.problems.map(({ code, message }) => `${code}: ${message}`).join('\n'));
  return result.value;
}

const tensor = (...shape: number[]) => ({
  shape,
  data: numbers(
    shape.reduce((a, b) => a * b, 1),
    shape.length,
  ),
});

/** A network with two of a class, named so that no order of names is that of the layers. */
function example() {
  const input = tf.input({ shape: [6, 6, 3], name: 'image' });
  const inner = tf.sequential({
    name: 'inner',
    layers: [
      layers.conv2d({ filters: 3, kernelSize: 1, inputShape: [4, 4, 4], name: 'mix' }),
      layers.batchNormalization({ name: 'norm' }),
    ],
  });
  const a = layers.conv2d({ filters: 4, kernelSize: 3, name: 'zebra', activation: 'relu' }).apply(input);
  const b = inner.apply(layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', name: 'ant' }).apply(a));
  const flat = layers.flatten({ name: 'flatten' }).apply(b);
  const scores = layers.dense({ units: 2, name: 'scores' }).apply(flat) as tf.SymbolicTensor;
  return tf.model({ inputs: input, outputs: scores, name: 'example' });
}

const dataOf = (model: tf.LayersModel) =>
  new Map(
    model.weights.map((weight) => [
      weight.originalName,
      { shape: weight.shape as number[], data: weight.read().dataSync() as Float32Array },
    ]),
  );

async function configOf(model: tf.LayersModel): Promise<{ class_name: string; config: Record<string, unknown> }> {
  return ((await saved(model)).json as { modelTopology: never }).modelTopology;
}

describe('Keras 2: tensors by layer and name', () => {
  test.each([
    ['as they are', {}],
    ['in chunks, deflated', { packed: true }],
    ['in the layout of newer libraries', { latest: true }],
  ])('%s', async (_, options) => {
    const model = example();
    const net = await compare(model);
    const data = dataOf(model);
    const of = (prefix: string) =>
      Object.fromEntries(
        [...data].filter(([name]) => name.startsWith(`${prefix}/`)).map(([name, one]) => [`${name}:0`, one]),
      );
    const file = kerasHdf5(
      await configOf(model),
      {
        image: {},
        zebra: of('zebra'),
        ant: of('ant'),
        inner: { ...of('mix'), ...of('norm') },
        flatten: {},
        scores: of('scores'),
      },
      options,
    );
    const read = importedFrom(importKerasHdf5(file, 'net.h5'));
    expect(read.text).toBe(net.text);
    for (const [name, one] of net.weights) expect(read.weights.get(name)).toEqual(one);
  });
});

describe('Keras 3: tensors by class and number', () => {
  test('in the order of the container, whatever the layers are called', async () => {
    const model = example();
    const net = await compare(model);
    const data = dataOf(model);
    const at = (name: string) => data.get(name)!;
    const file = kerasArchive(await configOf(model), {
      'layers/conv2d/vars/0': at('zebra/kernel'),
      'layers/conv2d/vars/1': at('zebra/bias'),
      'layers/conv2d_1/vars/0': at('ant/kernel'),
      'layers/conv2d_1/vars/1': at('ant/bias'),
      'layers/sequential/layers/conv2d/vars/0': at('mix/kernel'),
      'layers/sequential/layers/conv2d/vars/1': at('mix/bias'),
      'layers/sequential/layers/batch_normalization/vars/0': at('norm/gamma'),
      'layers/sequential/layers/batch_normalization/vars/1': at('norm/beta'),
      'layers/sequential/layers/batch_normalization/vars/2': at('norm/moving_mean'),
      'layers/sequential/layers/batch_normalization/vars/3': at('norm/moving_variance'),
      'layers/dense/vars/0': at('scores/kernel'),
      'layers/dense/vars/1': at('scores/bias'),
    });
    const read = importedFrom(importKerasArchive(file, 'net.keras'));
    expect(read.text).toBe(net.text);
    for (const [name, one] of net.weights) expect(read.weights.get(name)).toEqual(one);
  });
});

/** What a chain of Keras 3 layers gives for some numbers. */
function result3(
  shape: readonly number[],
  chain: readonly Json[],
  tensors: Parameters<typeof kerasArchive>[1],
  x: Float32Array,
): Float32Array {
  const net = importedFrom(importKerasArchive(kerasArchive(functional(shape, chain), tensors), 'net.keras'));
  return run(net, [x])[0]!;
}

describe('what TensorFlow.js does not have, by hand', () => {
  const x = numbers(24, 5);
  const each = (f: (x: number) => number): Float32Array => x.map(f);

  test.each<[string, Json, (x: number) => number]>([
    [
      'hard_sigmoid',
      { class_name: 'Activation', config: { activation: 'hard_sigmoid' } },
      (v) => Math.min(Math.max(v / 6 + 0.5, 0), 1),
    ],
    [
      'leaky_relu by name',
      { class_name: 'Activation', config: { activation: 'leaky_relu' } },
      (v) => (v < 0 ? 0.2 * v : v),
    ],
    ['LeakyReLU', { class_name: 'LeakyReLU', config: {} }, (v) => (v < 0 ? 0.3 * v : v)],
    [
      'LeakyReLU, negative_slope',
      { class_name: 'LeakyReLU', config: { negative_slope: 0.1 } },
      (v) => (v < 0 ? 0.1 * v : v),
    ],
    [
      'ReLU, all settings but a slope',
      { class_name: 'ReLU', config: { max_value: 1, negative_slope: 0, threshold: 0.5 } },
      (v) => (v > 0.5 ? Math.min(v, 1) : 0),
    ],
    [
      'ReLU, slope',
      { class_name: 'ReLU', config: { max_value: 1, negative_slope: 0.25, threshold: 0 } },
      (v) => (v < 0 ? 0.25 * v : Math.min(v, 1)),
    ],
    [
      'hard_silu',
      { class_name: 'Activation', config: { activation: 'hard_silu' } },
      (v) => v * Math.min(Math.max(v / 6 + 0.5, 0), 1),
    ],
    ['Rescaling', { class_name: 'Rescaling', config: { scale: 2, offset: 0.5 } }, (v) => 2 * v + 0.5],
    ['Dropout', { class_name: 'Dropout', config: { rate: 0.5, seed: null, noise_shape: null } }, (v) => v],
    [
      'RandomFlip',
      { class_name: 'RandomFlip', config: { mode: 'horizontal', seed: 3, data_format: 'channels_last' } },
      (v) => v,
    ],
    [
      'an activation that is a layer',
      {
        class_name: 'Activation',
        config: { activation: { module: 'keras.layers', class_name: 'ReLU', config: { max_value: 1 } } },
      },
      (v) => Math.min(Math.max(v, 0), 1),
    ],
  ])('%s', (_, layer, f) => {
    expectClose(result3([2, 3, 4], [layer], {}, x), each(f));
  });

  test('BatchNormalization of an axis that is not the last', () => {
    const [gamma, beta, mean] = [tensor(2), tensor(2), tensor(2)];
    const variance = { shape: [2], data: Float32Array.of(0.5, 2) };
    const layer = { class_name: 'BatchNormalization', config: { axis: 1, epsilon: 0.01, center: true, scale: true } };
    const path = 'layers/batch_normalization/vars';
    const tensors = { [`${path}/0`]: gamma, [`${path}/1`]: beta, [`${path}/2`]: mean, [`${path}/3`]: variance };
    const wanted = x.map((v, n) => {
      const c = Math.floor(n / 12);
      return ((v - mean.data[c]!) / Math.sqrt(variance.data[c]! + 0.01)) * gamma.data[c]! + beta.data[c]!;
    });
    expectClose(result3([2, 3, 4], [layer], tensors, x), wanted);
  });

  test('a causal convolution looks back only', () => {
    const kernel = { shape: [2, 4, 1], data: tensor(8).data };
    const layer = {
      class_name: 'Conv1D',
      config: {
        filters: 1,
        kernel_size: [2],
        strides: [1],
        padding: 'causal',
        dilation_rate: [2],
        use_bias: false,
        groups: 1,
        data_format: 'channels_last',
        activation: 'linear',
      },
    };
    const wanted = Float32Array.from({ length: 6 }, (_, t) =>
      [0, 1].reduce(
        (sum, k) =>
          sum +
          [0, 1, 2, 3].reduce(
            (s, c) => s + (t + 2 * k - 2 < 0 ? 0 : x[(t + 2 * k - 2) * 4 + c]! * kernel.data[k * 4 + c]!),
            0,
          ),
        0,
      ),
    );
    expectClose(result3([6, 4], [layer], { 'layers/conv1d/vars/0': kernel }, x), wanted);
  });

  test('Normalization, from settings and from weights', () => {
    const [mean, variance] = [
      [1, 2, 3, 4],
      [4, 1, 0.25, 0],
    ];
    const wanted = x.map((v, n) => (v - mean[n % 4]!) / Math.max(Math.sqrt(variance[n % 4]!), 1e-7));
    const listed = {
      class_name: 'Normalization',
      config: { axis: [-1], mean: [[[[...mean]]]], variance: [[[[...variance]]]], invert: false },
    };
    expectClose(result3([2, 3, 4], [listed], {}, x), wanted);
    const adapted = { class_name: 'Normalization', config: { axis: [3], mean: null, variance: null, invert: false } };
    const path = 'layers/normalization/vars';
    const tensors = {
      [`${path}/0`]: { shape: [4], data: Float32Array.from(mean) },
      [`${path}/1`]: { shape: [4], data: Float32Array.from(variance) },
    };
    expectClose(result3([2, 3, 4], [adapted], tensors, x), wanted);
  });

  test('UpSampling2D bilinear takes the middle of cells', () => {
    const layer = {
      class_name: 'UpSampling2D',
      config: { size: [1, 2], interpolation: 'bilinear', data_format: 'channels_last' },
    };
    expectClose(result3([1, 3, 1], [layer], {}, Float32Array.of(1, 2, 4)), [1, 1.25, 1.75, 2.5, 3.5, 4]);
  });
});

describe('operations of Keras 3', () => {
  const x = numbers(24, 5);
  const call = (className: string, ...more: readonly unknown[]): Json => ({
    class_name: className,
    module: 'keras.src.ops.numpy',
    config: {},
    node: (value: Json) => ({ args: [value, ...more], kwargs: {} }),
  });
  const part = (start: number | null, stop: number | null) => ({
    class_name: '__slice__',
    config: { start, stop, step: null },
  });

  test.each<[string, Json, Float32Array]>([
    ['x + 3', call('Add', 3), x.map((v) => v + 3)],
    ['x · x by a list', call('Multiply', [1, 2, 3, 4]), x.map((v, n) => v * ((n % 4) + 1))],
    ['clip', call('Clip', -1, 0.5), x.map((v) => Math.min(Math.max(v, -1), 0.5))],
    [
      'mean over axes',
      { ...call('Mean'), config: { axis: [1, 2], keepdims: false } },
      Float32Array.from({ length: 4 }, (_, c) => [0, 1, 2, 3, 4, 5].reduce((sum, n) => sum + x[4 * n + c]! / 6, 0)),
    ],
    [
      'x[:, 1, :, 1:3]',
      call('GetItem', { class_name: '__tuple__', items: [part(null, null), 1, part(null, null), part(1, 3)] }),
      Float32Array.from([13, 14, 17, 18, 21, 22], (n) => x[n]!),
    ],
    [
      'x[..., -1]',
      call('GetItem', { class_name: '__tuple__', items: [{ class_name: '__ellipsis__', config: {} }, -1] }),
      Float32Array.from([3, 7, 11, 15, 19, 23], (n) => x[n]!),
    ],
    [
      'transpose',
      call('Transpose', [0, 3, 1, 2]),
      Float32Array.from({ length: 24 }, (_, n) => x[(n % 6) * 4 + Math.floor(n / 6)]!),
    ],
    ['reshape', { ...call('Reshape'), config: { newshape: [-1, 24] } }, x],
  ])('%s', (_, layer, wanted) => {
    expectClose(result3([2, 3, 4], [layer], {}, x), wanted);
  });
});

test('functions of TensorFlow as layers of Keras 2', () => {
  const of = (name: string, fn: string, from: string, given: Json, className = 'TFOpLambda') => ({
    class_name: className,
    name,
    config: { name, trainable: true, dtype: 'float32', function: fn },
    inbound_nodes: [[from, 0, 0, given]],
  });
  const config = {
    class_name: 'Functional',
    config: {
      name: 'm',
      layers: [
        {
          class_name: 'InputLayer',
          name: 'x',
          config: { batch_input_shape: [null, 2, 3, 4], name: 'x' },
          inbound_nodes: [],
        },
        of('a', '__operators__.add', 'x', { y: 3, name: null }),
        of('b', 'nn.relu6', 'a', {}),
        of('c', 'math.multiply', 'b', { y: ['x', 0, 0], name: null }),
        of(
          'd',
          '__operators__.getitem',
          'c',
          { slice_spec: [{ start: null, stop: null, step: null }, 1] },
          'SlicingOpLambda',
        ),
      ],
      input_layers: [['x', 0, 0]],
      output_layers: [['d', 0, 0]],
    },
  };
  const x = numbers(24, 9);
  const net = importedFrom(importKerasHdf5(kerasHdf5(config, {}), 'net.h5'));
  expectClose(run(net, [x])[0]!, x.map((v) => Math.min(Math.max(v + 3, 0), 6) * v).slice(12));
});

describe('what is refused, all at once', () => {
  const problems = (chain: readonly Json[]) => {
    const result = importKerasArchive(kerasArchive(functional([4, 4, 3], chain), {}), 'net.keras');
    return result.problems.map(({ code, message }) => `${code}: ${message}`);
  };

  test('custom classes, code, unknown layers and settings', () => {
    expect(
      problems([
        { class_name: 'Lambda', config: { function: { class_name: '__lambda__', config: { code: '4wEAAAA=' } } } },
        { class_name: 'Swirl', module: 'mine.layers', registered_name: 'mine>Swirl', config: {} },
        { class_name: 'Embedding', config: { input_dim: 3 } },
        { class_name: 'MaxPooling2D', config: { pool_size: [2, 2], twist: 3 } },
      ]),
    ).toEqual([
      'keras/layer: layer "l0" (Lambda) of net.keras holds Python code, which is never run',
      'keras/layer: layer "l1" (Swirl) of net.keras is of a class of its own, whose code is not in the file',
      'keras/layer: layer "l2" (Embedding) of net.keras is a layer that is not supported',
    ]);
    expect(problems([{ class_name: 'MaxPooling2D', config: { pool_size: [2, 2], twist: 3 } }])).toEqual([
      'keras/attribute: layer "l0" (MaxPooling2D) of net.keras has the setting twist, which is not supported',
    ]);
  });
});
