// How fast single layers run, against the multiply-add limit measured in the same run: `node dist/test/bench/layers.js`.
// Layers are compiled as the product does it; a few kernels written by hand stand beside them as a yardstick. Figures are
// medians of interleaved rounds; operations are those of the direct algorithm.
import { prepareKernel, prepareNetwork } from './instance.ts';
import { directConvolution, type Layer, layerName, multiplyAddLimit } from './kernels.ts';
import { type Contestant, compare } from './measure.ts';

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

/** Other layers, by chain, input and the operations of one run. */
const others: readonly (readonly [name: string, input: string, chain: string, operations: number])[] = [
  [
    'first 7x7 stride 2, 224x224 3->64',
    '[224, 224, 3]',
    'conv(64, kernel: 7, stride: 2, padding: 3)',
    2 * 112 * 112 * 147 * 64,
  ],
  ['last 9x9, 128x128 32->3', '[128, 128, 32]', 'conv(3, kernel: 9, padding: same)', 2 * 128 * 128 * 81 * 96],
  ['depthwise 3x3 56x56 128', '[56, 56, 128]', 'depthwiseConv(kernel: 3, padding: same)', 18 * 56 * 56 * 128],
  ['depthwise 3x3 112x112 32', '[112, 112, 32]', 'depthwiseConv(kernel: 3, padding: same)', 18 * 112 * 112 * 32],
  [
    'depthwise 3x3 stride 2, 112x112 64',
    '[112, 112, 64]',
    'depthwiseConv(kernel: 3, stride: 2, padding: same)',
    18 * 56 * 56 * 64,
  ],
  [
    'transposed k4 s2, 16x16 128->64',
    '[16, 16, 128]',
    'convTranspose(64, kernel: 4, stride: 2, padding: 1)',
    2 * 1024 * 4 * 8192,
  ],
  ['transposed k2 s2, 64x64 32->16', '[64, 64, 32]', 'convTranspose(16, kernel: 2, stride: 2)', 2 * 4096 * 4 * 512],
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

const turns = 1 << 16;
const limit: Contestant = {
  name: 'multiply-add limit',
  run: prepareKernel(multiplyAddLimit(turns), [0], 0, 128),
  operations: 2 * 8 * 4 * turns,
};

const contestants = [limit, ...byHand.map(handContestant)];
for (const layer of direct) contestants.push(await compiledContestant(layer, true));
for (const layer of tiled) contestants.push(await compiledContestant(layer, false));
for (const [name, input, chain, operations] of others) {
  const run = await prepareNetwork(`model layer(x: ${input}) -> [_, _, _] { ${chain} }`);
  contestants.push({ name, run, operations });
}
compare(contestants);
