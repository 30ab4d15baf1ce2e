// What people get wrong, with the real command: each case a session in `bad-input/NAME.txt`. None of them is a fault of ours.
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { write } from '../../../compiler/files/safetensors.ts';
import { writeTensorFile } from '../../../compiler/files/tensor-file.ts';
import { command, type Files, inFolder, transcript } from './run.ts';

/** A model around the lines of its body. */
const model = (body: string, header = 'net(image: [8, 8, 3])'): string => `model ${header} {\n  ${body}\n}\n`;
const check = 'check net.convnet';
const good = model('conv(2, kernel: 3)');

const kernel = (shape: readonly number[]) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) });
const weights = (tensors: Record<string, readonly number[]>): Uint8Array =>
  write(new Map(Object.entries(tensors).map(([name, shape]) => [name, kernel(shape)])));
const fitting = { 'conv_0.kernel': [3, 3, 3, 2], 'conv_0.bias': [2] };

/** A safetensors file whose header is this text. */
function safetensors(header: string, data = 0, length = header.length): Uint8Array {
  const bytes = new Uint8Array(8 + header.length + data);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(new TextEncoder().encode(header), 8);
  return bytes;
}

function png(height: number, width: number): Uint8Array {
  const image = writeTensorFile(kernel([height, width, 3]), 'image.png');
  if (!image.ok) throw new Error('no image');
  return image.value;
}

/** An archive of empty files. */
function zip(...names: readonly string[]): Uint8Array {
  return zipSync(Object.fromEntries(names.map((name) => [name, new Uint8Array()])));
}

interface Case {
  readonly name: string;
  readonly files: Files;
  readonly line: string;
}

const source = (name: string, text: string, line = check): Case => ({ name, files: { 'net.convnet': text }, line });

