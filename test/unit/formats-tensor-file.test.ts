// Tensors in files: npy, images, JSON and raw numbers, and what is wrong with a file that does not fit.
import { crc32, deflateSync } from 'node:zlib';
import { encode as encodePng } from 'fast-png';
import jpeg from 'jpeg-js';
import { describe, expect, test } from 'vitest';
import type { Fit } from '../../compiler/files/image-fit.ts';
import { readTensorFile, writeTensorFile } from '../../compiler/files/tensor-file.ts';

const text = (content: string) => new TextEncoder().encode(content);

function numbers(bytes: Uint8Array, file: string, shape: number[], fit?: Fit): number[] {
  const result = readTensorFile(bytes, file, shape, fit);
  if (!result.ok) throw new Error(result.problems[0]!.message);
  return [...result.value];
}

function problem(bytes: Uint8Array, file: string, shape: number[]) {
  const result = readTensorFile(bytes, file, shape);
  expect(result.ok).toBe(false);
  return result.problems[0]!;
}

function npy(header: string, data: number[], version = 1): Uint8Array {
  const prefix = version === 1 ? [header.length, 0] : [header.length, 0, 0, 0];
  return Uint8Array.from([0x93, ...text('NUMPY'), version, 0, ...prefix, ...text(header), ...data]);
}

describe.each(['t.npy', 't.json', 't.f32'])('%s', (file) => {
  test('reads what it wrote', () => {
    const data = Float32Array.of(0.1, -0, NaN, Infinity, 3e-40, -16777216);
    const written = writeTensorFile({ shape: [2, 3], data }, file);
    expect(written.ok && numbers(written.value, file, [2, 3])).toEqual([...data]);
  });

  test('wants the right count of numbers', () => {
    const written = writeTensorFile({ shape: [2], data: Float32Array.of(1, 2) }, file);
    const { code, message } = problem((written as { value: Uint8Array }).value, file, [3, 1]);
    expect([code, message]).toEqual(['input/count', `${file} holds 2 numbers, [3, 1] wants 3`]);
  });
});

