// The pixels of a PNG file, row by row while it is unpacked: two rows of bytes and what the inflater looks back at are all
// that is in memory, whatever the file says or unpacks to.
import { Unzlib } from 'fflate';
import type { Picture, PixelRun } from './pixels.ts';
import type { PngFile, PngHeader } from './png-chunks.ts';

const samplesPerPixel = new Map([
  [0, 1],
  [2, 3],
  [3, 1],
  [4, 2],
  [6, 4],
]);

export function pictureOf(png: PngFile): Picture {
  const channels = png.colour === 3 ? 3 : samplesPerPixel.get(png.colour)!;
  return { height: png.height, width: png.width, channels, read: (receive) => readRows(png, receive) };
}

/** Wrong data is found inside the inflater's calls, and leaves them so. */
class Corrupt extends Error {}

/** Deflate unpacks a byte to at most 1032: a piece of the file becomes no more than 4 MiB at once. */
const piece = 4096;

function readRows(png: PngFile, receive: (run: PixelRun) => void): string | undefined {
  const rows = new Rows(png, receive);
  const inflater = new Unzlib((bytes) => rows.push(bytes));
  try {
    for (const packed of png.packed)
      for (let at = 0; at < packed.length; at += piece) inflater.push(packed.subarray(at, at + piece));
    if (!rows.done) return 'is a corrupt PNG image: it has fewer rows than its height';
    return undefined;
  } catch (reason) {
    // What is no fault of ours: the inflater's own errors have a code.
    if (!(reason instanceof Corrupt) && (reason as { code?: unknown }).code === undefined) throw reason;
    return `is a corrupt PNG image: ${(reason as Error).message}`;
  }
}

/** A grid of pixels that the file has one after the other: all of them, or one of the seven passes of Adam. */
interface Pass {
  readonly x: number;
  readonly y: number;
  readonly stepX: number;
  readonly stepY: number;
}

const whole: readonly Pass[] = [{ x: 0, y: 0, stepX: 1, stepY: 1 }];
const interlaced: readonly Pass[] = [
  { x: 0, y: 0, stepX: 8, stepY: 8 },
  { x: 4, y: 0, stepX: 8, stepY: 8 },
  { x: 0, y: 4, stepX: 4, stepY: 8 },
  { x: 2, y: 0, stepX: 4, stepY: 4 },
  { x: 0, y: 2, stepX: 2, stepY: 4 },
  { x: 1, y: 0, stepX: 2, stepY: 2 },
  { x: 0, y: 1, stepX: 1, stepY: 2 },
];

interface RowPlace {
  readonly y: number;
  readonly x: number;
  readonly step: number;
  readonly count: number;
  /** Whether it is the first of its pass: there is none above. */
  readonly first: boolean;
}

function* placesOf({ width, height, interlaced: isInterlaced }: PngHeader): Generator<RowPlace> {
  for (const { x, y: top, stepX, stepY } of isInterlaced ? interlaced : whole) {
    const count = Math.ceil((width - x) / stepX);
    if (count <= 0) continue;
    for (let y = top; y < height; y += stepY) yield { y, x, step: stepX, count, first: y === top };
  }
}

/** Collects bytes into rows, undoes their filters, and hands them on as numbers. */
class Rows {
  private readonly png: PngFile;
  private readonly receive: (run: PixelRun) => void;
  private readonly places: Iterator<RowPlace>;
  private readonly bitsPerPixel: number;
  private readonly samples: Float32Array;
  private place: RowPlace | undefined;
  /** The filter's number and the bytes of the row. */
  private row: Uint8Array;
  private above: Uint8Array;
  private length = 0;
  private filled = 0;

