// A PNG file as its chunks: what it says before its pixels are unpacked.
import { error, failure, type Result, success } from '../../dsl/problem.ts';

export interface PngHeader {
  readonly height: number;
  readonly width: number;
  /** Bits of one sample. */
  readonly depth: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha. */
  readonly colour: number;
  readonly interlaced: boolean;
}

export interface PngFile extends PngHeader {
  /** Red, green and blue for each index, where `colour` is 3. */
  readonly palette: Uint8Array;
  /** Together one zlib stream. */
  readonly packed: readonly Uint8Array[];
}

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Profiles and texts may unpack to anything: they are not looked into. */
const needed = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND']);

/** 64 million pixels. */
export const mostPixels = 1 << 26;

/** The depths that each kind of colour may have. */
const depths = new Map([
  [0, [1, 2, 4, 8, 16]],
  [2, [8, 16]],
  [3, [1, 2, 4, 8]],
  [4, [8, 16]],
  [6, [8, 16]],
]);

interface Chunk {
  readonly name: string;
  readonly data: Uint8Array;
}

/** Problems: `input/image`, `input/image-too-large`. */
export function readPngFile(bytes: Uint8Array, file: string): Result<PngFile> {
  const fail = (message: string, code = 'input/image') => failure([error(code, `${file} ${message}`)]);
  if (signature.some((byte, i) => bytes[i] !== byte)) return fail('is no PNG image');
  const chunks = readChunks(bytes);
  if (typeof chunks === 'string') return fail(chunks);
  const header = readHeader(chunks[0]);
  if (typeof header === 'string') return fail(header);
  const { height, width, colour } = header;
  if (width * height > mostPixels) return fail(`has ${height}×${width} pixels, too many`, 'input/image-too-large');
  const dataOf = (wanted: string) => chunks.filter(({ name }) => name === wanted).map(({ data }) => data);
  const [palette = new Uint8Array()] = dataOf('PLTE');
  if (colour === 3 && (palette.length === 0 || palette.length % 3 !== 0))
    return fail('is a PNG image without a palette');
  return success({ ...header, palette, packed: dataOf('IDAT') });
}

/** The chunks that make pixels, up to the end of the image; the end of a sentence where they are cut or changed. */
function readChunks(bytes: Uint8Array): readonly Chunk[] | string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  for (let offset = signature.length, last = ''; last !== 'IEND'; ) {
    if (offset + 12 > bytes.byteLength) return 'is a PNG image that ends too early';
    const end = offset + 12 + view.getUint32(offset);
    if (end > bytes.byteLength) return 'is a PNG image that ends inside a chunk';
    last = String.fromCharCode(...bytes.subarray(offset + 4, offset + 8));
    if (needed.has(last)) {
      if (checksum(bytes.subarray(offset + 4, end - 4)) !== view.getUint32(end - 4))
        return `is a corrupt PNG image: the checksum of ${last} is wrong`;
      chunks.push({ name: last, data: bytes.subarray(offset + 8, end - 4) });
    }
    offset = end;
  }
  return chunks;
}

function readHeader(chunk: Chunk | undefined): PngHeader | string {
  if (chunk?.name !== 'IHDR' || chunk.data.length !== 13) return 'is a PNG image without a header';
  const view = new DataView(chunk.data.buffer, chunk.data.byteOffset, chunk.data.byteLength);
  const [width, height, depth, colour] = [view.getUint32(0), view.getUint32(4), view.getUint8(8), view.getUint8(9)];
  if (width === 0 || height === 0) return 'is a PNG image without pixels';
  if (!depths.get(colour)?.includes(depth)) return `is a PNG image of unknown kind: ${depth} bits of colour ${colour}`;
  const [compression, filter, interlace] = [view.getUint8(10), view.getUint8(11), view.getUint8(12)];
  if (compression !== 0 || filter !== 0 || interlace > 1) return 'is a PNG image that is packed in an unknown way';
  return { width, height, depth, colour, interlaced: interlace === 1 };
}

/** CRC-32 as PNG has it, of each value of a byte. */
const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
  return remainder;
});

function checksum(bytes: Uint8Array): number {
  let remainder = 0xffffffff;
  for (let at = 0; at < bytes.length; at++)
    remainder = (remainder >>> 8) ^ remainders[(remainder ^ bytes[at]!) & 0xff]!;
  return ~remainder >>> 0;
}
