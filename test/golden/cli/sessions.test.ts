// Sessions with the examples that teach, as a reader would have them: `sessions/NAME.txt`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeNpy } from '../../../compiler/files/npy.ts';
import { command, type Files, inFolder, transcript } from './run.ts';

const examples = join(import.meta.dirname, '../../../examples');
const example = (name: string): Files => ({ [name]: readFileSync(join(examples, name), 'utf8') });
const counting = (size: number): string => JSON.stringify(Array.from({ length: size }, (_, n) => n + 1));

const lenet = `/// For digits.
model lenet(image: [28, 28, 1]) -> [10] {
  conv(8, kernel: 5, padding: same); relu
  maxPool(2)
  conv(16, kernel: 5); relu
  dense(10); softmax
}
`;

const cases: readonly { readonly name: string; readonly files: Files; readonly lines: readonly string[] }[] = [
  { name: 'check', files: { 'lenet.convnet': lenet }, lines: ['check lenet.convnet'] },
  {
    name: 'check-as-far-as-it-got',
    files: { 'lenet.convnet': lenet.replace('conv(16, kernel: 5)', 'conv(2 * channels(it), kernel: 15)') },
    lines: ['check lenet.convnet', 'check lenet.convnet --json'],
  },
  { name: 'check-json', files: example('same-valid.convnet'), lines: ['check same-valid.convnet --json'] },
  {
    name: 'problems-json',
    files: { 'a.convnet': 'model a(x: [4]) {\n  rely\n}\n' },
    lines: ['check a.convnet --json'],
  },
  {
    name: 'explain-transposed',
    files: example('transposed.convnet'),
    lines: ['explain transposed.convnet', 'explain transposed.convnet up'],
  },
  { name: 'explain-output-shape', files: example('output-shape.convnet'), lines: ['explain output-shape.convnet six'] },
  { name: 'explain-separable', files: example('separable.convnet'), lines: ['explain separable.convnet apart'] },
  { name: 'explain-matrix', files: example('matrix.convnet'), lines: ['explain matrix.convnet down'] },
  { name: 'explain-dilated', files: example('dilated.convnet'), lines: ['explain dilated.convnet rate2'] },
  {
    name: 'explain-symbolic-matrix',
    files: { 'a.convnet': 'model a(x: [4, 1]) {\n  conv(1, kernel: 3, bias: false) as c\n}\n' },
    lines: ['explain a.convnet c'],
  },
  {
    name: 'run',
    files: { ...example('matrix.convnet'), 'image.json': counting(16) },
    lines: [
      'run matrix.convnet --input image.json',
      'run matrix.convnet --input image.json --backend reference',
      'run matrix.convnet --input image=image.json --target ts --json',
    ],
  },
  {
    name: 'graph',
    files: example('separable.convnet'),
    lines: [
      'graph separable.convnet',
      'graph separable.convnet --after expand --dot -',
      'graph separable.convnet --after prepare',
    ],
  },
  { name: 'graph-svg', files: example('separable.convnet'), lines: ['graph separable.convnet --svg -'] },
  {
    name: 'fmt',
    files: { 'a.convnet': 'model a( x:[4] ){ relu;tanh }\n', 'b.convnet': 'model b(x: [4]) {\n  relu\n}\n' },
    lines: ['fmt --check a.convnet b.convnet', 'fmt a.convnet b.convnet', 'fmt --check a.convnet b.convnet'],
  },
  {
    name: 'unread-vectors',
    files: {
      'net.convnet': 'model net(x: [2]) {\n  relu\n}\n',
      'v/x.json': '[1, 2]',
      'v/output.json': '[1, 2]',
      'v/outptu.npy': '',
      'v/x.f32': '',
      'v/notes.txt': '',
    },
    lines: ['verify net.convnet --vectors v'],
  },
  {
    name: 'channels-first',
    files: {
      'net.convnet': 'model net(x: [1, 3, 2]) {\n  relu\n}\n',
      'first.npy': writeNpy({ shape: [1, 2, 1, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }),
      'other.npy': writeNpy({ shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) }),
      'v/x.npy': writeNpy({ shape: [1, 2, 1, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }),
      'v/output.npy': writeNpy({ shape: [1, 1, 3, 2], data: Float32Array.of(1, 4, 2, 5, 3, 6) }),
    },
    lines: ['run net.convnet --input first.npy', 'run net.convnet --input other.npy', 'verify net.convnet --vectors v'],
  },
  {
    name: 'names-of-objects',
    files: {
      'net.convnet': 'model net(__proto__: [2], toString: [2]) {\n  add(__proto__, toString)\n}\n',
      'v/__proto__.json': '[1, 2]',
      'v/toString.json': '[10, 20]',
      'v/output.json': '[11, 22]',
    },
    lines: [
      'run net.convnet --input __proto__=v/__proto__.json --input toString=v/toString.json',
      'run net.convnet --backend reference --input __proto__=v/__proto__.json --input toString=v/toString.json',
      'verify net.convnet --vectors v',
    ],
  },
  {
    name: 'verify-other-order',
    files: {
      'net.convnet': 'model net(x: [2, 2, 2]) {\n  relu\n}\n',
      'v/x.json': '[1, 2, 3, 4, 5, 6, 7, 8]',
      'v/output.json': '[1, 3, 5, 7, 2, 4, 6, 8]',
      'w/x.json': '[1000, 2, 3, 4, 5, 6, 7, 8]',
      'w/output.json': '[1000, 2.0003, 3, 4, 5, 6, 7, 8]',
      'w/relu_0.json': '[1000, 2, 3, 4, 5, 6, 7, 9]',
    },
    lines: ['verify net.convnet --vectors v', 'verify net.convnet --vectors w'],
  },
  { name: 'help', files: {}, lines: ['--help', 'build --help'] },
  {
    name: 'several-files',
    files: { 'a.convnet': 'model a(x: [4]) {\n  relu\n}\n', 'b.convnet': 'model b(x: [4]) {\n  rely\n}\n' },
    lines: ['check a.convnet b.convnet', 'check a.convnet a.convnet'],
  },
];

/** Without what tuning may change: schedules, buffers, the steps that a layer is run as. */
const settled = (text: string): string =>
  text
    .replace(/^algorithm\n(?: {2}.*\n)+\n/gm, '')
    .replace(/^run as\n(?: {2}.*\n)+/gm, 'run as …\n')
    .replace(/^arena .*$/gm, 'arena …')
    .replace(/("arena\w+"): \d+/g, '$1: …');

describe('sessions', () => {
  it.each(cases)('$name', async ({ name, files, lines }) => {
    const sessions = await inFolder(files, async () => {
      const parts: string[] = [];
      for (const line of lines) parts.push(transcript(line, await command(line)));
      return parts.join('\n');
    });
    expect(sessions).not.toContain('internal error in atrous');
    const readable = settled(sessions);
    await expect(readable).toMatchFileSnapshot(join(import.meta.dirname, 'sessions', `${name}.txt`));
  });
});
