// TensorFlow Lite models: files written by hand, computed by what we make of them and, operator by operator, by TensorFlow.js,
// which has the same operators by other names.
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { generator } from '../../compiler/algebra/pseudo-random.ts';
import { fromForeign, toForeign } from '../../compiler/front/importing/border.ts';
import { importTflite } from '../../compiler/front/tflite/import.ts';
import { compile } from '../../compiler/index.ts';
import { type OperatorToWrite, type TensorToWrite, writeTflite } from '../tflite/write.ts';

const random = generator(3);
const bytesOf = (values: ArrayBufferView): Uint8Array => new Uint8Array(values.buffer.slice(0) as ArrayBuffer);
const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

function floats(name: string, ...shape: readonly number[]) {
  const values = Float32Array.from({ length: sizeOf(shape) }, () => random() * 2 - 1);
  return { tensor: { name, shape, data: bytesOf(values) }, value: tf.tensor(values, [...shape]) };
}

const integers = (name: string, ...values: readonly number[]): TensorToWrite => ({
  name,
  shape: [values.length],
  element: 'int32',
  data: bytesOf(Int32Array.from(values)),
});

/** Runs a model of one operator whose first tensor is the input and whose last is the output. */
function run(tensors: readonly TensorToWrite[], operator: Omit<OperatorToWrite, 'outputs'>, input: Float32Array) {
  const last = tensors.length - 1;
  const file = writeTflite({ tensors, operators: [{ ...operator, outputs: [last] }], inputs: [0], outputs: [last] });
  const imported = importTflite(file, 'net.tflite');
  if (!imported.ok) throw new Error(imported.problems.map(({ message }) => message).join('\n'));
  const { text, weights, inputs, outputs } = imported.value;
  const compiled = compile(text, { weights, target: 'ts' });
  if (!compiled.ok) throw new Error(`${text}\n${compiled.problems.map(({ message }) => message).join('\n')}`);
  const results = compiled.model.instantiate().run({ [inputs[0]!.as]: fromForeign(input, inputs[0]!) });
  return toForeign([results[outputs[0]!.as]!], outputs[0]!);
}

function expectClose(actual: Float32Array, expected: tf.Tensor): void {
  const numbers = expected.dataSync();
  expect(actual.length).toBe(numbers.length);
  const largest = Math.max(1, ...numbers.map(Math.abs));
  for (const [n, value] of numbers.entries()) expect(Math.abs(actual[n]! - value) / largest).toBeLessThan(2e-6);
}

const window = { padding: 0, strideWidth: 2, strideHeight: 2, activation: 0, dilationWidth: 1, dilationHeight: 1 };
const image = floats('image', 1, 6, 7, 3);
const x = image.value as tf.Tensor4D;
const given = x.dataSync() as Float32Array;
const inputOf = (): TensorToWrite => ({ name: 'image', shape: [1, 6, 7, 3] });

