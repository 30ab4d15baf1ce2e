// How fast single layers run, against the multiply-add limit measured in the same run: `node dist/test/bench/layers.js`.
// Layers are compiled as the product does it; a few kernels written by hand stand beside them as a yardstick. Figures are
// medians of interleaved rounds; operations are those of the direct algorithm.
import type { Rank } from '@tensorflow/tfjs-core';
import { prepareKernel, prepareNetwork } from './instance.ts';
import { directConvolution, type Layer, layerName, multiplyAddLimit } from './kernels.ts';
import { type Contestant, compare } from './measure.ts';
import { loadTensorflow } from './tfjs.ts';

const byHand: readonly Layer[] = [
  { kernel: 3, size: 56, input: 64, output: 64 },
  { kernel: 3, size: 7, input: 512, output: 512 },
  { kernel: 1, size: 14, input: 512, output: 512 },
];

const direct: readonly Layer[] = [
  ...byHand,
  { kernel: 3, size: 14, input: 256, output: 256 },
  { kernel: 3, size: 64, input: 32, output: 32, dilation: 4 },
  { kernel: 1, size: 112, input: 32, output: 64 },
];

const tiled: readonly Layer[] = [
  { kernel: 3, size: 56, input: 64, output: 64 },
  { kernel: 3, size: 28, input: 128, output: 128 },
  { kernel: 3, size: 14, input: 256, output: 256 },
  { kernel: 3, size: 7, input: 512, output: 512 },
  { kernel: 3, size: 64, input: 32, output: 32 },
  { kernel: 3, size: 64, input: 32, output: 32, dilation: 4 },
];

const transposed = 'transposed k4 s2, 16x16 128->64';
const likeTransposed = '3x3 32x32 128->64';
const likes = [likeTransposed, transposed];

interface Depthwise {
  readonly size: number;
  readonly channels: number;
  readonly stride: number;
}

const depthwise: readonly Depthwise[] = [
  { size: 56, channels: 128, stride: 1 },
  { size: 112, channels: 32, stride: 1 },
  { size: 112, channels: 64, stride: 2 },
];

const depthwiseName = ({ size, channels, stride }: Depthwise): string =>
  `depthwise 3x3 ${size}x${size} ${channels}${stride > 1 ? ` stride ${stride}` : ''}`;
const depthwiseOperations = ({ size, channels, stride }: Depthwise): number => 18 * (size / stride) ** 2 * channels;

/** A layer by its input, its chain and the operations of one run. */
type Chain = readonly [name: string, input: string, chain: string, operations: number];

const others: readonly Chain[] = [
  [
    'first 7x7 stride 2, 224x224 3->64',
    '[224, 224, 3]',
    'conv(64, kernel: 7, stride: 2, padding: 3)',
    2 * 112 * 112 * 147 * 64,
  ],
  ['last 9x9, 128x128 32->3', '[128, 128, 32]', 'conv(3, kernel: 9, padding: same)', 2 * 128 * 128 * 81 * 96],
  ['transposed k2 s2, 64x64 32->16', '[64, 64, 32]', 'convTranspose(16, kernel: 2, stride: 2)', 2 * 4096 * 4 * 512],
  [transposed, '[16, 16, 128]', 'convTranspose(64, kernel: 4, stride: 2, padding: 1)', 2 * 1024 * 4 * 8192],
  [likeTransposed, '[32, 32, 128]', 'conv(64, kernel: 3, padding: same)', 2 * 1024 * 9 * 8192],
  ...depthwise.map(
    (layer) =>
      [
        depthwiseName(layer),
        `[${layer.size}, ${layer.size}, ${layer.channels}]`,
        `depthwiseConv(kernel: 3, stride: ${layer.stride}, padding: same)`,
        depthwiseOperations(layer),
      ] as const,
  ),
];

const operationsOf = ({ size, kernel, input, output }: Layer): number => 2 * (size * kernel) ** 2 * input * output;

function handContestant(layer: Layer): Contestant {
  const { size, kernel, input, output, dilation = 1 } = layer;
  const padded = (size + (kernel - 1) * dilation) ** 2 * input;
  const weights = kernel * kernel * input * output;
  const bases = [0, 0, weights, padded];
  const run = prepareKernel(directConvolution(layer), bases, weights + output, padded + size * size * output);
  return { name: `by hand ${layerName(layer)}`, run, operations: operationsOf(layer) };
}

async function compiledContestant(layer: Layer, exact: boolean): Promise<Contestant> {
  const { size, kernel, input, output, dilation = 1 } = layer;
  const chain = `conv(${output}, kernel: ${kernel}, padding: same, dilation: ${dilation}); relu`;
  const run = await prepareNetwork(`model layer(x: [${size}, ${size}, ${input}]) -> [_, _, _] { ${chain} }`, exact);
  return { name: `${exact ? 'direct' : 'winograd'} ${layerName(layer)}`, run, operations: operationsOf(layer) };
}

/** The same layer in TensorFlow.js, its tensors ready. */
async function peerContestant(layer: Depthwise): Promise<Contestant> {
  const { size, channels, stride: strides } = layer;
  const tf = await loadTensorflow('wasm');
  const x = tf.randomUniform<Rank.R4>([1, size, size, channels]);
  const filter = tf.randomUniform<Rank.R4>([3, 3, channels, 1]);
  const bias = tf.randomUniform<Rank.R1>([channels]);
  const run = (): void => tf.fused.depthwiseConv2d({ x, filter, strides, pad: 'same', bias }).dispose();
  return { name: `tfjs-wasm ${depthwiseName(layer)}`, run, operations: depthwiseOperations(layer) };
}

async function chainContestant([name, input, chain, operations]: Chain, exact: boolean): Promise<Contestant> {
  const run = await prepareNetwork(`model layer(x: ${input}) -> [_, _, _] { ${chain} }`, exact);
  return { name: exact ? `direct ${name}` : name, run, operations };
}

const turns = 1 << 16;
const limit: Contestant = {
  name: 'multiply-add limit',
  run: prepareKernel(multiplyAddLimit(turns), [0], 0, 128),
  operations: 2 * 8 * 4 * turns,
};
/** A 4×8 tile with everything in the first cache. */
const smallest: Layer = { kernel: 1, size: 8, input: 256, output: 8 };

const contestants = [limit, ...[smallest, ...byHand].map(handContestant)];
for (const layer of direct) contestants.push(await compiledContestant(layer, true));
for (const layer of tiled) contestants.push(await compiledContestant(layer, false));
for (const layer of others) contestants.push(await chainContestant(layer, false));
for (const layer of others) if (likes.includes(layer[0])) contestants.push(await chainContestant(layer, true));
for (const layer of depthwise) contestants.push(await peerContestant(layer));

const speeds = compare(contestants);
const ratio = (a: string, b: string): string => (speeds.get(a)! / speeds.get(b)!).toFixed(2);
console.log();
for (const name of depthwise.map(depthwiseName))
  console.log(`${ratio(name, `tfjs-wasm ${name}`)} × tfjs-wasm: ${name}`);
for (const way of ['', 'direct ']) {
  const [like, name] = likes.map((layer) => `${way}${layer}`) as [string, string];
  console.log(`${ratio(like, name)} × the time per multiplication of ${like}: ${name}`);
}
