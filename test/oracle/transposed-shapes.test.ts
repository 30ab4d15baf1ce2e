// Transposed convolutions of shapes that no layer of the trade has, but that the language allows: kernels longer than their
// input, strides longer than their kernel, in two dimensions and with dilation.
import { beforeAll, describe, it } from 'vitest';
import { analyse } from '../../compiler/compile.ts';
import { loadBackend } from '../../compiler/targets/index.ts';
import type { Backend } from '../../compiler/targets/target.ts';
import { checkAllWays } from '../all-ways.ts';

let backends: readonly Backend[];

beforeAll(async () => {
  backends = await Promise.all([loadBackend('ts'), loadBackend('wasm')]);
});

const networks = [
  ['[1, 3]', 'convTranspose(12, kernel: 70, stride: 3, dilation: 2)'],
  ['[3, 2]', 'convTranspose(5, kernel: 60, stride: 2, dilation: 3, padding: 4); relu'],
  ['[5, 4]', 'convTranspose(4, kernel: 41, groups: 2)'],
  ['[1, 1, 6]', 'convTranspose(8, kernel: 4)'],
  ['[2, 3, 3]', 'convTranspose(4, kernel: 3, stride: 20)'],
  ['[2, 2, 4]', 'convTranspose(3, kernel: [24, 2], stride: [1, 90], dilation: [2, 5], padding: [[3, 1], [0, -7]])'],
  ['[3, 1]', 'convTranspose(2, kernel: 130, stride: 80, dilation: 3, bias: false)'],
  ['[2, 2, 2, 2]', 'convTranspose(2, kernel: 5, stride: 5)'],
] as const;

describe('transposed convolutions of unusual shapes', () => {
  it.each(networks)('%s %s', (shape, layers) => {
    const rank = shape.split(',').length;
    const text = `model net(x: ${shape}) -> [${Array(rank).fill('_')}] {\n ${layers}\n}\n`;
    const models = analyse({ file: 'net.convnet', text });
    if (!models.ok) throw new Error(models.problems[0]!.message);
    checkAllWays(models.value[0]!, backends, 1, text);
  });
});
