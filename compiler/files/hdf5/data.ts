// The bytes of a dataset: within its header, in one piece, or in chunks that a tree lists, packed by a chain of filters.
import { Inflate } from 'fflate';
import { Cursor, Hdf5Fault, nowhere } from './cursor.ts';
import type { Message } from './object-header.ts';
import { kinds } from './object-header.ts';

export interface Extent {
  readonly shape: readonly number[];
  /** Of an element, in bytes. */
  readonly size: number;
}

/** Of all chunks together; a tree that goes deeper or wider is none. */
const mostChunks = 1_000_000;
const deepestTree = 32;

const product = (sizes: readonly number[]): number => sizes.reduce((result, size) => result * size, 1);

export function readData(file: Uint8Array, messages: readonly Message[], extent: Extent): Uint8Array {
  const bodyOf = (kind: number) => messages.find((message) => message.kind === kind)?.body;
  if (bodyOf(kinds.external)) throw new Hdf5Fault('keeps numbers in another file, which is not read');
  const layout = bodyOf(kinds.layout);
  if (!layout) throw new Hdf5Fault('has a dataset that says nothing of where it is');
  const cursor = new Cursor(layout);
  const version = cursor.u8();
  if (version < 3 || version > 4) throw new Hdf5Fault(`has data laid out by version ${version}; 3 and 4 are read`);
  const total = product(extent.shape) * extent.size;
  switch (cursor.u8()) {
    case 0:
      return exactly(cursor.bytes(cursor.u16()), total);
    case 1:
      return contiguous(file, cursor, total);
    case 2:
      return chunked(file, cursor, version, extent, total, bodyOf(kinds.filters));
    case 3:
      throw new Hdf5Fault('has a virtual dataset, put together from other files, which is not read');
    default:
      throw new Hdf5Fault('has data laid out in a way that is not known');
  }
}

function exactly(bytes: Uint8Array, total: number): Uint8Array {
  if (bytes.byteLength < total) throw new Hdf5Fault(`has ${bytes.byteLength} bytes of a dataset of ${total}`);
  return bytes.subarray(0, total);
}

/** What was never written is zero; nobody needs weights that were not. */
function contiguous(file: Uint8Array, cursor: Cursor, total: number): Uint8Array {
  const [address, size] = [cursor.u64(), cursor.u64()];
  if (total === 0) return new Uint8Array();
  if (address === nowhere) throw new Hdf5Fault('has a dataset that was never written');
  return exactly(new Cursor(file, address).bytes(size), total);
}

interface Filter {
  readonly id: number;
  readonly values: readonly number[];
}

interface Chunk {
  readonly address: number;
  readonly packed: number;
  /** Filters that were left out, by their bits. */
  readonly skipped: number;
  readonly offset: readonly number[];
}

function chunked(
  file: Uint8Array,
  cursor: Cursor,
  version: number,
  { shape, size }: Extent,
  total: number,
  filterBody: Uint8Array | undefined,
): Uint8Array {
  if (version === 4) throw new Hdf5Fault('has chunks of the layout of HDF5 1.10, which is not supported');
  const rank = cursor.u8() - 1;
  const address = cursor.u64();
  const box = Array.from({ length: rank }, () => cursor.u32());
  const each = product(box) * size;
  if (rank !== shape.length || rank < 1 || each < 1 || cursor.u32() !== size)
    throw new Hdf5Fault('has chunks that do not fit their dataset');
  const filters = filterBody ? readFilters(filterBody) : [];
  if (each > 1032 * file.byteLength || total > 1032 * file.byteLength || Math.max(each, total) > 2 ** 31)
    throw new Hdf5Fault(`has ${file.byteLength} bytes, too few for a dataset of ${total}`);
  if (total === 0) return new Uint8Array();
  if (address === nowhere) throw new Hdf5Fault('has a dataset that was never written');
  const chunks = chunksOf(file, address, rank);
  if (chunks.length !== product(shape.map((cells, axis) => Math.ceil(cells / box[axis]!))))
    throw new Hdf5Fault('has a dataset that was written in part');
  const result = new Uint8Array(total);
  const places = new Set<string>();
  for (const chunk of chunks) {
    const inside = chunk.offset.every((start, axis) => start < shape[axis]! && start % box[axis]! === 0);
    if (!inside || places.has(chunk.offset.join()))
      throw new Hdf5Fault('has chunks that overlap or lie outside their dataset');
    places.add(chunk.offset.join());
    const packed = new Cursor(file, chunk.address).bytes(chunk.packed);
    copyBox(exactly(unpacked(packed, filters, chunk, each, size), each), box, result, shape, chunk.offset, size);
  }
  return result;
}

