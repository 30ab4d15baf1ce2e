// Safetensors: what is written reads back; every lie in a header is a problem that names the tensor.
import { describe, expect, test } from 'vitest';
import { read, write } from '../../compiler/files/safetensors.ts';

/** A file with this header text, and `dataBytes` bytes 0, 1, 2, ... after it. */
function file(header: string, dataBytes: number, length = new TextEncoder().encode(header).length): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, 8);
  for (let i = 0; i < dataBytes; i++) bytes[8 + text.length + i] = i;
  return bytes;
}

const entry = (dtype: string, shape: unknown, begin: unknown, end: unknown) =>
  JSON.stringify({ dtype, shape, data_offsets: [begin, end] });

function onlyProblem(bytes: Uint8Array) {
  const result = read(bytes, 'w.safetensors');
  expect(result.ok).toBe(false);
  expect(result.problems).toHaveLength(1);
  return result.problems[0]!;
}

describe('safetensors', () => {
  const tensors = new Map([
    ['b.kernel', { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, Infinity, 1e-40) }],
    ['a "quoted"\n', { shape: [], data: Float32Array.of(7) }],
    ['empty', { shape: [0, 4], data: new Float32Array(0) }],
  ]);

  test('reads what it wrote, as views without a copy', () => {
    const bytes = write(tensors);
    const result = read(bytes, 'w.safetensors');
    if (!result.ok) throw new Error(result.problems[0]!.message);
    for (const [name, { shape, data }] of tensors) {
      const tensor = result.value.get(name)!;
      expect(tensor.shape).toEqual(shape);
      expect(tensor.data).toEqual(data);
      expect(tensor.data.buffer).toBe(bytes.buffer);
    }
    expect(result.value.size).toBe(3);
  });

  test('writes the same bytes whatever the order of the map', () => {
    expect(write(new Map([...tensors].reverse()))).toEqual(write(tensors));
  });

  test('reads a file that lies at an odd offset of its buffer', () => {
    const bytes = write(tensors);
    const shifted = new Uint8Array(bytes.length + 1).subarray(1);
    shifted.set(bytes);
    const result = read(shifted, 'w.safetensors');
    expect(result.ok && result.value.get('b.kernel')!.data).toEqual(tensors.get('b.kernel')!.data);
  });

  test.each([
    ['F16', [0x00, 0x3c, 0x01, 0x00], [1, 2 ** -24]],
    ['BF16', [0x80, 0x3f, 0x20, 0xc0], [1, -2.5]],
    ['F64', [0, 0, 0, 0, 0, 0, 0xf8, 0x3f], [1.5]],
    ['I64', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [-1]],
    ['I32', [0xfe, 0xff, 0xff, 0xff], [-2]],
    ['U16', [0xff, 0xff], [65535]],
    ['I8', [0x80], [-128]],
    ['BOOL', [0, 2], [0, 1]],
  ])('converts %s', (dtype, raw, expected) => {
    const bytes = file(`{"t":${entry(dtype, [expected.length], 0, raw.length)}}`, raw.length);
    bytes.set(raw, bytes.length - raw.length);
    const result = read(bytes, 'w.safetensors');
    expect(result.ok && [...result.value.get('t')!.data]).toEqual(expected);
  });

  test('skips metadata', () => {
    const result = read(file(`{"__metadata__":{"format":"pt"},"t":${entry('U8', [2], 0, 2)}}`, 2), 'w.safetensors');
    expect(result.ok && [...result.value.keys()]).toEqual(['t']);
  });

  const huge = 2 ** 40;
  test.each([
    ['weights/truncated', new Uint8Array(5), '5 bytes'],
    ['weights/truncated', file('{}', 0, 3), '3 bytes, but only 2'],
    ['weights/header', file('{}', 0, 200_000_000), '200000000'],
    ['weights/json', file('{"a', 0), 'no JSON'],
    ['weights/json', file('[]', 0), 'no JSON object'],
    ['weights/json', file('"\xff"', 0, 2), 'no JSON'],
    ['weights/duplicate-name', file(`{"t":${entry('U8', [1], 0, 1)},"\\u0074":${entry('U8', [1], 0, 1)}}`, 1), '"t"'],
    ['weights/entry', file('{"t":5}', 0), '"t"'],
    ['weights/entry', file('{"t":{"shape":[],"data_offsets":[0,1]}}', 1), 'no dtype'],
    ['weights/entry', file(`{"t":${entry('U8', [-1], 0, 1)}}`, 1), 'no shape'],
    ['weights/entry', file(`{"t":${entry('U8', [1.5], 0, 1)}}`, 1), 'no shape'],
    ['weights/entry', file(`{"t":${entry('U8', [1], -1, 0)}}`, 1), 'data_offsets'],
    ['weights/dtype', file(`{"t":${entry('F4', [1], 0, 1)}}`, 1), '"F4"'],
    ['weights/too-large', file(`{"t":${entry('U8', [huge, huge], 0, 1)}}`, 1), '"t"'],
    ['weights/too-large', file(`{"t":${entry('F64', [2 ** 52], 0, 1)}}`, 1), '"t"'],
    ['weights/size', file(`{"t":${entry('F32', [2], 0, 4)}}`, 4), '8 bytes, but its offsets span 4'],
    ['weights/offsets', file(`{"t":${entry('U8', [2], 4, 2)}}`, 4), 'before it begins'],
    ['weights/offsets', file(`{"t":${entry('U8', [4], 0, 4)}}`, 3), 'has 3 bytes'],
    ['weights/offsets', file(`{"t":${entry('U8', [2], 1, 3)}}`, 3), 'a hole of 1 bytes'],
    ['weights/offsets', file(`{"t":${entry('U8', [2], 0, 2)}}`, 3), '1 bytes after'],
    ['weights/offsets', file(`{"a":${entry('U8', [2], 0, 2)},"t":${entry('U8', [2], 1, 3)}}`, 3), '"t"'],
  ])('%s (%#)', (code, bytes, words) => {
    const problem = onlyProblem(bytes);
    expect(problem.code).toBe(code);
    expect(problem.message).toContain(words);
    expect(problem.message).toContain('w.safetensors');
  });

  test('every truncation of a good file is a problem', () => {
    const bytes = write(tensors);
    for (let length = 0; length < bytes.length; length++) {
      expect(read(bytes.subarray(0, length), 'w.safetensors').ok).toBe(false);
    }
  });
});
