import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compilerVersion } from '../../compiler/targets/shared/version.ts';
import { bytesOf, encodeBase64, layoutHash, weightsFile } from '../../compiler/targets/shared/weights-file.ts';
import { decodeBase64, decodeDigits, decodeNumbers } from '../../runtime/base64.ts';
import { checksumOf, plainStripes } from '../../runtime/checksum.ts';
import { type LoadOptions, openWeights, receiveWeights } from '../../runtime/load.ts';
import { compareOutputs } from '../../runtime/self-test.ts';
import { checkTensors } from '../../runtime/tensors.ts';
import { type Arrival, checkWeights, takeWeights, type WeightsPlace, weightWords } from '../../runtime/weights-file.ts';
import { runtimeText } from '../../scripts/inline-runtime.ts';
import { convolutionPlan } from './module-plans.ts';

const placeOf = (file: Uint8Array): WeightsPlace => ({ file, stripes: plainStripes(weightWords(file)) });

test('the inlined text of the runtime is fresh', () => {
  expect(readFileSync('compiler/targets/shared/runtime-text.ts', 'utf8')).toBe(runtimeText());
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
      const byDigits = new Uint8Array(bytes.length);
      decodeDigits(text, byDigits);
      expect(byDigits).toEqual(bytes);
    }),
  );
  expect(decodeNumbers('AACAPwAAAMA=', 2)).toEqual(Float32Array.of(1, -2));
});

/** From hash-wasm 4, of the numbers 1, 2, 3… as 32-bit words. */
test.each([
  [0, 0x02cc5d05],
  [1, 0xf3bb7693],
  [3, 0x1f578c88],
  [4, 0x540b26bd],
  [7, 0x32b85a8b],
  [16, 0x3546aa96],
  [250, 0x487a83a9],
])('the checksum of %i words is xxHash32, in one piece and word by word', (count, expected) => {
  const words = Uint32Array.from({ length: count }, (_, n) => n + 1);
  const whole = checksumOf(words, plainStripes(words));
  whole.advance(count);
  expect(whole.result()).toBe(expected);
  const pieces = checksumOf(words, plainStripes(words));
  for (let to = 0; to <= count; to++) pieces.advance(to);
  expect(pieces.result()).toBe(expected);
});

describe('a weights file', () => {
  const plan = convolutionPlan({ height: 4, width: 4, channels: 4, filters: 2 });
  const weights = Float32Array.from({ length: plan.weights.storedBytes / 4 }, (_, n) => n / 8);
  const file = weightsFile(plan, bytesOf(weights));
  const read = (bytes: ArrayBuffer | Uint8Array) => {
    const place = new Uint8Array(file.length);
    checkWeights(place, takeWeights(bytes, placeOf(place)), { name: 'net', layout: layoutHash(plan) });
    return new Float32Array(place.buffer, 64);
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
    ['of another version', changed((bytes) => bytes.fill(2, 8, 9)), 'format version 2, this module reads 3'],
    [
      'of another layout',
      changed((bytes) => bytes.fill(9, 16, 17)),
      'another model, or to another build of it ("net")',
    ],
    ['of another count', changed((bytes) => bytes.fill(9, 20, 21)), '265 bytes of data, expected 296'],
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
  const stream = (pieces: readonly Uint8Array[]) =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (const piece of pieces) controller.enqueue(piece);
        controller.close();
      },
    });
  const chunks = (...sizes: number[]) => stream(sizes.map((size) => new Uint8Array(size)));
  const answer = (response: Response) => {
    globalThis.fetch = async () => response;
  };

  const fetched = async (source: string | URL, size: number, options: LoadOptions = {}): Promise<Arrival> =>
    receiveWeights(await openWeights(source, options), placeOf(new Uint8Array(size)), options);

  test('in pieces, with progress', async () => {
    answer(new Response(chunks(3, 65)));
    const seen: number[][] = [];
    const onProgress = (done: number, total: number) => void seen.push([done, total]);
    expect(await fetched('https://example.org/w', 68, { onProgress })).toMatchObject({ length: 68 });
    expect(seen).toEqual([
      [3, 68],
      [68, 68],
    ]);
  });

  test('with the checksum of what came, wherever the pieces end', async () => {
    const bytes = Uint8Array.from({ length: 64 + 4 * 50 }, (_, n) => n * 5);
    const { checksum } = takeWeights(bytes, placeOf(new Uint8Array(bytes.length)));
    for (const size of [1, 3, 64, 67, 200]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
        bytes.slice(n * size, (n + 1) * size),
      );
      answer(new Response(stream(pieces)));
      const file = new Uint8Array(bytes.length);
      const arrival = await receiveWeights(await openWeights('https://example.org/w', {}), placeOf(file), {});
      expect(file).toEqual(bytes);
      expect(arrival).toEqual({ length: bytes.length, checksum });
    }
  });

  test('from bytes, and from nothing else', async () => {
    const bytes = new Uint8Array(70);
    const wrong = 3 as unknown as Uint8Array;
    expect(await receiveWeights(await openWeights(bytes, {}), placeOf(new Uint8Array(68)), {})).toMatchObject({
      length: 69,
    });
    await expect(openWeights(wrong, {})).rejects.toThrow('expected an ArrayBuffer or a Uint8Array, got number');
  });

  test('and no more than needed to see that there are too many', async () => {
    answer(new Response(chunks(40, 40, 40)));
    expect(await fetched('https://example.org/w', 68)).toMatchObject({ length: 69 });
  });

  test('or refused with the status', async () => {
    answer(new Response('no', { status: 404 }));
    await expect(fetched('https://example.org/w', 68)).rejects.toThrow('https://example.org/w answers 404');
  });

  test('from a file in Node, by path or URL, and can be given up', async () => {
    const { length } = readFileSync('LICENSE');
    const size = 64 + 4 * Math.ceil((length - 64) / 4);
    expect(await fetched('LICENSE', size)).toMatchObject({ length });
    expect(await fetched(new URL('../../LICENSE', import.meta.url), size)).toMatchObject({ length });
    await expect(fetched('LICENSE', size, { signal: AbortSignal.abort() })).rejects.toThrow('abort');
  });
});

test('outputs are compared by their worst difference', () => {
  const compare = (got: number, wanted: number) =>
    compareOutputs({ y: Float32Array.of(got) }, { y: Float32Array.of(wanted) }, 0.5);
  expect(compare(1, 1)).toEqual({ passed: true, worst: 0, tolerance: 0.5 });
  expect(compare(5, 4)).toEqual({ passed: true, worst: 0.25, tolerance: 0.5 });
  expect(compare(2, 1)).toEqual({ passed: false, worst: 1, tolerance: 0.5 });
  expect(compare(Number.NaN, 1).passed).toBe(false);
  const later = compareOutputs({ y: Float32Array.of(Number.NaN, 1.25) }, { y: Float32Array.of(1, 1) }, 0.5);
  expect(later).toEqual({ passed: false, worst: Number.POSITIVE_INFINITY, tolerance: 0.5 });
  expect(compare(Number.NaN, Number.NaN).passed).toBe(true);
  expect(compare(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY).passed).toBe(true);
});