  constructor(png: PngFile, receive: (run: PixelRun) => void) {
    this.png = png;
    this.receive = receive;
    this.places = placesOf(png);
    this.bitsPerPixel = png.depth * samplesPerPixel.get(png.colour)!;
    const longest = 1 + Math.ceil((png.width * this.bitsPerPixel) / 8);
    this.row = new Uint8Array(longest);
    this.above = new Uint8Array(longest);
    this.samples = new Float32Array(png.width * (png.colour === 3 ? 3 : samplesPerPixel.get(png.colour)!));
    this.next();
  }

  get done(): boolean {
    return this.place === undefined;
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      if (!this.place) throw new Corrupt('it packs more data than its pixels');
      const taken = Math.min(bytes.length - at, this.length - this.filled);
      this.row.set(bytes.subarray(at, at + taken), this.filled);
      this.filled += taken;
      at += taken;
      if (this.filled === this.length) this.finish(this.place);
    }
  }

  private next(): void {
    const { value, done } = this.places.next();
    this.place = done ? undefined : value;
    this.length = done ? 0 : 1 + Math.ceil((value.count * this.bitsPerPixel) / 8);
    this.filled = 0;
  }

  private finish({ first, ...place }: RowPlace): void {
    if (first) this.above.fill(0);
    undoFilter(this.row, this.above, this.length, Math.max(1, this.bitsPerPixel >> 3));
    toSamples(this.png, this.row, place.count, this.samples);
    this.receive({ ...place, samples: this.samples });
    [this.row, this.above] = [this.above, this.row];
    this.next();
  }
}

/**
 * In place, from the second byte on; the first says how the row was filtered: as the difference from the pixel before
 * (`distance` bytes back), from the one above, from their mean, or from whichever of three is nearest.
 */
function undoFilter(row: Uint8Array, above: Uint8Array, length: number, distance: number): void {
  const filter = row[0]!;
  if (filter > 4) throw new Corrupt(`a row has the unknown filter ${filter}`);
  const begin = 1 + distance;
  if (filter === 1) for (let at = begin; at < length; at++) row[at]! += row[at - distance]!;
  if (filter === 2) for (let at = 1; at < length; at++) row[at]! += above[at]!;
  if (filter === 3)
    for (let at = 1; at < length; at++) row[at]! += ((at < begin ? 0 : row[at - distance]!) + above[at]!) >> 1;
  if (filter === 4)
    for (let at = 1; at < length; at++)
      row[at]! += at < begin ? above[at]! : nearest(row[at - distance]!, above[at]!, above[at - distance]!);
}

/** Paeth: whichever is nearest to left + up − corner. */
function nearest(left: number, up: number, corner: number): number {
  const toLeft = Math.abs(up - corner);
  const toUp = Math.abs(left - corner);
  const toCorner = Math.abs(left + up - 2 * corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

/** The numbers of a row of bytes, 0..1; an index of a palette as its colour. */
function toSamples({ depth, colour, palette }: PngFile, row: Uint8Array, count: number, samples: Float32Array): void {
  const values = count * samplesPerPixel.get(colour)!;
  const largest = 2 ** depth - 1;
  if (colour === 3) toColours(row, values, depth, palette, samples);
  else if (depth === 8) for (let n = 0; n < values; n++) samples[n] = row[1 + n]! / 255;
  else for (let n = 0; n < values; n++) samples[n] = sampleAt(row, n, depth) / largest;
}

function toColours(row: Uint8Array, count: number, depth: number, palette: Uint8Array, samples: Float32Array): void {
  for (let n = 0; n < count; n++) {
    const index = sampleAt(row, n, depth);
    if (3 * index >= palette.length) throw new Corrupt(`its palette has no colour ${index}`);
    for (let part = 0; part < 3; part++) samples[3 * n + part] = palette[3 * index + part]! / 255;
  }
}

function sampleAt(row: Uint8Array, n: number, depth: number): number {
  if (depth === 8) return row[1 + n]!;
  if (depth === 16) return (row[1 + 2 * n]! << 8) | row[2 + 2 * n]!;
  const bit = n * depth;
  return (row[1 + (bit >> 3)]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
}
