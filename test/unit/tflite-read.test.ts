// TensorFlow Lite files: what is written comes back, and files that lie are refused, never followed.
import { describe, expect, it } from 'vitest';
import { generator } from '../../compiler/algebra/pseudo-random.ts';
import { readTflite } from '../../compiler/front/tflite/read.ts';
import { writeTflite } from '../tflite/write.ts';

const kernel = new Uint8Array(new Float32Array(8 * 9 * 3).map((_, n) => n).buffer);
const file = writeTflite({
  tensors: [
    { name: 'image', shape: [1, 8, 8, 3] },
    { name: 'kernel', shape: [8, 3, 3, 3], data: kernel },
    {
      name: 'bias',
      shape: [8],
      element: 'int32',
      data: new Uint8Array(32),
      quantization: { scales: [1, 2, 3, 4, 5, 6, 7, 8], zeroPoints: [0, 0, 0, 0, 0, 0, 0, 0], axis: 0 },
    },
    { name: 'result', shape: [1, 4, 4, 8] },
    { name: 'flat', shape: [1, 128] },
  ],
  operators: [
    {
      name: 'CONV_2D',
      inputs: [0, 1, 2],
      outputs: [3],
      options: { padding: 0, strideWidth: 2, strideHeight: 2, activation: 3, dilationWidth: 1, dilationHeight: 1 },
    },
    { name: 'RESHAPE', inputs: [3], outputs: [4], options: { shape: [1, 128] } },
    {
      name: 'Convolution2DTransposeBias',
      inputs: [0, 1, -1],
      outputs: [3],
      customOptions: new Uint8Array([1, 0, 0, 0]),
    },
  ],
  inputs: [0],
  outputs: [4],
});

describe('a TensorFlow Lite file', () => {
  it('is read as it was written', () => {
    const read = readTflite(file, 'net.tflite');
    if (!read.ok) throw new Error(read.problems[0]!.message);
    const [graph] = read.value.subgraphs;
    expect(graph!.tensors.map(({ name, shape, element }) => [name, shape, element])).toEqual([
      ['image', [1, 8, 8, 3], 'float32'],
      ['kernel', [8, 3, 3, 3], 'float32'],
      ['bias', [8], 'int32'],
      ['result', [1, 4, 4, 8], 'float32'],
      ['flat', [1, 128], 'float32'],
    ]);
    expect(graph!.tensors[1]!.data).toEqual(kernel);
    expect(graph!.tensors[2]!.quantization!.scales).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const [conv, reshape, custom] = graph!.operators;
    expect(conv).toMatchObject({ name: 'CONV_2D', inputs: [0, 1, 2], outputs: [3], isCustom: false });
    expect(conv!.options).toMatchObject({ padding: 0, strideWidth: 2, activation: 3, dilationWidth: 1 });
    expect(reshape!.options).toEqual({ shape: [1, 128] });
    expect(custom).toMatchObject({ name: 'Convolution2DTransposeBias', isCustom: true, inputs: [0, 1, -1] });
    expect(custom!.customOptions).toEqual(new Uint8Array([1, 0, 0, 0]));
  });

  it('is refused where it is another format, cut off, or of lists that share their bytes without end', () => {
    expect(readTflite(new Uint8Array(100), 'x')).toMatchObject({ problems: [{ code: 'tflite/format' }] });
    for (let length = 8; length < file.byteLength; length += 13)
      expect(readTflite(file.subarray(0, length), 'x').ok).toBe(false);
  });

  it('is read or refused, whatever bytes are changed', () => {
    const random = generator(7);
    let refused = 0;
    for (let round = 0; round < 5000; round++) {
      const copy = file.slice();
      for (let n = 0; n < 4; n++) copy[Math.floor(random() * copy.byteLength)] = Math.floor(random() * 256);
      if (!readTflite(copy, 'x').ok) refused++;
    }
    expect(refused).toBeGreaterThan(100);
  });
});
