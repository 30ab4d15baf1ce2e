// What a PNG file says before its pixels are unpacked: the guard against files that lie about their size.
import { error, failure, type Result, success } from '../../dsl/problem.ts';

export interface PngHeader {
  readonly height: number;
  readonly width: number;
  /** Bits of one channel. */
  readonly depth: number;
  readonly indexed: boolean;
  /** The file with only the chunks that make pixels: profiles and texts may unpack to anything. */
  readonly bytes: Uint8Array;
}

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const needed = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND']);

/** 64 million pixels. */
export const mostPixels = 1 << 26;

/** Problems: `input/image`, `input/image-too-large`. */
export function readPngHeader(bytes: Uint8Array, file: string): Result<PngHeader> {
  const fail = (message: string, code = 'input/image') => failure([error(code, `${file} ${message}`)]);
  if (signature.some((byte, i) => bytes[i] !== byte)) return fail('is no PNG image');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept: Uint8Array[] = [bytes.subarray(0, 8)];
  let packed = 0;
  for (let offset = 8, last = ''; last !== 'IEND'; ) {
    if (offset + 12 > bytes.byteLength) return fail('is a PNG image that ends too early');
    const length = view.getUint32(offset);
    const end = offset + 12 + length;
    if (end > bytes.byteLength) return fail('is a PNG image that ends inside a chunk');
    last = String.fromCharCode(...bytes.subarray(offset + 4, offset + 8));
    if (kept.length === 1 && (last !== 'IHDR' || length !== 13)) return fail('is a PNG image without a header');
    if (needed.has(last)) kept.push(bytes.subarray(offset, end));
    if (last === 'IDAT') packed += length;
    offset = end;
  }
  const [width, height, depth] = [view.getUint32(16), view.getUint32(20), bytes[24]!];
  if (width === 0 || height === 0) return fail('is a PNG image without pixels');
  if (width * height > mostPixels) return fail(`has ${height}×${width} pixels, too many`, 'input/image-too-large');
  if (depth < 8 && bytes[28] !== 0) return fail(`is interlaced with ${depth} bits per channel, which is not supported`);
  // Deflate packs at most 1032 : 1 and expands by a few bytes at worst: more than the pixels need is a bomb.
  if (packed > width * height * 8 + height + 4096) return fail('packs more data than its pixels');
  return success({ height, width, depth, indexed: bytes[25] === 3, bytes: join(kept) });
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.byteLength;
  }
  return joined;
}