describe('an imported TensorFlow Lite model computes what TensorFlow does', () => {
  it('CONV_2D with a fused activation', () => {
    const [kernel, bias] = [floats('kernel', 4, 3, 2, 3), floats('bias', 4)];
    const tensors = [inputOf(), kernel.tensor, bias.tensor, { name: 'out', shape: [1, 3, 4, 4] }];
    const options = { ...window, activation: 1 };
    const ours = run(tensors, { name: 'CONV_2D', inputs: [0, 1, 2], options }, given);
    const filter = tf.transpose(kernel.value, [1, 2, 3, 0]) as tf.Tensor4D;
    expectClose(ours, tf.relu(tf.add(tf.conv2d(x, filter, 2, 'same'), bias.value)));
  });

  it('DEPTHWISE_CONV_2D with a multiplier and dilation', () => {
    const [kernel, bias] = [floats('kernel', 1, 3, 3, 6), floats('bias', 6)];
    const tensors = [inputOf(), kernel.tensor, bias.tensor, { name: 'out', shape: [1, 6, 7, 6] }];
    const options = { ...window, strideWidth: 1, strideHeight: 1, dilationWidth: 2, dilationHeight: 2, multiplier: 2 };
    const ours = run(tensors, { name: 'DEPTHWISE_CONV_2D', inputs: [0, 1, 2], options }, given);
    const filter = tf.reshape(kernel.value, [3, 3, 3, 2]) as tf.Tensor4D;
    expectClose(ours, tf.add(tf.depthwiseConv2d(x, filter, 1, 'same', 'NHWC', [2, 2]), bias.value));
  });

  it.each([0, 1])('TRANSPOSE_CONV, padding %d', (padding) => {
    const kernel = floats('kernel', 4, 3, 3, 3);
    const size: [number, number, number, number] = padding === 0 ? [1, 12, 13, 4] : [1, 13, 15, 4];
    const tensors = [inputOf(), integers('size', ...size), kernel.tensor, { name: 'out', shape: size }];
    const options = { padding, strideWidth: 2, strideHeight: 2, activation: 0 };
    const ours = run(tensors, { name: 'TRANSPOSE_CONV', inputs: [1, 2, 0], options }, given);
    const filter = tf.transpose(kernel.value, [1, 2, 0, 3]) as tf.Tensor4D;
    expectClose(ours, tf.conv2dTranspose(x, filter, size, 2, padding === 0 ? 'same' : 'valid'));
  });

  it("MediaPipe's transposed convolution with a bias", () => {
    const [kernel, bias] = [floats('kernel', 4, 2, 2, 3), floats('bias', 4)];
    const tensors = [inputOf(), kernel.tensor, bias.tensor, { name: 'out', shape: [1, 12, 14, 4] }];
    const customOptions = bytesOf(Int32Array.of(1, 2, 2));
    const ours = run(tensors, { name: 'Convolution2DTransposeBias', inputs: [0, 1, 2], customOptions }, given);
    const filter = tf.transpose(kernel.value, [1, 2, 0, 3]) as tf.Tensor4D;
    expectClose(ours, tf.add(tf.conv2dTranspose(x, filter, [1, 12, 14, 4], 2, 'same'), bias.value));
  });

  it('FULLY_CONNECTED flattens what it is given', () => {
    const [kernel, bias] = [floats('kernel', 5, 126), floats('bias', 5)];
    const tensors = [inputOf(), kernel.tensor, bias.tensor, { name: 'out', shape: [1, 5] }];
    const options = { activation: 3, weightsFormat: 0, keepDimensions: false };
    const ours = run(tensors, { name: 'FULLY_CONNECTED', inputs: [0, 1, 2], options }, given);
    const product = tf.matMul(tf.reshape(x, [1, 126]) as tf.Tensor2D, kernel.value as tf.Tensor2D, false, true);
    expectClose(ours, tf.relu6(tf.add(product, bias.value)));
  });

  it.each([
    ['MAX_POOL_2D', (size: [number, number]) => tf.maxPool(x, size, 2, 'same')],
    ['AVERAGE_POOL_2D', (size: [number, number]) => tf.avgPool(x, size, 2, 'same')],
  ] as const)('%s', (name, pool) => {
    const options = { padding: 0, strideWidth: 2, strideHeight: 2, filterWidth: 3, filterHeight: 2, activation: 0 };
    const ours = run([inputOf(), { name: 'out', shape: [1, 3, 4, 3] }], { name, inputs: [0], options }, given);
    expectClose(ours, pool([2, 3]));
  });

  it('PAD, MEAN, RESIZE_BILINEAR and CONCATENATION', () => {
    const out = (...shape: readonly number[]) => ({ name: 'out', shape });
    const pads = { ...integers('pads', 0, 0, 1, 0, 0, 2, 0, 0), shape: [4, 2] };
    expectClose(
      run([inputOf(), pads, out(1, 7, 9, 3)], { name: 'PAD', inputs: [0, 1] }, given),
      tf.pad(x, [
        [0, 0],
        [1, 0],
        [0, 2],
        [0, 0],
      ]),
    );
    const mean = { name: 'MEAN', inputs: [0, 1], options: { keepDimensions: true } };
    expectClose(run([inputOf(), integers('axes', 1, 2), out(1, 1, 1, 3)], mean, given), tf.mean(x, [1, 2], true));
    const resize = {
      name: 'RESIZE_BILINEAR',
      inputs: [0, 1],
      options: { alignCorners: false, halfPixelCenters: true },
    };
    expectClose(
      run([inputOf(), integers('size', 9, 5), out(1, 9, 5, 3)], resize, given),
      tf.image.resizeBilinear(x, [9, 5], false, true),
    );
    const join = { name: 'CONCATENATION', inputs: [0, 0], options: { axis: 3, activation: 0 } };
    expectClose(run([inputOf(), out(1, 6, 7, 6)], join, given), tf.concat([x, x], 3));
  });
});

