import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilerVersion } from '../../compiler/backends/module/version.ts';
import { encodeBase64, layoutHash, weightsFile } from '../../compiler/backends/module/weights-file.ts';
import { decodeBase64, decodeNumbers } from '../../runtime/base64.ts';
import { fetchWeights } from '../../runtime/load.ts';
import { compareOutputs } from '../../runtime/self-test.ts';
import { checkTensors } from '../../runtime/tensors.ts';
import { checksum, readWeights } from '../../runtime/weights-file.ts';
import { runtimeText } from '../../scripts/inline-runtime.ts';
import { convolutionPlan } from './module-plans.ts';

test('the inlined text of the runtime is fresh', () => {
  expect(readFileSync('compiler/backends/module/runtime-text.ts', 'utf8')).toBe(runtimeText());
});

test('the version is that of the package', () => {
  expect(compilerVersion).toBe(JSON.parse(readFileSync('package.json', 'utf8')).version);
});

test('base64 goes there and back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
      const text = encodeBase64(bytes);
      expect(text).toBe(Buffer.from(bytes).toString('base64'));
      expect(decodeBase64(text, new Uint8Array(bytes.length))).toEqual(bytes);
    }),
  );
  expect(decodeNumbers('AACAPwAAAMA=', 2)).toEqual(Float32Array.of(1, -2));
});

test('the checksum is MurmurHash3', () => {
  const words = (...values: number[]) => new Float32Array(Uint32Array.from(values).buffer);
  expect(checksum(words())).toBe(0);
  expect(checksum(words(0x87654321))).toBe(0xf55b516b);
  expect(checksum(words(0xffffffff))).toBe(0x76293b50);
  expect(checksum(words(0))).toBe(0x2362f9de);
});

describe('a weights file', () => {
  const plan = convolutionPlan({ height: 4, width: 4, channels: 4, filters: 2 });
  const weights = Float32Array.from({ length: plan.weights.length }, (_, n) => n / 8);
  const file = weightsFile(plan, weights);
  const read = (bytes: ArrayBuffer | Uint8Array) => {
    const target = new Float32Array(weights.length);
    readWeights(bytes, { name: 'net', layout: layoutHash(plan) }, target);
    return target;
  };
  const changed = (change: (bytes: Uint8Array) => void) => {
    const copy = file.slice();
    change(copy);
    return copy;
  };

  test('is read back, from a buffer or from an unaligned part of one', () => {
    expect(file.length).toBe(64 + 4 * weights.length);
    expect(read(file)).toEqual(weights);
    expect(read(file.buffer as ArrayBuffer)).toEqual(weights);
    const shifted = new Uint8Array(file.length + 3);
    shifted.set(file, 3);
    expect(read(shifted.subarray(3))).toEqual(weights);
  });

  test.each([
    ['empty', new Uint8Array(0), 'the file is empty'],
    ['a page', new TextEncoder().encode('<!doctype html><title>404</title>'), 'not a weights file'],
    ['cut in the header', file.slice(0, 40), 'cut short, 40 bytes of 360'],
    ['cut in the numbers', file.slice(0, 359), 'cut short, 359 bytes of 360'],
    ['too long', Uint8Array.of(...file, 0), 'too long, 361 bytes where 360 are expected'],
    ['of another version', changed((bytes) => bytes.fill(2, 8, 9)), 'format version 2, this module reads 1'],
    [
      'of another layout',
      changed((bytes) => bytes.fill(9, 16, 17)),
      'another model, or to another build of it ("net")',
    ],
    ['of another count', changed((bytes) => bytes.fill(9, 20, 21)), '9 numbers, expected 74'],
    ['corrupt', changed((bytes) => bytes.fill(1, 200, 201)), 'the checksum does not fit'],
    ['mangled by a text transfer', changed((bytes) => bytes.fill(13, 7, 8)), 'not a weights file'],
  ])('that is %s is refused', (_, bytes, reason) => {
    expect(() => read(bytes)).toThrow(`weights of net refused: `);
    expect(() => read(bytes)).toThrow(reason);
  });

  test('with any one bit flipped is refused', () => {
    for (let bit = 0; bit < 8 * file.length; bit++) {
      const inName = bit >= 8 * 28 && bit < 8 * 64;
      const bytes = changed((copy) => (copy[bit >> 3] = copy[bit >> 3]! ^ (1 << (bit & 7))));
      if (inName) expect(read(bytes)).toEqual(weights);
      else expect(() => read(bytes)).toThrow('refused');
    }
  });

  test('must be bytes', () => {
    for (const wrong of [undefined, null, 'text', 3, [1, 2]]) {
      expect(() => read(wrong as unknown as Uint8Array)).toThrow(TypeError);
    }
  });

  test('of a plan laid out otherwise has another hash', () => {
    const other = convolutionPlan({ height: 4, width: 4, channels: 4, filters: 4 });
    expect(layoutHash(other)).not.toBe(layoutHash(plan));
  });
});