describe('npy', () => {
  const header = (descr: string, shape: string, fortran = 'False') =>
    `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`;

  test.each([
    ['<f8', [0, 0, 0, 0, 0, 0, 0xf0, 0x3f], 1],
    ['>f4', [0x3f, 0x80, 0, 0], 1],
    ['<f2', [0, 0xc0], -2],
    ['|u1', [200], 200],
    ['>i2', [0xff, 0xfe], -2],
    ['|b1', [1], 1],
    ['<i8', [5, 0, 0, 0, 0, 0, 0, 0], 5],
  ])('reads %s', (descr, data, expected) => {
    for (const version of [1, 2, 3]) {
      expect(numbers(npy(header(descr, '(1,)'), data, version), 't.npy', [1])).toEqual([expected]);
    }
  });

  test('turns Fortran order into row-major', () => {
    const data = [0, 3, 1, 4, 2, 5];
    expect(numbers(npy(header('|u1', '(2, 3)', 'True'), data), 't.npy', [2, 3])).toEqual([0, 1, 2, 3, 4, 5]);
    const deep = [0, 4, 2, 6, 1, 5, 3, 7];
    expect(numbers(npy(header('|u1', '(2, 2, 2)', 'True'), deep), 't.npy', [2, 2, 2])).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7,
    ]);
  });

  const stated = (shape: string, data: number[]) => npy(header('|u1', shape), data);

  test('has the shape of the tensor, alone or in a batch of one', () => {
    expect(numbers(stated('(2, 1, 2)', [1, 2, 3, 4]), 't.npy', [2, 1, 2])).toEqual([1, 2, 3, 4]);
    expect(numbers(stated('(1, 2, 1, 2)', [1, 2, 3, 4]), 't.npy', [2, 1, 2])).toEqual([1, 2, 3, 4]);
    expect(numbers(stated('(1,)', [5]), 't.npy', [])).toEqual([5]);
  });

  test.each(['(2, 1, 3)', '(1, 2, 1, 3)'])('turns channels first round and says so: %s', (shape) => {
    // Two channels in one row of three pixels.
    const read = readTensorFile(stated(shape, [1, 2, 3, 4, 5, 6]), 't.npy', [1, 3, 2]);
    expect(read.ok && [...read.value]).toEqual([1, 4, 2, 5, 3, 6]);
    expect(read.problems.map(({ severity, code }) => [severity, code])).toEqual([['warning', 'input/channels-first']]);
  });

  test('what can be read as it is is not turned, and one channel has one order', () => {
    for (const [shape, wanted] of [
      ['(1, 2, 2)', [2, 2]],
      ['(1, 2, 2)', [2, 2, 1]],
    ] as const) {
      const read = readTensorFile(stated(shape, [1, 2, 3, 4]), 't.npy', wanted);
      expect([read.ok && [...read.value], read.problems]).toEqual([[1, 2, 3, 4], []]);
    }
  });

  test.each([
    ['(6,)', [1, 3, 2]],
    ['(3, 2)', [1, 3, 2]],
    ['(3, 1, 2)', [1, 3, 2]],
    ['(2, 1, 3, 1)', [1, 3, 2]],
    ['(1, 1, 1, 3, 2)', [1, 3, 2]],
    ['(6, 1)', [6]],
    ['(2, 3)', [6]],
  ])('of another shape is refused: %s for %j', (shape, wanted) => {
    expect(problem(stated(shape, [1, 2, 3, 4, 5, 6]), 't.npy', wanted).code).toBe('input/shape');
  });

  test('writes a header that is a multiple of 64 bytes', () => {
    const written = writeTensorFile({ shape: [1], data: Float32Array.of(1) }, 't.npy');
    expect(written.ok && written.value.length).toBe(132);
    expect(written.ok && new TextDecoder('latin1').decode(written.value.subarray(10, 127)).trimEnd()).toBe(
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }",
    );
  });

  test.each([
    ['input/npy', text('no numpy at all')],
    ['input/npy', npy(header('<f4', '(1,)'), [0, 0, 0])],
    ['input/npy', npy(header('<f4', '(99999999999, 99999999999)'), [0, 0, 0, 0])],
    ['input/npy', npy('{}', [])],
    ['input/npy', npy(header('<f4', '(1,)'), [0, 0, 0, 0]).subarray(0, 30)],
    ['input/npy-type', npy(header('|O', '(1,)'), [0])],
    ['input/npy-type', npy(header('<c8', '(1,)'), [0])],
  ])('%s (%#)', (code, bytes) => {
    expect(problem(bytes, 't.npy', [1]).code).toBe(code);
  });
});

describe('JSON', () => {
  test('reads any nesting flat', () => {
    expect(numbers(text('[[1, [2]], [[[3]]], 4]'), 't.json', [2, 2])).toEqual([1, 2, 3, 4]);
    expect(numbers(text('5'), 't.json', [])).toEqual([5]);
    expect(numbers(text('['.repeat(100) + ']'.repeat(100)), 't.json', [0])).toEqual([]);
  });

  test('writes nested lists', () => {
    const data = Float32Array.of(1, 2, 0.1, 4);
    const written = writeTensorFile({ shape: [2, 1, 2], data }, 't.json');
    expect(written.ok && JSON.parse(new TextDecoder().decode(written.value))).toEqual([[[1, 2]], [[0.1, 4]]]);
    const scalar = writeTensorFile({ shape: [], data: Float32Array.of(3) }, 't.json');
    expect(scalar.ok && new TextDecoder().decode(scalar.value)).toBe('3\n');
    const empty = writeTensorFile({ shape: [2, 0], data: new Float32Array(0) }, 't.json');
    expect(empty.ok && JSON.parse(new TextDecoder().decode(empty.value))).toEqual([[], []]);
  });

  const deep = (open: string, close: string) => open.repeat(20000) + close.repeat(20000);

  test.each([deep('[', ']'), `[${deep('{"a":', '}').replace('}', '1}')}]`])('refuses deep nesting', (content) => {
    const { code, message } = problem(text(content), 't.json', [1]);
    expect([code, message]).toEqual(['input/json', 't.json nests lists deeper than 100 levels']);
  });

  test('brackets within strings are not nesting', () => {
    expect(problem(text(`["\\"${'['.repeat(200)}"]`), 't.json', [1]).message).toContain('where a number');
  });

  test.each(['', '[1,', '{"a": 1}', '[null]', '["one"]', '["__proto__"]'])('refuses %j', (content) => {
    expect(problem(text(content), 't.json', [1]).code).toBe('input/json');
  });
});

