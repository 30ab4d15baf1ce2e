// Trains the digits network with TensorFlow.js and writes digits.safetensors. Needed only to change the network:
// the weights are committed. The seeds are fixed, so a run gives the same file on the same machine.
//
//   npm run build && node dist/examples/digits/train.js
import { writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { write } from '../../compiler/formats/safetensors.ts';
import { generator } from '../../compiler/weights.ts';
import { type Digit, readDigits, trainingRows } from './data.ts';

const folder = new URL('../../../examples/digits/', import.meta.url);
const digits = readDigits(new URL('digits.csv', folder));
const training = digits.slice(0, trainingRows);
const testing = digits.slice(trainingRows);
const epochs = 40;
const batch = 32;
const random = generator(7);

const variable = (shape: number[], fanIn: number, seed: number): tf.Variable =>
  tf.variable(tf.randomNormal(shape, 0, Math.sqrt(2 / fanIn), 'float32', seed));
const zeros = (size: number): tf.Variable => tf.variable(tf.zeros([size]));

/** By full name, in the shapes of the language. */
const weights: Readonly<Record<string, tf.Variable>> = {
  'conv_0.kernel': variable([3, 3, 1, 16], 9, 1),
  'conv_0.bias': zeros(16),
  'conv_1.kernel': variable([3, 3, 16, 32], 144, 2),
  'conv_1.bias': zeros(32),
  'conv_2.kernel': variable([3, 3, 32, 64], 288, 3),
  'conv_2.bias': zeros(64),
  'dense_0.kernel': variable([256, 10], 256, 4),
  'dense_0.bias': zeros(10),
};

/** A 3×3 convolution with padding, as one matrix product over patches: its gradient is then one too, which is far quicker here. */
function conv(input: tf.Tensor4D, name: string): tf.Tensor4D {
  const [count, height, width, channels] = input.shape;
  const padded = input.pad([
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ]);
  const taps = [0, 1, 2].flatMap((i) =>
    [0, 1, 2].map((j) => padded.slice([0, i, j, 0], [count, height, width, channels])),
  );
  const kernel = weights[`${name}.kernel`]!;
  const filters = kernel.shape[3]!;
  const patches = tf.concat(taps, 3).reshape([-1, 9 * channels]);
  const sums = patches.matMul(kernel.reshape([9 * channels, filters])).add(weights[`${name}.bias`]!);
  return sums.relu().reshape([count, height, width, filters]);
}

function logits(images: tf.Tensor4D, dropout: number): tf.Tensor2D {
  const fine = conv(conv(images, 'conv_0'), 'conv_1').maxPool(2, 2, 'valid') as tf.Tensor4D;
  const coarse = conv(fine, 'conv_2').maxPool(2, 2, 'valid') as tf.Tensor4D;
  let flat: tf.Tensor2D = coarse.reshape([images.shape[0], 256]);
  if (dropout > 0) flat = tf.dropout(flat, dropout, undefined, Math.floor(random() * 2 ** 31)) as tf.Tensor2D;
  return flat.matMul(weights['dense_0.kernel'] as unknown as tf.Tensor2D).add(weights['dense_0.bias']!);
}

/** Moves a digit by up to one pixel: the few writers of the training rows do not write everywhere. */
function shifted({ pixels }: Digit): Float32Array {
  const [down, right] = [Math.floor(random() * 3) - 1, Math.floor(random() * 3) - 1];
  return Float32Array.from({ length: 64 }, (_, at) => {
    const [y, x] = [Math.floor(at / 8) - down, (at % 8) - right];
    return y < 0 || y > 7 || x < 0 || x > 7 ? 0 : pixels[y * 8 + x]!;
  });
}

function shuffled<T>(items: readonly T[]): T[] {
  const order = items.map((item) => ({ item, key: random() }));
  return order.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

const images = (list: readonly Float32Array[]): tf.Tensor4D =>
  tf.tensor4d(
    list.flatMap((pixels) => [...pixels]),
    [list.length, 8, 8, 1],
  );
const labels = (list: readonly Digit[]): tf.Tensor =>
  tf.oneHot(
    tf.tensor1d(
      list.map(({ label }) => label),
      'int32',
    ),
    10,
  );

function accuracy(list: readonly Digit[]): number {
  const guesses = tf.tidy(() =>
    logits(images(list.map(({ pixels }) => pixels)), 0)
      .argMax(1)
      .dataSync(),
  );
  return list.filter(({ label }, at) => guesses[at] === label).length / list.length;
}

await tf.setBackend('cpu');
const optimizer = tf.train.adam(0.002);
for (let epoch = 0; epoch < epochs; epoch++) {
  // Smaller steps towards the end settle the last tenths of a per cent.
  Object.assign(optimizer, { learningRate: 0.002 * 0.92 ** epoch });
  const order = shuffled(training);
  for (let at = 0; at < order.length; at += batch) {
    const part = order.slice(at, at + batch);
    optimizer.minimize(() => tf.losses.softmaxCrossEntropy(labels(part), logits(images(part.map(shifted)), 0.3)));
  }
  const percent = (list: readonly Digit[]): string => (100 * accuracy(list)).toFixed(2);
  console.log(
    `epoch ${epoch + 1}: ${percent(training)} % of the training rows, ${percent(testing)} % of the test rows`,
  );
}
const tensors = new Map(
  Object.entries(weights).map(([name, tensor]) => [
    name,
    { shape: tensor.shape, data: tensor.dataSync() as Float32Array },
  ]),
);
writeFileSync(new URL('digits.safetensors', folder), write(tensors));