describe('numbers of a TensorFlow Lite model', () => {
  it('are what quantised weights stand for, one scale for each filter', () => {
    const q = Int8Array.from({ length: 4 * 3 }, (_, n) => n * 9 - 50);
    const quantization = { scales: [0.5, 0.25, 2, 1], zeroPoints: [0, 0, 0, 3], axis: 0 };
    const kernel: TensorToWrite = {
      name: 'kernel',
      shape: [4, 1, 1, 3],
      element: 'int8',
      data: bytesOf(q),
      quantization,
    };
    const tensors = [inputOf(), kernel, { name: 'out', shape: [1, 3, 4, 4] }];
    const ours = run(tensors, { name: 'CONV_2D', inputs: [0, 1], options: window }, given);
    const values = Float32Array.from(
      q,
      (value, n) => (value - quantization.zeroPoints[Math.floor(n / 3)]!) * quantization.scales[Math.floor(n / 3)]!,
    );
    const filter = tf.transpose(tf.tensor(values, [4, 1, 1, 3]), [1, 2, 3, 0]) as tf.Tensor4D;
    expectClose(ours, tf.conv2d(x, filter, 2, 'same'));
  });

  it('of activations stay within their range, which hides a ReLU6 and more', () => {
    const kernel = floats('kernel', 4, 3, 2, 3);
    const quantised = (scale: number, zero: number): TensorToWrite => ({
      name: 'out',
      shape: [1, 3, 4, 4],
      element: 'uint8',
      quantization: { scales: [scale], zeroPoints: [zero], axis: 0 },
    });
    const filter = tf.transpose(kernel.value, [1, 2, 3, 0]) as tf.Tensor4D;
    const product = tf.conv2d(x, filter, 2, 'same');
    const within = (out: TensorToWrite, activation: number) =>
      run(
        [inputOf(), kernel.tensor, out],
        { name: 'CONV_2D', inputs: [0, 1], options: { ...window, activation } },
        given,
      );
    expectClose(within(quantised(0.002, 0), 0), tf.clipByValue(product, 0, 0.51));
    expectClose(within(quantised(0.002, 100), 0), tf.clipByValue(product, -0.2, 0.31));
    expectClose(within(quantised(6 / 255, 0), 3), tf.relu6(product));
  });

  it('are widened where they are stored as half floats', () => {
    const halves = bytesOf(Uint16Array.of(0x3c00, 0xc000, 0x3800));
    const tensors = [
      { name: 'image', shape: [1, 6, 7, 3] },
      { name: 'half', shape: [3], element: 'float16' as const, data: halves },
      { name: 'whole', shape: [3] },
      { name: 'out', shape: [1, 6, 7, 3] },
    ];
    const operators = [
      { name: 'DEQUANTIZE', inputs: [1], outputs: [2] },
      { name: 'MUL', inputs: [0, 2], outputs: [3], options: { activation: 0 } },
    ];
    const imported = importTflite(writeTflite({ tensors, operators, inputs: [0], outputs: [3] }), 'net.tflite');
    if (!imported.ok) throw new Error(imported.problems[0]!.message);
    const compiled = compile(imported.value.text, { weights: imported.value.weights, target: 'ts' });
    if (!compiled.ok) throw new Error(compiled.problems[0]!.message);
    const results = compiled.model.instantiate().run({ [imported.value.inputs[0]!.as]: given });
    expectClose(results[imported.value.outputs[0]!.as]!, tf.mul(x, tf.tensor([1, -2, 0.5])));
  });
});

it('names every operator that it does not know, with its place', () => {
  const tensors = [inputOf(), { name: 'a', shape: [1, 6, 7, 3] }, { name: 'b', shape: [1, 6, 7, 3] }];
  const operators = [
    { name: 'SVDF', inputs: [0], outputs: [1] },
    { name: 'MyOperator', inputs: [1], outputs: [2], customOptions: new Uint8Array(4) },
  ];
  const file = writeTflite({ tensors, operators, inputs: [0], outputs: [2] });
  const { problems } = importTflite(file, 'net.tflite');
  expect(problems.map(({ code }) => code)).toContain('tflite/operator');
  expect(problems.map(({ message }) => message).join('\n')).toContain('SVDF');
});
