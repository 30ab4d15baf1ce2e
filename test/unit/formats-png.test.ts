// PNG read row by row: every kind of file against the samples that went in, and against fast-png, which reads it as a whole.
import { crc32, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { convertIndexedToRgb, decode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { readPng } from '../../compiler/files/image.ts';
import { readTensorFile } from '../../compiler/files/tensor-file.ts';

interface Kind {
  readonly colour: number;
  readonly depth: number;
}

const kinds: readonly Kind[] = [
  ...[1, 2, 4, 8, 16].map((depth) => ({ colour: 0, depth })),
  ...[1, 2, 4, 8].map((depth) => ({ colour: 3, depth })),
  ...[2, 4, 6].flatMap((colour) => [8, 16].map((depth) => ({ colour, depth }))),
];
const parts: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

interface Image extends Kind {
  readonly width: number;
  readonly height: number;
  readonly interlaced: boolean;
  /** Row-major, channel by channel, as the file's own integers. */
  readonly samples: readonly number[];
  /** Of each row of the file, in turn. */
  readonly filters: readonly number[];
}

const images = fc
  .record({
    kind: fc.constantFrom(...kinds),
    width: fc.integer({ min: 1, max: 19 }),
    height: fc.integer({ min: 1, max: 11 }),
    interlaced: fc.boolean(),
    filters: fc.array(fc.nat(4), { minLength: 1, maxLength: 5 }),
    seed: fc.nat(),
  })
  .map(({ kind, seed, ...image }): Image => {
    let state = (seed % 2147483646) + 1;
    const random = (): number => (state = (state * 16807) % 2147483647);
    const count = image.width * image.height * parts[kind.colour]!;
    return { ...kind, ...image, samples: Array.from({ length: count }, () => random() % 2 ** kind.depth) };
  });

/** The colour of an index: any that differ. */
const palette = Array.from({ length: 256 * 3 }, (_, n) => (n * 37) % 256);

function chunk(name: string, data: Uint8Array): Uint8Array {
  const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(name), data, Buffer.alloc(4)]);
  bytes.writeUInt32BE(data.length);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4);
  return bytes;
}

/** A file around what its pixels unpack to; the packed data in chunks of 11 bytes where they are `split`. */
function file({ width, height, depth, colour, interlaced }: Omit<Image, 'samples' | 'filters'>, packed: Uint8Array) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, colour, 0, 0, interlaced ? 1 : 0], 8);
  const data = Array.from({ length: Math.ceil(packed.length / 11) }, (_, n) => packed.subarray(11 * n, 11 * n + 11));
  return new Uint8Array(
    Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      chunk('IHDR', header),
      ...(colour === 3 ? [chunk('PLTE', Uint8Array.from(palette.slice(0, 3 * 2 ** depth)))] : []),
      ...data.map((part) => chunk('IDAT', part)),
      chunk('IEND', Buffer.alloc(0)),
    ]),
  );
}

const passes = [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]]; // biome-ignore format: a table

/** The rows of a file as bytes, filtered. */
function rowsOf(image: Image): number[] {
  const { width, height, depth, colour, samples } = image;
  const each = parts[colour]!;
  const distance = Math.max(1, (each * depth) / 8);
  const result: number[] = [];
  let rows = 0;
  for (const [x0, y0, dx, dy] of image.interlaced ? passes : [[0, 0, 1, 1]]) {
    let above: number[] = [];
    for (let y = y0!; y < height && x0! < width; y += dy!) {
      let bits = '';
      for (let x = x0!; x < width; x += dx!)
        for (let part = 0; part < each; part++)
          bits += samples[(y * width + x) * each + part]!.toString(2).padStart(depth, '0');
      const row = (bits.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2));
      const filter = image.filters[rows++ % image.filters.length]!;
      result.push(filter, ...row.map((byte, at) => (byte - predicted(filter, row, above, at, distance)) & 255));
      above = row;
    }
  }
  return result;
}

function predicted(filter: number, row: number[], above: number[], at: number, distance: number): number {
  const [a, b, c] = [row[at - distance] ?? 0, above[at] ?? 0, above[at - distance] ?? 0];
  const nearest = [a, b, c].sort((p, q) => Math.abs(a + b - c - p) - Math.abs(a + b - c - q))[0]!;
  return [0, a, b, Math.floor((a + b) / 2), nearest][filter]!;
}

