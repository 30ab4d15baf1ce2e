// Every layer that TensorFlow.js has, against TensorFlow.js.
import { describe, expect, test } from 'vitest';
import { compare, expectClose, imported, modelOf, numbers, run, saved, tf } from './tfjs.ts';

type Layer = tf.layers.Layer;
type Case = readonly [what: string, shape: readonly number[], layer: () => Layer | readonly Layer[]];

const { layers } = tf;
const image = [6, 5, 3];
const signal = [9, 3];
const volume = [4, 5, 3, 2];
const first = 'channelsFirst' as const;

const cases: readonly Case[] = [
  ['conv1d', signal, () => layers.conv1d({ filters: 4, kernelSize: 3 })],
  [
    'conv2d',
    image,
    () => layers.conv2d({ filters: 4, kernelSize: [3, 2], strides: [2, 1], padding: 'same', activation: 'relu' }),
  ],
  [
    'conv2d dilated, no bias',
    image,
    () => layers.conv2d({ filters: 2, kernelSize: 2, dilationRate: [2, 3], useBias: false }),
  ],
  ['conv2d channels first', [3, 6, 5], () => layers.conv2d({ filters: 4, kernelSize: 3, dataFormat: first })],
  ['conv3d', volume, () => layers.conv3d({ filters: 3, kernelSize: [2, 3, 2], strides: [1, 2, 1], padding: 'same' })],
  ['conv2dTranspose', image, () => layers.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2, padding: 'same' })],
  ['conv2dTranspose valid', image, () => layers.conv2dTranspose({ filters: 2, kernelSize: [4, 2], strides: [2, 3] })],
  ['conv3dTranspose', volume, () => layers.conv3dTranspose({ filters: 2, kernelSize: 2, strides: 2, padding: 'same' })],
  [
    'depthwiseConv2d',
    image,
    () => layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding: 'same', activation: 'tanh' }),
  ],
  [
    'separableConv2d',
    image,
    () => layers.separableConv2d({ filters: 4, kernelSize: 3, depthMultiplier: 2, strides: 2 }),
  ],
  ['dense', [7], () => layers.dense({ units: 4, activation: 'softmax' })],
  ['dense at every place', [4, 7], () => layers.dense({ units: 3 })],
  ['dense over an image', [2, 3, 4], () => layers.dense({ units: 3, useBias: false })],
  ['flatten, dense', image, () => [layers.flatten(), layers.dense({ units: 4 })]],
  [
    'flatten of channels first, dense',
    [3, 4, 2],
    () => [layers.flatten({ dataFormat: first }), layers.dense({ units: 4 })],
  ],
  [
    'channels first, flattened as they are',
    [3, 6, 5],
    () => [
      layers.conv2d({ filters: 4, kernelSize: 3, dataFormat: first }),
      layers.flatten(),
      layers.dense({ units: 4 }),
    ],
  ],
  [
    'channels first, pooled',
    [3, 6, 5],
    () => [layers.maxPooling2d({ poolSize: 2, dataFormat: first }), layers.flatten({ dataFormat: first })],
  ],
  ['maxPooling1d', signal, () => layers.maxPooling1d({ poolSize: 2 })],
  ['averagePooling1d', signal, () => layers.averagePooling1d({ poolSize: 3, strides: 2, padding: 'same' })],
  ['maxPooling2d', image, () => layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' })],
  ['averagePooling2d', image, () => layers.averagePooling2d({ poolSize: [2, 3], strides: 1, padding: 'same' })],
  ['maxPooling3d', volume, () => layers.maxPooling3d({ poolSize: 2, padding: 'same' })],
  ['averagePooling3d', volume, () => layers.averagePooling3d({ poolSize: [1, 2, 2], padding: 'same' })],
  ['globalAveragePooling1d', signal, () => layers.globalAveragePooling1d()],
  ['globalAveragePooling2d', image, () => [layers.globalAveragePooling2d({}), layers.dense({ units: 2 })]],
  ['globalAveragePooling2d first', image, () => layers.globalAveragePooling2d({ dataFormat: first })],
  ['globalMaxPooling1d', signal, () => layers.globalMaxPooling1d()],
  ['globalMaxPooling2d', image, () => layers.globalMaxPooling2d({})],
  ['batchNormalization', image, () => layers.batchNormalization({})],
  ['batchNormalization without scale', [5], () => layers.batchNormalization({ scale: false, center: false })],
  ['layerNormalization', image, () => layers.layerNormalization({})],
  ['layerNormalization over space', image, () => layers.layerNormalization({ axis: [1, 2, 3], epsilon: 0.1 })],
  ['reLU', image, () => layers.reLU()],
  ['reLU max', image, () => layers.reLU({ maxValue: 1 })],
  ['reLU 6', image, () => layers.reLU({ maxValue: 6 })],
  ['leakyReLU', image, () => layers.leakyReLU()],
  ['leakyReLU alpha', image, () => layers.leakyReLU({ alpha: 0.1 })],
  ['elu', image, () => layers.elu()],
  ['thresholdedReLU', image, () => layers.thresholdedReLU({ theta: 0.5 })],
  ['prelu', image, () => layers.prelu({})],
  ['prelu shared', image, () => layers.prelu({ sharedAxes: [1, 2] })],
  ['prelu shared along one axis', image, () => layers.prelu({ sharedAxes: [2] })],
  ['softmax', [6], () => layers.softmax()],
  ['softmax axis', image, () => layers.softmax({ axis: -1 })],
  ...(
    [
      'elu',
      'hardSigmoid',
      'linear',
      'relu',
      'relu6',
      'selu',
      'sigmoid',
      'softmax',
      'softplus',
      'softsign',
      'tanh',
      'swish',
      'mish',
      'gelu',
      'gelu_new',
    ] as const
  ).map(
    (activation): Case => [
      `activation ${activation}`,
      image,
      () => layers.activation({ activation: activation as 'elu' }),
    ],
  ),
  ['lstm', signal, () => layers.lstm({ units: 4, recurrentActivation: 'sigmoid' })],
  [
    'lstm, all moments, no bias',
    signal,
    () => layers.lstm({ units: 4, recurrentActivation: 'sigmoid', returnSequences: true, useBias: false }),
  ],
  [
    'lstm backwards',
    signal,
    () => layers.lstm({ units: 4, recurrentActivation: 'sigmoid', returnSequences: true, goBackwards: true }),
  ],
  ['gru', signal, () => layers.gru({ units: 4, recurrentActivation: 'sigmoid' })],
  ['simpleRNN', signal, () => layers.simpleRNN({ units: 4, activation: 'relu', goBackwards: true })],
  [
    'bidirectional',
    signal,
    () =>
      layers.bidirectional({
        layer: layers.lstm({ units: 4, recurrentActivation: 'sigmoid', returnSequences: true }) as never,
        mergeMode: 'concat',
      }),
  ],
  [
    'bidirectional, last moments',
    signal,
    () =>
      layers.bidirectional({
        layer: layers.gru({ units: 4, recurrentActivation: 'sigmoid' }) as never,
        mergeMode: 'ave',
      }),
  ],
  [
    'timeDistributed dense',
    [4, 5],
    () => layers.timeDistributed({ layer: layers.dense({ units: 3, activation: 'relu' }) }),
  ],
  [
    'timeDistributed conv2d',
    [4, 6, 5, 3],
    () => layers.timeDistributed({ layer: layers.conv2d({ filters: 2, kernelSize: 3, strides: 2, padding: 'same' }) }),
  ],
  [
    'timeDistributed pool and flatten',
    [4, 6, 5, 3],
    () => [
      layers.timeDistributed({ layer: layers.maxPooling2d({ poolSize: 2 }) }),
      layers.timeDistributed({ layer: layers.flatten() }),
    ],
  ],
  ['reshape', image, () => layers.reshape({ targetShape: [5, 18] })],
  ['reshape, one size open', image, () => layers.reshape({ targetShape: [10, -1] })],
  ['permute', image, () => layers.permute({ dims: [3, 1, 2] })],
  [
    'permute, flatten, dense',
    image,
    () => [layers.permute({ dims: [2, 3, 1] }), layers.flatten(), layers.dense({ units: 3 })],
  ],
  ['repeatVector', [4], () => layers.repeatVector({ n: 3 })],
  [
    'zeroPadding2d',
    image,
    () =>
      layers.zeroPadding2d({
        padding: [
          [1, 0],
          [2, 3],
        ],
      }),
  ],
  ['zeroPadding2d one number', image, () => layers.zeroPadding2d({ padding: 2 })],
  [
    'cropping2D',
    image,
    () =>
      layers.cropping2D({
        cropping: [
          [1, 2],
          [0, 1],
        ],
      }),
  ],
  ['upSampling2d', image, () => layers.upSampling2d({ size: [2, 3] })],
  ['upSampling2d bilinear', image, () => layers.upSampling2d({ size: [3, 2], interpolation: 'bilinear' })],
  ['upSampling2d channels first', image, () => layers.upSampling2d({ size: [2, 2], dataFormat: first })],
  ['centerCrop', image, () => layers.centerCrop({ height: 3, width: 2 })],
  ['rescaling', image, () => layers.rescaling({ scale: 1 / 127.5, offset: -1 })],
  [
    'dropout and noise',
    image,
    () => [
      layers.dropout({ rate: 0.5 }),
      layers.spatialDropout1d({ rate: 0.2 }).constructor.name === ''
        ? layers.dropout({ rate: 0.1 })
        : layers.gaussianNoise({ stddev: 1 }),
      layers.gaussianDropout({ rate: 0.3 }),
      layers.alphaDropout({ rate: 0.3 }),
    ],
  ],
];