describe('tensors are checked', () => {
  const expected = { image: { shape: [2, 3], length: 6 } };
  const check = (given: unknown) => () => checkTensors('input', given as object, expected);

  test('and pass where all is as expected', () => {
    expect(check({ image: new Float32Array(6) })).not.toThrow();
  });

  test.each([
    [undefined, 'inputs: expected an object with image: a Float32Array of 6 numbers, shape [2, 3], got undefined'],
    [{}, 'input "image": expected image: a Float32Array of 6 numbers, shape [2, 3], got undefined'],
    [{ image: [1, 2, 3, 4, 5, 6] }, 'got Array of 6'],
    [{ image: new Float64Array(6) }, 'got Float64Array of 6'],
    [{ image: new Float32Array(5) }, 'got Float32Array of 5'],
    [{ image: 'text' }, 'got a string'],
    [{ image: new Float32Array(6), mask: 1 }, 'no input is called "mask": expected image: a Float32Array'],
  ])('%#: %s', (given, message) => {
    expect(check(given)).toThrow(TypeError);
    expect(check(given)).toThrow(message);
  });
});

describe('weights are fetched', () => {
  const chunks = (...sizes: number[]) =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (const size of sizes) controller.enqueue(new Uint8Array(size));
        controller.close();
      },
    });
  const answer = (response: Response) => {
    globalThis.fetch = async () => response;
  };

  test('in pieces, with progress', async () => {
    answer(new Response(chunks(3, 4)));
    const seen: number[][] = [];
    const onProgress = (done: number, total: number) => void seen.push([done, total]);
    expect(await fetchWeights('https://example.org/w', 7, { onProgress })).toHaveLength(7);
    expect(seen).toEqual([
      [3, 7],
      [7, 7],
    ]);
  });

  test('and no more than needed to see that there are too many', async () => {
    answer(new Response(chunks(8, 8, 8)));
    expect(await fetchWeights('https://example.org/w', 10, {})).toHaveLength(11);
  });

  test('or refused with the status', async () => {
    answer(new Response('no', { status: 404 }));
    await expect(fetchWeights('https://example.org/w', 1, {})).rejects.toThrow('https://example.org/w answers 404');
  });

  test('from a file in Node, by path or URL, and can be given up', async () => {
    const size = readFileSync('package.json').length;
    expect(await fetchWeights('package.json', size, {})).toHaveLength(size);
    expect(await fetchWeights(new URL('../../package.json', import.meta.url), size, {})).toHaveLength(size);
    await expect(fetchWeights('package.json', size, { signal: AbortSignal.abort() })).rejects.toThrow('abort');
  });
});

test('outputs are compared by their worst difference', () => {
  const compare = (got: number, wanted: number) =>
    compareOutputs({ y: Float32Array.of(got) }, { y: Float32Array.of(wanted) }, 0.5);
  expect(compare(1, 1)).toEqual({ passed: true, worst: 0, tolerance: 0.5 });
  expect(compare(5, 4)).toEqual({ passed: true, worst: 0.25, tolerance: 0.5 });
  expect(compare(2, 1)).toEqual({ passed: false, worst: 1, tolerance: 0.5 });
  expect(compare(Number.NaN, 1).passed).toBe(false);
  expect(compare(Number.NaN, Number.NaN).passed).toBe(true);
  expect(compare(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY).passed).toBe(true);
});