/** The leaves of a tree of version 1; a node that is met again is a cycle. */
function chunksOf(file: Uint8Array, root: number, rank: number): readonly Chunk[] {
  const chunks: Chunk[] = [];
  const seen = new Set<number>();
  const visit = (address: number, depth: number): void => {
    if (seen.has(address) || depth > deepestTree)
      throw new Hdf5Fault(`has a tree that runs in a circle at byte ${address}`);
    seen.add(address);
    const cursor = new Cursor(file, address);
    cursor.mark('TREE');
    const [kind, level, entries] = [cursor.u8(), cursor.u8(), cursor.u16()];
    if (kind !== 1) throw new Hdf5Fault('has a tree of groups where chunks are expected');
    cursor.skip(16);
    for (let n = 0; n < entries; n++) {
      const [packed, skipped] = [cursor.u32(), cursor.u32()];
      const offset = Array.from({ length: rank }, () => cursor.u64());
      cursor.skip(8);
      const child = cursor.u64();
      if (level > 0) visit(child, depth + 1);
      else chunks.push({ address: child, packed, skipped, offset });
      if (chunks.length > mostChunks) throw new Hdf5Fault(`has a dataset of more than ${mostChunks} chunks`);
    }
  };
  visit(root, 0);
  return chunks;
}

function copyBox(
  from: Uint8Array,
  box: readonly number[],
  to: Uint8Array,
  shape: readonly number[],
  offset: readonly number[],
  size: number,
): void {
  const last = shape.length - 1;
  const cells = box.map((length, axis) => Math.min(length, shape[axis]! - offset[axis]!));
  const index = cells.map(() => 0);
  const row = cells[last]! * size;
  for (let left = product(cells.slice(0, last)); left > 0; left--) {
    let [source, target] = [0, 0];
    for (let axis = 0; axis <= last; axis++) {
      source = source * box[axis]! + index[axis]!;
      target = target * shape[axis]! + index[axis]! + offset[axis]!;
    }
    to.set(from.subarray(source * size, source * size + row), target * size);
    for (let axis = last - 1; axis >= 0 && ++index[axis]! === cells[axis]; axis--) index[axis] = 0;
  }
}

const [deflate, shuffle, fletcher32] = [1, 2, 3];

function readFilters(body: Uint8Array): readonly Filter[] {
  const cursor = new Cursor(body);
  const [version, count] = [cursor.u8(), cursor.u8()];
  if (version === 1) cursor.skip(6);
  else if (version !== 2) throw new Hdf5Fault(`has filters of version ${version}; 1 and 2 are read`);
  return Array.from({ length: count }, () => {
    const id = cursor.u16();
    if (id !== deflate && id !== shuffle && id !== fletcher32)
      throw new Hdf5Fault(`packs numbers by filter ${id}; deflate (1), shuffle (2) and fletcher32 (3) are read`);
    const named = version === 1 || id >= 256;
    const nameLength = named ? cursor.u16() : 0;
    cursor.skip(2);
    const values = cursor.u16();
    cursor.skip(version === 1 ? Math.ceil(nameLength / 8) * 8 : nameLength);
    const read = Array.from({ length: values }, () => cursor.u32());
    if (version === 1 && values % 2 === 1) cursor.skip(4);
    return { id, values: read };
  });
}

/** Filters are undone from the last to the first. */
function unpacked(
  packed: Uint8Array,
  filters: readonly Filter[],
  { skipped }: Chunk,
  each: number,
  size: number,
): Uint8Array {
  return filters.reduceRight((bytes, { id }, n) => {
    if (skipped & (1 << n)) return bytes;
    if (id === fletcher32) return bytes.subarray(0, Math.max(0, bytes.byteLength - 4));
    return id === deflate ? inflated(bytes, each + 4) : unshuffled(bytes, size);
  }, packed);
}

/** A zlib stream of at most so many bytes. */
function inflated(bytes: Uint8Array, most: number): Uint8Array {
  // Deflate packs 1032 to 1 at best: what promises more is a lie, and no memory is taken for it.
  if (most > 1032 * bytes.byteLength + 1032)
    throw new Hdf5Fault(`has a chunk of ${bytes.byteLength} bytes, too few for ${most}`);
  const content = new Uint8Array(most);
  let filled = 0;
  const inflate = new Inflate((piece) => {
    if (filled + piece.byteLength > most) throw new Hdf5Fault('has a chunk that inflates to more than its size');
    content.set(piece, filled);
    filled += piece.byteLength;
  });
  try {
    for (let at = 2; at < bytes.byteLength || at === 2; at += 65536)
      inflate.push(bytes.subarray(at, at + 65536), at + 65536 >= bytes.byteLength);
  } catch (fault) {
    if (fault instanceof Hdf5Fault) throw fault;
    throw new Hdf5Fault('has a damaged chunk, which cannot be inflated');
  }
  return content.subarray(0, filled);
}

/** All first bytes of the elements, then all second ones: back to elements. */
function unshuffled(bytes: Uint8Array, size: number): Uint8Array {
  const count = Math.floor(bytes.byteLength / size);
  const result = bytes.slice();
  for (let byte = 0; byte < size; byte++)
    for (let n = 0; n < count; n++) result[n * size + byte] = bytes[byte * count + n]!;
  return result;
}
