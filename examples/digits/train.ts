// Trains the digits network by gradient descent, written out for these four layers, and writes digits.safetensors. Needed
// only to change the network: the weights are committed. The seed is fixed, so a run gives the same file again.
//
//   npm run build && node dist/examples/digits/train.js
import { writeFileSync } from 'node:fs';
import { generator } from '../../compiler/algebra/pseudo-random.ts';
import { write } from '../../compiler/files/safetensors.ts';
import { type Digit, readDigits, trainingRows } from './data.ts';

const folder = new URL('../../../examples/digits/', import.meta.url);
const digits = readDigits(new URL('digits.csv', folder));
const training = digits.slice(0, trainingRows);
const testing = digits.slice(trainingRows);
const epochs = 32;
const batch = 16;
const random = generator(5);

/** A trained tensor with its gradient, Adam's moments, and the running mean that is kept in the end. */
class Parameter {
  readonly shape: readonly number[];
  readonly value: Float64Array;
  readonly gradient: Float64Array;
  readonly mean: Float64Array;
  private readonly first: Float64Array;
  private readonly second: Float64Array;

  constructor(shape: readonly number[], fanIn: number) {
    const size = shape.reduce((product, extent) => product * extent, 1);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    this.shape = shape;
    this.value = Float64Array.from({ length: size }, () => (fanIn > 0 ? Math.sqrt(2 / fanIn) * normal() : 0));
    this.mean = this.value.slice();
    [this.gradient, this.first, this.second] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  }

  /** One step of Adam (D. Kingma and J. Ba, 2014), with the mean over about the last 500 steps. */
  update(step: number, rate: number): void {
    const { value, gradient, first, second, mean } = this;
    for (let at = 0; at < value.length; at++) {
      const slope = gradient[at]! / batch;
      first[at] = 0.9 * first[at]! + 0.1 * slope;
      second[at] = 0.999 * second[at]! + 0.001 * slope * slope;
      const scaled = first[at]! / (1 - 0.9 ** step) / (Math.sqrt(second[at]! / (1 - 0.999 ** step)) + 1e-8);
      value[at] = value[at]! - rate * scaled;
      mean[at] = 0.998 * mean[at]! + 0.002 * value[at]!;
      gradient[at] = 0;
    }
  }
}

/** 3×3, padding same, then relu, on size×size images. */
class Convolution {
  readonly kernel: Parameter;
  readonly bias: Parameter;
  private readonly size: number;
  private readonly inputs: number;
  private readonly outputs: number;
  private input: Float64Array = new Float64Array();
  private output: Float64Array = new Float64Array();

  constructor(size: number, inputs: number, outputs: number) {
    [this.size, this.inputs, this.outputs] = [size, inputs, outputs];
    this.kernel = new Parameter([3, 3, inputs, outputs], 9 * inputs);
    this.bias = new Parameter([outputs], 0);
  }

  /** Calls `visit` with the flat places of each pair of an output and an input pixel, and of the kernel between them. */
  private pairs(visit: (output: number, input: number, kernel: number) => void): void {
    const { size, inputs, outputs } = this;
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++)
        for (let i = Math.max(0, 1 - y); i < Math.min(3, size + 1 - y); i++)
          for (let j = Math.max(0, 1 - x); j < Math.min(3, size + 1 - x); j++)
            visit((y * size + x) * outputs, ((y + i - 1) * size + x + j - 1) * inputs, (i * 3 + j) * inputs * outputs);
  }

  forward(input: Float64Array, values: (parameter: Parameter) => Float64Array): Float64Array {
    const { inputs, outputs, size } = this;
    const [kernel, bias] = [values(this.kernel), values(this.bias)];
    const output = Float64Array.from({ length: size * size * outputs }, (_, at) => bias[at % outputs]!);
    this.pairs((o, n, k) => {
      for (let c = 0; c < inputs; c++)
        for (let f = 0; f < outputs; f++) output[o + f] = output[o + f]! + input[n + c]! * kernel[k + c * outputs + f]!;
    });
    for (let at = 0; at < output.length; at++) output[at] = Math.max(0, output[at]!);
    [this.input, this.output] = [input, output];
    return output;
  }

  backward(slopes: Float64Array): Float64Array {
    const { inputs, outputs, input, output, kernel, bias } = this;
    const before = new Float64Array(input.length);
    for (let at = 0; at < slopes.length; at++) {
      if (output[at]! <= 0) slopes[at] = 0;
      bias.gradient[at % outputs]! += slopes[at]!;
    }
    this.pairs((o, n, k) => {
      for (let c = 0; c < inputs; c++) {
        let sum = 0;
        for (let f = 0; f < outputs; f++) {
          const at = k + c * outputs + f;
          sum += slopes[o + f]! * kernel.value[at]!;
          kernel.gradient[at] = kernel.gradient[at]! + slopes[o + f]! * input[n + c]!;
        }
        before[n + c] = before[n + c]! + sum;
      }
    });
    return before;
  }
}