const cases: readonly Case[] = [
  source('unknown-layer', model('conv(2, kernel: 3)\n  maxpol(2)')),
  source('unknown-argument', model('conv(2, kernel: 3, strides: 2)')),
  source('missing-argument', model('conv(kernel: 3)')),
  source('missing-kernel', model('conv(2)')),
  source('repeated-argument', model('conv(2, kernel: 3, kernel: 5)')),
  source('argument-of-wrong-kind', model('conv(2, kernel: 3, padding: sane)\n  conv(2, kernel: "3")')),
  source('wrong-rank', model('flatten\n  conv(2, kernel: 3)')),
  source('wrong-number-of-sizes', model('conv(2, kernel: [3, 3, 3])')),
  source('uneven-division', 'param n = 7\n\nmodel net(image: [8, 8, 3]) {\n  conv(n / 2, kernel: 3)\n}\n'),
  source('uneven-shuffle', model('pixelShuffle(2)')),
  source('groups', model('conv(4, kernel: 3, groups: 2)')),
  source('padding-eats-output', model('conv(2, kernel: 3, padding: -4)')),
  source('kernel-too-large', model('conv(2, kernel: 9)')),
  source('transposed-padding-eats-output', model('convTranspose(2, kernel: 2, padding: 6)')),
  source(
    'unreachable-size',
    model('convTranspose(1, kernel: 3, stride: 2, outputShape: [7, 7])', 'up(image: [2, 2, 1])'),
  ),
  source('negative-size', model('conv(-2, kernel: 3)')),
  source('zero-size', model('conv(2, kernel: 0)')),
  source('zero-dimension', model('relu', 'net(image: [0, 8, 3])')),
  source('enormous-layer', model('conv(1000000, kernel: 3)', 'net(image: [4096, 4096, 3])')),
  source('enormous-input', model('relu', 'net(image: [1000000000, 1000000000, 3])')),
  source('enormous-kernel', model('dense(1000000000)', 'net(image: [1000, 1000, 3])')),
  source('enormous-upsampling', model('upsample(100000)')),
  {
    name: 'memory',
    files: { 'net.convnet': 'model net(x: [20000]) -> [20000] {\n  repeat 3 { dense(20000) }\n}\n' },
    line: 'build net.convnet --init he',
  },
  source('arena', model('conv(2, kernel: 1)', 'net(image: [16384, 16384, 2])')),
  {
    name: 'cyclic-imports',
    files: {
      'net.convnet': `import { a } from "./blocks.convnet"\n\n${model('a')}`,
      'blocks.convnet': 'import { b } from "./net.convnet"\n\nblock a() {\n  relu\n}\n',
    },
    line: check,
  },
  {
    name: 'missing-import',
    files: { 'net.convnet': `import { a } from "./block.convnet"\n\n${model('a')}` },
    line: check,
  },
  {
    name: 'import-not-utf8',
    files: {
      'net.convnet': `import { a } from "./blocks.convnet"\n\n${model('a')}`,
      'blocks.convnet': Uint8Array.of(0x62, 0x6c, 0xff),
    },
    line: check,
  },
  {
    name: 'import-of-another-file',
    files: { 'net.convnet': `import { a } from "./secret.env"\n\n${model('a')}`, 'secret.env': 'TOKEN=1234\n' },
    line: check,
  },
  {
    name: 'import-of-binary-content',
    files: { 'net.convnet': `import { a } from "./a.convnet"\n\n${model('a')}`, 'a.convnet': 'TOKEN=1234\0' },
    line: check,
  },
  source('recursive-block', `${model('a')}\nblock a() {\n  b\n}\n\nblock b() {\n  a\n}\n`),
  source('million-repetitions', model('repeat 1000000 { relu }')),
  source('repetitions-within-repetitions', model('repeat 1000 { repeat 1000 { relu } }')),
  { name: 'not-utf8', files: { 'net.convnet': Uint8Array.of(0x6d, 0x6f, 0x64, 0xe9, 0x6c) }, line: check },
  {
    name: 'utf16',
    files: { 'net.convnet': Buffer.from('\ufeffmodel net(image: [8]) { relu }', 'utf16le') },
    line: check,
  },
  source('empty-file', ''),
  source('only-comments', '// nothing yet\n'),
  source('no-model', 'block a() {\n  relu\n}\n'),
  source('no-output', 'model net(image: [8, 8, 3]) {\n}\n'),
  source('assertion', model('conv(2, kernel: 3) : [8, 8, 2]')),
  source(
    'assertions-of-a-chain',
    model('conv(2, kernel: 3) : [8, 8, 2]\n  conv(4, kernel: 1) : [8, 8, 4]\n  relu : [6, 6, 4]'),
  ),
  source('header-assertion', model('conv(2, kernel: 3)', 'net(image: [8, 8, 3]) -> [6, 6, 3]')),
  source('unequal-shapes', model('conv(3, kernel: 3) as a\n  add(image, a)')),
  source('several-syntax-errors', model('conv(2 kernel: 3)\n  relu)\n  conv(2, kernel: 3')),
  source('setting', good, 'check net.convnet --set H=3'),
  source(
    'setting-of-wrong-kind',
    'param n = 2\n\nmodel net(image: [8, 8, 3]) {\n  conv(n, kernel: 3)\n}\n',
    'check net.convnet --set n=two',
  ),

  source('no-weights', good, 'build net.convnet'),
  source('named-weights-missing', model('weights "net.safetensors"\n  conv(2, kernel: 3)'), 'build net.convnet'),
  {
    name: 'weights-missing-tensor',
    files: { 'net.convnet': good, 'w.safetensors': weights({ 'conv_0.kernal': [3, 3, 3, 2], 'conv_0.bias': [2] }) },
    line: 'build net.convnet --weights w.safetensors',
  },
  {
    name: 'weights-extra-tensor',
    files: { 'net.convnet': good, 'w.safetensors': weights({ ...fitting, 'conv_1.kernel': [1] }) },
    line: 'build net.convnet --weights w.safetensors',
  },
  {
    name: 'weights-misshapen',
    files: { 'net.convnet': good, 'w.safetensors': weights({ ...fitting, 'conv_0.kernel': [2, 3, 3, 3] }) },
    line: 'build net.convnet --weights w.safetensors',
  },
  {
    name: 'weights-truncated-header',
    files: { 'net.convnet': good, 'w.safetensors': safetensors('{}', 0, 1000) },
    line: 'build net.convnet --weights w.safetensors',
  },
  {
    name: 'weights-cut-short',
    files: { 'net.convnet': good, 'w.safetensors': weights(fitting).subarray(0, 300) },
    line: 'build net.convnet --weights w.safetensors',
  },
  {
    name: 'weights-lying-header',
    files: {
      'net.convnet': good,
      'w.safetensors': safetensors('{"conv_0.kernel":{"dtype":"F32","shape":[3,3,3,2],"data_offsets":[0,100]}}', 216),
    },
    line: 'build net.convnet --weights w.safetensors',
  },
  {
    name: 'weights-overlapping',
    files: {
      'net.convnet': good,
      'w.safetensors': safetensors(
        '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}',
        12,
      ),
    },
    line: 'build net.convnet --weights w.safetensors',
  },
  {
    name: 'weights-no-json',
    files: { 'net.convnet': good, 'w.safetensors': safetensors('{"conv_0') },
    line: 'build net.convnet --weights w.safetensors',
  },
  {
    name: 'weights-empty-file',
    files: { 'net.convnet': good, 'w.safetensors': '' },
    line: 'build net.convnet --weights w.safetensors',
  },
  {
    name: 'check-weights',
    files: { 'net.convnet': good, 'w.safetensors': weights({ 'conv_0.kernel': [3, 3, 3, 2] }) },
    line: 'check net.convnet --weights w.safetensors',
  },

  {
    name: 'image-of-wrong-size',
    files: { 'net.convnet': good, 'image.png': png(4, 8) },
    line: 'run net.convnet --init he --input image.png',
  },
  {
    name: 'no-image',
    files: { 'net.convnet': good, 'image.png': 'P6' },
    line: 'run net.convnet --init he --input image.png',
  },
  {
    name: 'image-for-a-vector',
    files: { 'net.convnet': model('dense(2)', 'net(x: [8])'), 'image.png': png(4, 8) },
    line: 'run net.convnet --init he --input image.png',
  },
  {
    name: 'wrong-count',
    files: { 'net.convnet': good, 'image.json': '[[1, 2], [3, 4]]' },
    line: 'run net.convnet --init he --input image.json',
  },
  {
    name: 'unknown-format',
    files: { 'net.convnet': good, 'image.gif': 'GIF89a' },
    line: 'run net.convnet --init he --input image.gif',
  },
  { name: 'missing-input', files: { 'net.convnet': good }, line: 'run net.convnet --init he --input image.json' },
  { name: 'no-input', files: { 'net.convnet': good }, line: 'run net.convnet --init he' },
  {
    name: 'unknown-input',
    files: { 'net.convnet': good, 'x.json': '1' },
    line: 'run net.convnet --init he --input picture=x.json',
  },

  { name: 'missing-file', files: {}, line: 'check net.convnet' },
  { name: 'folder-for-a-file', files: { 'net.convnet/a': '' }, line: 'check net.convnet' },
  { name: 'out-is-a-file', files: { 'net.convnet': good, out: '' }, line: 'build net.convnet --init he --out out' },
  {
    name: 'output-is-a-folder',
    files: { 'net.convnet': good, 'out/net.d.ts/a': '' },
    line: 'build net.convnet --init he --out out',
  },
  {
    name: 'two-models-one-file',
    files: { 'a.convnet': good, 'b.convnet': good },
    line: 'build a.convnet b.convnet --init he',
  },
  source(
    'two-models-one-name',
    `${model('relu', 'net(x: [8])')}${model('tanh', 'Net(x: [8])')}`,
    'build net.convnet --out out',
  ),
  {
    name: 'several-models',
    files: { 'net.convnet': `${good}\n${model('relu', 'other(image: [8])')}` },
    line: 'explain net.convnet',
  },
  source('unknown-model', good, 'check net.convnet --model nett'),
  source('unknown-layer-name', good, 'explain net.convnet conv'),
  source('unknown-pass', good, 'graph net.convnet --after fusee'),
  { name: 'broken-onnx', files: { 'net.onnx': 'onnx' }, line: 'check net.onnx' },
  { name: 'empty-onnx', files: { 'net.onnx': '' }, line: 'import net.onnx' },
  { name: 'no-vectors', files: { 'net.convnet': good, 'v/a': '' }, line: 'verify net.convnet --init he --vectors v' },

  ...Object.entries({
    'net.tflite': Buffer.from('\x1c\0\0\0TFL3\x14\0', 'latin1'),
    'net.h5': Buffer.from('\x89HDF\r\n\x1a\n\0\0', 'latin1'),
    'net.keras': zip('metadata.json', 'config.json', 'model.weights.h5'),
    'net.pt2': zip('net/archive_format', 'net/models/model.json'),
    'net.pth': zip('net/data.pkl', 'net/data/0'),
    'model.json': '{"format": "layers-model", "modelTopology": {}, "weightsManifest": []}',
    'net.onnx': Buffer.from('\x1c\0\0\0TFL3\x14\0', 'latin1'),
  }).map(([file, content]) => ({
    name: `known-format-${file.replace('.', '-')}`,
    files: { [file]: content },
    line: `${file === 'net.pth' ? 'import' : 'check'} ${file}`,
  })),

  { name: 'unknown-command', files: {}, line: 'biuld net.convnet' },
  { name: 'unknown-option', files: {}, line: 'check net.convnet --jsn' },
  { name: 'unknown-target', files: {}, line: 'build net.convnet --target gpu' },
  { name: 'option-given-twice', files: {}, line: 'build net.convnet --model a --model b' },
  {
    name: 'schedules-for-the-reference',
    files: { 'net.convnet': good },
    line: 'run net.convnet --init he --backend reference --schedules s.json',
  },
  { name: 'fallback-of-typescript', files: {}, line: 'build net.convnet --fallback --target ts' },
  { name: 'unknown-lowering', files: {}, line: 'build net.convnet --lowering phase' },
  { name: 'two-pictures-one-file', files: {}, line: 'graph net.convnet --svg a.svg --dot ./a.svg' },
  { name: 'picture-over-its-source', files: { 'net.convnet': good }, line: 'explain net.convnet --svg net.convnet' },
  {
    name: 'schedules-over-their-source',
    files: { 'net.convnet': good },
    line: 'tune net.convnet --out net.convnet',
  },
  { name: 'import-of-a-text', files: { 'net.convnet': good }, line: 'import net.convnet' },
  { name: 'layout-of-a-model-file', files: { 'net.onnx': '' }, line: 'fmt net.onnx' },
  {
    name: 'tune-into-a-folder',
    files: { 'net.convnet': good, 'out/a': '' },
    line: 'tune net.convnet --out out',
  },
  { name: 'bad-seed', files: {}, line: 'build net.convnet --init he --seed one' },
  { name: 'bad-setting', files: {}, line: 'check net.convnet --set H' },
  { name: 'no-file', files: {}, line: 'check' },
];

const folder = join(import.meta.dirname, 'bad-input');

describe('bad input', () => {
  it.each(cases)('$name', async ({ name, files, line }) => {
    const ran = await inFolder(files, () => command(line));
    expect([1, 2]).toContain(ran.code);
    expect(ran.problems).toMatch(/^error\[[a-z0-9]+\/[a-z0-9-]+\]: /m);
    expect(ran.problems).not.toMatch(/\n\s+at |internal error in atrous/);
    // A check shows the layers as far as it got.
    if (!line.startsWith('check ')) expect(ran.output).toBe('');
    await expect(transcript(line, ran)).toMatchFileSnapshot(join(folder, `${name}.txt`));
  });

  // Root may write anywhere.
  it.skipIf(process.getuid?.() === 0)('an unwritable folder', async () => {
    const line = 'build net.convnet --init he --out out';
    const ran = await inFolder({ 'net.convnet': good, 'out/a': '' }, (inside) => {
      chmodSync(join(inside, 'out'), 0o555);
      return command(line);
    });
    await expect(transcript(line, ran)).toMatchFileSnapshot(join(folder, 'unwritable-folder.txt'));
  });
});
