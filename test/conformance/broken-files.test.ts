// Broken files: every truncation, random bytes and thousands of seeded mutations end in a result, soon and small.
import { encode as encodePng } from 'fast-png';
import jpeg from 'jpeg-js';
import { describe, expect, test } from 'vitest';
import { generator } from '../../compiler/algebra/pseudo-random.ts';
import { analyse } from '../../compiler/compile.ts';
import { read as readSafetensors, write as writeSafetensors } from '../../compiler/files/safetensors.ts';
import { readTensorFile, writeTensorFile } from '../../compiler/files/tensor-file.ts';
import { decodeModel, encodeModel } from '../../compiler/front/onnx/codec.ts';
import { importModel } from '../../compiler/front/onnx/import.ts';
import { readTensor } from '../../compiler/front/onnx/tensor.ts';
import type { Result } from '../../dsl/problem.ts';
import { smallModel } from '../unit/formats-onnx-builder.ts';

/** Everything that reading a file of this kind does; throws where a fault of the file escapes as an exception. */
type Reader = (bytes: Uint8Array) => Result<unknown>;

const readOnnx: Reader = (bytes) => {
  const model = decodeModel(bytes, 'm.onnx');
  if (!model.ok) return model;
  for (const tensor of model.value.graph!.initializers) readTensor(tensor, 'm.onnx');
  const imported = importModel(model.value, 'm.onnx');
  // What is imported must be a network that our own language accepts.
  if (imported.ok) expect(analyse({ file: 'm.convnet', text: imported.value.text })).toMatchObject({ ok: true });
  return imported;
};

const readWeights: Reader = (bytes) => {
  const tensors = readSafetensors(bytes, 'w.safetensors');
  if (tensors.ok) for (const tensor of tensors.value.values()) expect(tensor.data).toBeInstanceOf(Float32Array);
  return tensors;
};

const tensor = { shape: [4, 4, 1], data: Float32Array.from({ length: 16 }, (_, i) => i / 15) };
const written = (file: string) => (writeTensorFile(tensor, file) as { value: Uint8Array }).value;
const reader =
  (file: string): Reader =>
  (bytes) =>
    readTensorFile(bytes, file, tensor.shape, 'stretch');

const pixels = new Uint8Array(256).map((_, i) => (i * 37) % 256);
const files: Record<string, { bytes: Uint8Array; read: Reader }> = {
  onnx: { bytes: encodeModel(smallModel()), read: readOnnx },
  safetensors: {
    bytes: writeSafetensors(
      new Map([
        ['a', tensor],
        ['b', tensor],
      ]),
    ),
    read: readWeights,
  },
  npy: { bytes: written('t.npy'), read: reader('t.npy') },
  json: { bytes: written('t.json'), read: reader('t.json') },
  f32: { bytes: written('t.f32'), read: reader('t.f32') },
  png: { bytes: encodePng({ width: 8, height: 8, channels: 4, data: pixels }), read: reader('t.png') },
  jpeg: { bytes: new Uint8Array(jpeg.encode({ width: 8, height: 8, data: pixels }, 80).data), read: reader('t.jpg') },
};

/** Whole numbers below a limit, the same on every run. */
function randomNumbers(seed: number): (below: number) => number {
  const random = generator(seed);
  return (below) => Math.floor(random() * below);
}

/** One to four edits: a byte changed to anything or to an extreme, a piece cut out, doubled or filled. */
function mutate(original: Uint8Array, random: (below: number) => number): Uint8Array {
  let bytes = original.slice();
  for (let edits = 1 + random(4); edits > 0; edits--) {
    const at = random(bytes.length);
    const end = Math.min(bytes.length, at + 1 + random(16));
    const edit = random(5);
    if (edit === 0) bytes[at] = random(256);
    else if (edit === 1) bytes[at] = [0, 1, 0x7f, 0x80, 0xff][random(5)]!;
    else if (edit === 2) bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(end), 0]);
    else if (edit === 3) bytes = Uint8Array.from([...bytes.subarray(0, end), ...bytes.subarray(at)]);
    else bytes.fill(0xff, at, end);
  }
  return bytes;
}

/** The reader must come back, with a value or with problems that have a code and words. */
function expectResult(read: Reader, bytes: Uint8Array): void {
  const result = read(bytes);
  if (result.ok) return;
  expect(result.problems.length).toBeGreaterThan(0);
  for (const problem of result.problems) {
    expect(problem.code).toMatch(/^[a-z]+\/[a-z-]+$/);
    expect(problem.message.length).toBeGreaterThan(10);
  }
}

describe.each(Object.entries(files))('%s', (_, { bytes, read }) => {
  test('the file itself is good', () => {
    expect(read(bytes)).toMatchObject({ ok: true });
  });

  test('truncated at every byte', () => {
    for (let length = 0; length < bytes.length; length++) expectResult(read, bytes.subarray(0, length));
  });

  test('random bytes', () => {
    const random = randomNumbers(1);
    for (let i = 0; i < 500; i++)
      expectResult(
        read,
        Uint8Array.from({ length: random(200) }, () => random(256)),
      );
  });

  test('a good beginning, then random bytes', () => {
    const random = randomNumbers(2);
    for (let i = 0; i < 500; i++) {
      const broken = bytes.slice();
      for (let at = random(bytes.length); at < bytes.length; at++) broken[at] = random(256);
      expectResult(read, broken);
    }
  });

  test('3000 seeded mutations', () => {
    const random = randomNumbers(3);
    for (let i = 0; i < 3000; i++) expectResult(read, mutate(bytes, random));
  }, 30_000);
});