const fine = new Convolution(8, 1, 16);
const coarse = new Convolution(4, 16, 32);
const dense = { kernel: new Parameter([512, 10], 512), bias: new Parameter([10], 0) };
const parameters: Readonly<Record<string, Parameter>> = {
  'conv_0.kernel': fine.kernel,
  'conv_0.bias': fine.bias,
  'conv_1.kernel': coarse.kernel,
  'conv_1.bias': coarse.bias,
  'dense_0.kernel': dense.kernel,
  'dense_0.bias': dense.bias,
};

/** 8×8 to 4×4; `from` remembers where each maximum stood. */
function maxPool(input: Float64Array, channels: number): { readonly output: Float64Array; readonly from: Int32Array } {
  const from = Int32Array.from({ length: 16 * channels }, (_, at) => {
    const [c, x, y] = [at % channels, Math.floor(at / channels) % 4, Math.floor(at / channels / 4)];
    const places = [0, 1, 8, 9].map((shift) => (16 * y + 2 * x + shift) * channels + c);
    return places.reduce((best, place) => (input[place]! > input[best]! ? place : best));
  });
  return { output: Float64Array.from(from, (place) => input[place]!), from };
}

function probabilities(
  features: Float64Array,
  kept: Float64Array,
  values: (parameter: Parameter) => Float64Array,
): number[] {
  const [kernel, bias] = [values(dense.kernel), values(dense.bias)];
  const sums = Array.from({ length: 10 }, (_, k) =>
    features.reduce((sum, value, n) => sum + value * kept[n]! * kernel[n * 10 + k]!, bias[k]!),
  );
  const powers = sums.map((sum) => Math.exp(sum - Math.max(...sums)));
  const total = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / total);
}

const whole = new Float64Array(512).fill(1);
const current = (parameter: Parameter): Float64Array => parameter.value;
const averaged = (parameter: Parameter): Float64Array => parameter.mean;

/** Adds the gradients of one digit's cross-entropy; half of the features are dropped. */
function learn(pixels: Float64Array, label: number): void {
  const pooled = maxPool(fine.forward(pixels, current), 16);
  const features = coarse.forward(pooled.output, current);
  const kept = whole.map(() => (random() < 0.5 ? 0 : 2));
  const errors = probabilities(features, kept, current).map((value, k) => value - (k === label ? 1 : 0));
  const slopes = new Float64Array(512);
  errors.forEach((error, k) => {
    dense.bias.gradient[k]! += error;
    for (let n = 0; n < 512; n++) {
      dense.kernel.gradient[n * 10 + k]! += error * features[n]! * kept[n]!;
      slopes[n]! += error * kept[n]! * dense.kernel.value[n * 10 + k]!;
    }
  });
  const beforePool = new Float64Array(8 * 8 * 16);
  coarse.backward(slopes).forEach((slope, at) => {
    beforePool[pooled.from[at]!]! += slope;
  });
  fine.backward(beforePool);
}

/** Moves a digit by up to one pixel: the few writers of the training rows do not write everywhere. */
function varied({ pixels }: Digit): Float64Array {
  const [down, right] = [Math.floor(random() * 3) - 1, Math.floor(random() * 3) - 1];
  return Float64Array.from({ length: 64 }, (_, at) => {
    const [y, x] = [Math.floor(at / 8) - down, (at % 8) - right];
    return y < 0 || y > 7 || x < 0 || x > 7 ? 0 : pixels[y * 8 + x]!;
  });
}

function accuracy(list: readonly Digit[]): number {
  const right = list.filter(({ pixels, label }) => {
    const pooled = maxPool(fine.forward(Float64Array.from(pixels), averaged), 16);
    const guess = probabilities(coarse.forward(pooled.output, averaged), whole, averaged);
    return guess.indexOf(Math.max(...guess)) === label;
  });
  return right.length / list.length;
}

const shuffled = <T>(items: readonly T[]): T[] =>
  items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);

let step = 0;
for (let epoch = 0; epoch < epochs; epoch++) {
  const order = shuffled(training);
  for (let at = 0; at < order.length; at += batch) {
    for (const digit of order.slice(at, at + batch)) learn(varied(digit), digit.label);
    const rate = 0.003 * 0.975 ** epoch;
    step++;
    for (const parameter of Object.values(parameters)) parameter.update(step, rate);
  }
  const percent = (list: readonly Digit[]): string => (100 * accuracy(list)).toFixed(2);
  console.log(
    `epoch ${epoch + 1}: ${percent(training)} % of the training rows, ${percent(testing)} % of the test rows`,
  );
}
const tensors = new Map(
  Object.entries(parameters).map(([name, { shape, mean }]) => [name, { shape, data: Float32Array.from(mean) }]),
);
writeFileSync(new URL('digits.safetensors', folder), write(tensors));