describe('one layer after an input', () => {
  test.each(cases)('%s', async (_, shape, make) => {
    const made = make();
    const chain: readonly Layer[] = Array.isArray(made) ? made : [made as Layer];
    const model = modelOf(shape, (x) => chain.reduce((value, layer) => layer.apply(value) as tf.SymbolicTensor, x));
    await compare(model);
  });
});

// As a part of a model TensorFlow.js hands them a list, which they do not take.
describe('resizing, called on its own', () => {
  test.each(['bilinear', 'nearest'] as const)('%s', async (interpolation) => {
    const resizing = layers.resizing({ height: 9, width: 4, interpolation });
    const model = modelOf(image, (x) => resizing.apply(x) as tf.SymbolicTensor);
    const pixels = numbers(6 * 5 * 3, 3);
    const expected = resizing.call(tf.tensor4d(pixels, [1, 6, 5, 3]), {}) as tf.Tensor;
    expectClose(run(imported(await saved(model)), [pixels])[0]!, expected.dataSync());
  });
});

describe('several values', () => {
  const merges = {
    add: () => layers.add(),
    multiply: () => layers.multiply(),
    average: () => layers.average(),
    maximum: () => layers.maximum(),
    minimum: () => layers.minimum(),
    concatenate: () => layers.concatenate(),
    'concatenate rows': () => layers.concatenate({ axis: 1 }),
  };
  test.each(Object.entries(merges))('%s', async (_, make) => {
    const model = modelOf(image, (x) => {
      const other = layers.conv2d({ filters: 3, kernelSize: 1 }).apply(x) as tf.SymbolicTensor;
      return make().apply([x, other, x]) as tf.SymbolicTensor;
    });
    await compare(model);
  });

  test('a vector beside an image is broadcast to its channels', async () => {
    const model = modelOf(image, (x) => {
      const pooled = layers.globalAveragePooling2d({}).apply(x) as tf.SymbolicTensor;
      const gate = layers.dense({ units: 3, activation: 'sigmoid' }).apply(pooled) as tf.SymbolicTensor;
      const tall = layers.reshape({ targetShape: [1, 1, 3] }).apply(gate) as tf.SymbolicTensor;
      return layers.multiply().apply([x, tall]) as tf.SymbolicTensor;
    });
    await compare(model);
  });

  test.each([
    [1, false],
    [1, true],
  ])('dot along axis %s of vectors, normalised: %s', async (axes, normalize) => {
    const model = modelOf([5], (x) => {
      const other = layers.dense({ units: 5 }).apply(x) as tf.SymbolicTensor;
      return layers.dot({ axes, normalize }).apply([x, other]) as tf.SymbolicTensor;
    });
    await compare(model);
  });

  test('dot of matrices', async () => {
    const model = modelOf([4, 5], (x) => {
      const other = layers.dense({ units: 5 }).apply(x) as tf.SymbolicTensor;
      return layers.dot({ axes: 2 }).apply([x, other]) as tf.SymbolicTensor;
    });
    await compare(model);
  });

  test('two inputs and two outputs keep their names', async () => {
    const left = tf.input({ shape: [4], name: 'left' });
    const right = tf.input({ shape: [3], name: 'right' });
    const a = layers.dense({ units: 2, name: 'scores' }).apply(left) as tf.SymbolicTensor;
    const joined = layers.concatenate().apply([a, right]) as tf.SymbolicTensor;
    const b = layers.dense({ units: 3, name: 'boxes' }).apply(joined) as tf.SymbolicTensor;
    const net = await compare(tf.model({ inputs: [left, right], outputs: [b, a] }));
    expect(net.inputs.map(({ name }) => name)).toEqual(['left', 'right']);
    expect(net.outputs.map(({ name }) => name)).toEqual(['boxes', 'scores']);
  });
});