/** All pixels of a file, row-major, as this project reads them. */
function read(bytes: Uint8Array): number[] {
  const png = readPng(bytes, 'a.png');
  if (!png.ok) throw new Error(png.problems[0]!.message);
  const { width, height, channels } = png.value;
  const result: number[] = Array(width * height * channels).fill(Number.NaN);
  const fault = png.value.read(({ y, x, step, count, samples }) => {
    for (let n = 0; n < count * channels; n++)
      result[(y * width + x + Math.floor(n / channels) * step) * channels + (n % channels)] = samples[n]!;
  });
  if (fault !== undefined) throw new Error(fault);
  return result;
}

describe('PNG', () => {
  test('every depth, colour, filter and order gives the samples that went in', () => {
    fc.assert(
      fc.property(images, (image) => {
        const bytes = file(image, deflateSync(Uint8Array.from(rowsOf(image))));
        const expected =
          image.colour === 3
            ? image.samples.flatMap((index) => palette.slice(3 * index, 3 * index + 3).map((part) => part / 255))
            : image.samples.map((sample) => sample / (2 ** image.depth - 1));
        expect(read(bytes)).toEqual(expected.map(Math.fround));
      }),
      { numRuns: 300 },
    );
  });

  test('the same as fast-png, where it unpacks the depth', () => {
    fc.assert(
      fc.property(
        images.filter(({ depth, colour, interlaced }) => depth >= 8 || (colour === 3 && !interlaced)),
        (image) => {
          const bytes = file(image, deflateSync(Uint8Array.from(rowsOf(image))));
          const decoded = decode(bytes);
          const samples = [...(image.colour === 3 ? convertIndexedToRgb(decoded) : decoded.data)];
          const largest = image.colour === 3 ? 255 : 2 ** image.depth - 1;
          expect(read(bytes)).toEqual(samples.map((sample) => Math.fround(sample / largest)));
        },
      ),
    );
  });

  test('an interlaced image is fitted as one that is not', () => {
    fc.assert(
      fc.property(images, (image) => {
        const [one, other] = [false, true].map((interlaced) => {
          const kind = { ...image, interlaced };
          const bytes = file(kind, deflateSync(Uint8Array.from(rowsOf(kind))));
          const tensor = readTensorFile(bytes, 'a.png', [4, 3, 3], 'crop');
          return tensor.ok ? [...tensor.value] : [];
        });
        expect(one).toHaveLength(36);
        one!.forEach((value, n) => {
          expect(value).toBeCloseTo(other![n]!, 6);
        });
      }),
      { numRuns: 50 },
    );
  });
});

describe('PNG that lies', () => {
  const grey = { width: 4, height: 2, depth: 8, colour: 0, interlaced: false };

  test.each([
    ['more data than its pixels', Buffer.alloc(11), 'packs more data than its pixels'],
    ['fewer rows', Buffer.alloc(9), 'fewer rows than its height'],
    ['an unknown filter', Buffer.alloc(10, 7), 'unknown filter 7'],
  ])('%s', (_, unpacked, message) => {
    const result = readTensorFile(file(grey, deflateSync(unpacked)), 'a.png', [2, 4]);
    expect(result.problems).toMatchObject([{ code: 'input/image', message: expect.stringContaining(message) }]);
  });

  test('an index beyond the palette, and no palette', () => {
    const indexed = { ...grey, width: 1, height: 1, colour: 3, depth: 1 };
    const short = file(indexed, deflateSync(Uint8Array.of(0, 0x80)));
    expect(read(short)).toHaveLength(3);
    const none = file({ ...indexed, colour: 0 }, deflateSync(Uint8Array.of(0, 0)));
    // The header says palette, and there is none.
    none[25] = 3;
    expect(readPng(none, 'a.png').ok).toBe(false);
  });

  test('what unpacks to gigabytes is left alone after its pixels', () => {
    const before = process.memoryUsage().arrayBuffers;
    const bomb = file(grey, deflateSync(Buffer.alloc(2 ** 28)));
    const result = readTensorFile(bomb, 'a.png', [2, 4]);
    expect(result.problems[0]!.message).toContain('packs more data than its pixels');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 29);
  });

  test('a large image takes little more than its tensor', () => {
    // 16 million pixels in 50 KB: 192 MB as numbers.
    const size = { width: 4000, height: 4000, depth: 8, colour: 2, interlaced: false };
    const bytes = file(size, deflateSync(Buffer.alloc(4000 * (3 * 4000 + 1), 0)));
    const before = process.memoryUsage().rss;
    const read = readTensorFile(bytes, 'a.png', [8, 8, 3], 'stretch');
    expect(read.ok && read.value.length).toBe(192);
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 27);
  });
});