/** A PNG file with these scanlines; `colour` 0 is grey, 2 RGB, 3 palette. */
function png(width: number, height: number, depth: number, colour: number, lines: number[], palette?: number[]) {
  const size = new DataView(new ArrayBuffer(8));
  size.setUint32(0, width);
  size.setUint32(4, height);
  const chunk = (name: string, data: Uint8Array) => {
    const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(name), data, Buffer.alloc(4)]);
    bytes.writeUInt32BE(data.length);
    bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4);
    return bytes;
  };
  return new Uint8Array(
    Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      chunk('IHDR', Buffer.from([...new Uint8Array(size.buffer), depth, colour, 0, 0, 0])),
      palette ? chunk('PLTE', Buffer.from(palette)) : Buffer.alloc(0),
      chunk('IDAT', deflateSync(Buffer.from(lines))),
      chunk('IEND', Buffer.alloc(0)),
    ]),
  );
}

describe('images', () => {
  const grey = png(2, 2, 8, 0, [0, 0, 51, 0, 102, 255]);

  test('reads grey, RGB, palettes, 1 and 16 bits', () => {
    expect(numbers(grey, 't.png', [2, 2])).toEqual([0, 0.2, 0.4, 1].map(Math.fround));
    expect(numbers(png(1, 1, 8, 2, [0, 255, 0, 51]), 't.png', [1, 1, 3])).toEqual([1, 0, Math.fround(0.2)]);
    expect(numbers(png(1, 1, 8, 3, [0, 1], [0, 0, 0, 255, 0, 51]), 't.png', [1, 1, 3])).toEqual([
      1,
      0,
      Math.fround(0.2),
    ]);
    expect(numbers(png(3, 2, 1, 0, [0, 0b10100000, 0, 0b01000000]), 't.png', [2, 3, 1])).toEqual([1, 0, 1, 0, 1, 0]);
    expect(numbers(png(1, 1, 16, 0, [0, 0x80, 0x00]), 't.png', [1, 1, 1])).toEqual([Math.fround(0x8000 / 0xffff)]);
  });

  test('converts channels', () => {
    expect(numbers(grey, 't.png', [2, 2, 3]).slice(3, 6)).toEqual([0.2, 0.2, 0.2].map(Math.fround));
    const green = encodePng({ width: 1, height: 1, channels: 4, data: Uint8Array.of(0, 255, 0, 7) });
    expect(numbers(green, 't.png', [1, 1, 3])).toEqual([0, 1, 0]);
    expect(numbers(green, 't.png', [1, 1])).toEqual([Math.fround(0.587)]);
    expect(numbers(grey, 't.png', [2, 2, 4]).slice(0, 4)).toEqual([0, 0, 0, 1]);
  });

  test('reads what it wrote, clamped', () => {
    const data = Float32Array.of(-1, 0, 0.2, 1, 2, 0.6);
    const written = writeTensorFile({ shape: [1, 2, 3], data }, 't.png');
    expect(written.ok && numbers(written.value, 't.png', [1, 2, 3])).toEqual([0, 0, 0.2, 1, 1, 0.6].map(Math.fround));
  });

  test('reads JPEG', () => {
    const { data } = jpeg.encode({ width: 8, height: 8, data: new Uint8Array(256).fill(255) }, 100);
    expect(numbers(new Uint8Array(data), 't.jpg', [8, 8, 1])[0]).toBeCloseTo(1, 2);
  });

  test('the size of a JPEG is looked at before it is decoded', () => {
    const { data } = jpeg.encode({ width: 8, height: 8, data: new Uint8Array(256).fill(255) }, 100);
    const stated = (height: number, width: number): Uint8Array => {
      const bytes = new Uint8Array(data);
      const frame = bytes.findIndex((byte, at) => byte === 0xff && bytes[at + 1] === 0xc0);
      bytes.set([height >> 8, height & 255, width >> 8, width & 255], frame + 5);
      return bytes;
    };
    expect(problem(stated(65000, 65000), 't.jpg', [8, 8]).code).toBe('input/image-too-large');
    // Nothing of it is decoded, so it does not matter that there is no more of it.
    expect(problem(stated(4000, 4000), 't.jpg', [8, 8]).code).toBe('input/image-size');
    expect(problem(stated(0, 8), 't.jpg', [8, 8]).code).toBe('input/image');
  });

  test('an image of another size is refused with both sizes and the way out', () => {
    const { code, message, notes } = problem(grey, 't.png', [4, 3, 1]);
    expect(code).toBe('input/image-size');
    expect(message).toContain('2×2');
    expect(message).toContain('4×3');
    expect(notes[0]).toContain('--fit crop');
  });

  test('stretch and crop', () => {
    const wide = png(4, 2, 8, 0, [0, 0, 255, 255, 0, 0, 0, 255, 255, 0]);
    expect(numbers(wide, 't.png', [2, 2], 'crop')).toEqual([1, 1, 1, 1]);
    expect(numbers(wide, 't.png', [1, 1], 'stretch')[0]).toBeCloseTo(1.75 / 3, 5);
    expect(numbers(wide, 't.png', [2, 4], 'stretch')).toEqual([0, 1, 1, 0, 0, 1, 1, 0]);
    expect(numbers(grey, 't.png', [4, 2], 'stretch')[0]).toBe(0);
  });

  test('a flat image stays flat whatever its size', () => {
    const flat = png(
      3,
      5,
      8,
      0,
      Array.from({ length: 20 }, (_, i) => (i % 4 === 0 ? 0 : 51)),
    );
    for (const fit of ['crop', 'stretch'] as const) {
      for (const value of numbers(flat, 't.png', [7, 2], fit)) expect(value).toBeCloseTo(0.2, 6);
    }
  });

  test('tensors that are no image', () => {
    expect(problem(grey, 't.png', [4]).code).toBe('input/not-an-image');
    expect(problem(grey, 't.png', [2, 2, 2]).code).toBe('input/not-an-image');
    expect(writeTensorFile({ shape: [1, 1, 2], data: new Float32Array(2) }, 't.png').ok).toBe(false);
  });

  test('corrupt files and lies', () => {
    for (let length = 0; length < grey.length; length++) {
      expect(problem(grey.subarray(0, length), 't.png', [2, 2]).code).toBe('input/image');
    }
    for (let at = 16; at < grey.length; at++) {
      const broken = grey.slice();
      broken[at]! ^= 0x55;
      expect(readTensorFile(broken, 't.png', [2, 2]).ok).toBe(false);
    }
    expect(problem(png(1 << 20, 1 << 20, 8, 0, []), 't.png', [2, 2]).code).toBe('input/image-too-large');
    expect(problem(text('no image'), 't.jpg', [2, 2]).code).toBe('input/image');
  });

  test('every truncated JPEG ends in a result', () => {
    const { data } = jpeg.encode({ width: 8, height: 8, data: new Uint8Array(256).fill(99) }, 50);
    for (let length = 0; length < data.length - 2; length++) {
      expect(problem(new Uint8Array(data.subarray(0, length)), 't.jpg', [8, 8]).code).toBe('input/image');
    }
  });
});

test('an unknown extension names the known ones', () => {
  const { code, message } = problem(text(''), 't.gif', [1]);
  expect(code).toBe('input/format');
  expect(message).toContain('.png .jpg .jpeg .npy .json .f32');
  expect(writeTensorFile({ shape: [1], data: Float32Array.of(1) }, 't.jpg').problems[0]!.message).not.toContain(
    '.jpg .',
  );
  expect(problem(text(''), 'constructor', [1]).code).toBe('input/format');
});

test('raw numbers must be whole', () => {
  expect(problem(new Uint8Array(5), 't.f32', [1]).code).toBe('input/size');
});