describe('models', () => {
  test('a Sequential reads like a network', async () => {
    const model = tf.sequential({
      layers: [
        layers.conv2d({ filters: 4, kernelSize: 3, inputShape: image, activation: 'relu', name: 'stem' }),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.flatten(),
        layers.dense({ units: 2, activation: 'softmax', name: 'scores' }),
      ],
    });
    const net = await compare(model);
    expect(net.text).toBe(`model net(stem_input: [6, 5, 3]) -> (scores: [2]) {
  weights "net.safetensors"
  conv(4, kernel: 3) as stem; relu
  maxPool(2)
  dense(2) as scores; softmax
  return scores: it
}
`);
  });

  test('a model within a model, called twice: each call gets the weights', async () => {
    const inner = tf.sequential({
      layers: [layers.dense({ units: 4, inputShape: [4], activation: 'tanh' }), layers.dense({ units: 4 })],
    });
    const model = modelOf([4], (x) => {
      const once = inner.apply(x) as tf.SymbolicTensor;
      const twice = inner.apply(once) as tf.SymbolicTensor;
      return layers.add().apply([once, twice]) as tf.SymbolicTensor;
    });
    await compare(model);
  });

  test('a layer used twice', async () => {
    const shared = layers.conv2d({ filters: 3, kernelSize: 3, padding: 'same' });
    const model = modelOf(image, (x) => shared.apply(shared.apply(x)) as tf.SymbolicTensor);
    await compare(model);
  });

  test('models within models within models', async () => {
    const deep = tf.sequential({
      layers: [layers.conv2d({ filters: 3, kernelSize: 1, inputShape: image }), layers.batchNormalization({})],
    });
    const middle = tf.sequential({ layers: [deep, layers.conv2d({ filters: 2, kernelSize: 3 })] });
    await compare(modelOf(image, (x) => layers.flatten().apply(middle.apply(x)) as tf.SymbolicTensor));
  });
});
