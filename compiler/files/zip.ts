// Zip archives that may be hostile, read only. Names are keys, never paths. Entries must not repeat, overlap, lie about
// their sizes or be encrypted, and nothing is inflated beyond what the directory promised.
//
// The central directory at the end says where every entry lies; each entry repeats its own header before its data.
// Format: PKWARE APPNOTE 6.3.10; ZIP64 where a size or a place does not fit into 32 bits.
import { Inflate } from 'fflate';
import { error, failure, type Result, success } from '../../dsl/problem.ts';
import { crc32 } from './crc32.ts';

export interface ZipArchive {
  /** In the order of the directory, without folders. */
  readonly names: readonly string[];
  has(name: string): boolean;
  /** An entry's bytes, inflated and checked. Problem: `zip/entry`. */
  read(name: string): Result<Uint8Array>;
}

/** `PK`, and either an entry or an empty directory. */
export const isZip = (bytes: Uint8Array): boolean =>
  bytes.byteLength >= 22 && bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  /** Where the entry's own header begins. */
  readonly at: number;
}

const [stored, deflated] = [0, 8];
const mostEntries = 100_000;
/** Inflated bytes of an archive's entries together: the largest memory of a model. */
const largestContent = 2 ** 32;

class ZipFault extends Error {}

/** The directory of an archive; entries are inflated when they are read. Problem: `zip/archive`. */
export function readZip(bytes: Uint8Array, file: string): Result<ZipArchive> {
  try {
    const entries = directoryOf(bytes);
    const byName = new Map(entries.map((entry) => [entry.name, entry]));
    return success({
      names: entries.map(({ name }) => name).filter((name) => !name.endsWith('/')),
      has: (name) => byName.has(name),
      read: (name) => readEntry(bytes, byName.get(name), name, file),
    });
  } catch (fault) {
    if (!(fault instanceof ZipFault)) throw fault;
    return failure([error('zip/archive', `${file} ${fault.message}`)]);
  }
}

function readEntry(bytes: Uint8Array, entry: Entry | undefined, name: string, file: string): Result<Uint8Array> {
  try {
    if (!entry) throw new ZipFault('is not in the archive');
    return success(contentOf(bytes, entry));
  } catch (fault) {
    if (!(fault instanceof ZipFault)) throw fault;
    return failure([error('zip/entry', `${JSON.stringify(name)} in ${file} ${fault.message}`)]);
  }
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function directoryOf(bytes: Uint8Array): readonly Entry[] {
  const view = viewOf(bytes);
  const { count, start, size } = endOf(view);
  if (count > mostEntries) throw new ZipFault(`says that it has ${count} entries, more than ${mostEntries}`);
  if (start + size > bytes.byteLength) throw new ZipFault('says that its directory lies beyond its end');
  const entries: Entry[] = [];
  let at = start;
  for (let n = 0; n < count; n++) {
    const [entry, next] = entryAt(view, bytes, at, start + size);
    entries.push(entry);
    at = next;
  }
  checkEntries(entries, start);
  return entries;
}

/** What the record at the end says of the directory; with ZIP64, what the larger record before it says. */
function endOf(view: DataView): { readonly count: number; readonly start: number; readonly size: number } {
  const last = view.byteLength - 22;
  const first = Math.max(0, last - 65535);
  for (let at = last; at >= first; at--) {
    if (view.getUint32(at, true) !== 0x06054b50 || at + 22 + view.getUint16(at + 20, true) !== view.byteLength)
      continue;
    if (view.getUint16(at + 4, true) !== 0) throw new ZipFault('is one of several parts of an archive');
    const [count, size, start] = [
      view.getUint16(at + 10, true),
      view.getUint32(at + 12, true),
      view.getUint32(at + 16, true),
    ];
    const isLarge = count === 0xffff || size === 0xffffffff || start === 0xffffffff;
    return isLarge ? largeEndOf(view, at - 20) : { count, start, size };
  }
  throw new ZipFault('has no directory: it is no zip archive, or its end is missing');
}

function largeEndOf(view: DataView, locator: number) {
  if (locator < 0 || view.getUint32(locator, true) !== 0x07064b50) throw new ZipFault('has no ZIP64 record');
  const at = wide(view, locator + 8);
  if (at + 56 > view.byteLength || view.getUint32(at, true) !== 0x06064b50) throw new ZipFault('has no ZIP64 record');
  return { count: wide(view, at + 32), size: wide(view, at + 40), start: wide(view, at + 48) };
}

const wide = (view: DataView, at: number): number => Number(view.getBigUint64(at, true));

function entryAt(view: DataView, bytes: Uint8Array, at: number, end: number): readonly [Entry, next: number] {
  if (at + 46 > end || view.getUint32(at, true) !== 0x02014b50) throw new ZipFault('has a directory that is cut off');
  const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
  const next = at + 46 + nameLength! + extraLength! + commentLength!;
  if (next > end) throw new ZipFault('has a directory that is cut off');
  const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength!));
  if ((view.getUint16(at + 8, true) & 1) !== 0) throw new ZipFault(`has an encrypted entry ${JSON.stringify(name)}`);
  const extra = wideFields(view, at + 46 + nameLength!, extraLength!);
  const field = (offset: number): number => {
    const value = view.getUint32(at + offset, true);
    return value === 0xffffffff ? (extra.shift() ?? value) : value;
  };
  const size = field(24);
  const packed = field(20);
  const place = field(42);
  const [method, crc] = [view.getUint16(at + 10, true), view.getUint32(at + 16, true)];
  return [{ name, method, crc, packed, size, at: place }, next];
}

/** The 64-bit numbers of the ZIP64 extra field: those of size, packed size and place that did not fit, in this order. */
function wideFields(view: DataView, start: number, length: number): number[] {
  for (let at = start; at + 4 <= start + length; ) {
    const [kind, size] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
    if (kind === 1 && at + 4 + size <= start + length)
      return Array.from({ length: Math.floor(size / 8) }, (_, n) => wide(view, at + 4 + 8 * n));
    at += 4 + size;
  }
  return [];
}

function checkEntries(entries: readonly Entry[], directory: number): void {
  const names = new Set<string>();
  for (const { name } of entries) {
    if (names.has(name)) throw new ZipFault(`has two entries ${JSON.stringify(name)}`);
    names.add(name);
  }
  const content = entries.reduce((sum, { size }) => sum + size, 0);
  if (content > largestContent)
    throw new ZipFault(`holds ${content} bytes once inflated, the limit is ${largestContent}`);
  const ordered = [...entries].sort((a, b) => a.at - b.at);
  let end = 0;
  for (const { name, at, packed } of ordered) {
    if (at < end) throw new ZipFault(`has an entry ${JSON.stringify(name)} that overlaps another`);
    end = at + 30 + packed;
    if (end > directory) throw new ZipFault(`has an entry ${JSON.stringify(name)} that reaches into the directory`);
  }
}

function contentOf(bytes: Uint8Array, { at, method, packed, size, crc }: Entry): Uint8Array {
  const view = viewOf(bytes);
  if (view.getUint32(at, true) !== 0x04034b50) throw new ZipFault('has no header where the directory says');
  const start = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  if (start + packed > bytes.byteLength) throw new ZipFault('is cut off');
  const data = bytes.subarray(start, start + packed);
  const content = method === stored ? data : method === deflated ? inflated(data, size) : undefined;
  if (!content) throw new ZipFault(`is packed by method ${method}; stored (0) and deflated (8) entries are read`);
  if (content.byteLength !== size) throw new ZipFault(`has ${content.byteLength} bytes, its directory says ${size}`);
  if (crc32(content) !== crc) throw new ZipFault('is damaged: its checksum does not fit');
  return content;
}

/** Inflates into a place of the promised size, piece by piece, and stops as soon as there is more. */
function inflated(data: Uint8Array, size: number): Uint8Array {
  // Deflate packs 1032 to 1 at best: a larger promise is a lie, and no memory is taken for it.
  if (size > 1032 * data.byteLength + 1032) throw new ZipFault(`cannot have ${size} bytes once inflated`);
  const content = new Uint8Array(size);
  let filled = 0;
  const inflate = new Inflate((chunk) => {
    if (filled + chunk.byteLength > size)
      throw new ZipFault(`inflates to more than the ${size} bytes of its directory`);
    content.set(chunk, filled);
    filled += chunk.byteLength;
  });
  try {
    for (let at = 0; at < data.byteLength || at === 0; at += 65536)
      inflate.push(data.subarray(at, at + 65536), at + 65536 >= data.byteLength);
  } catch (fault) {
    if (fault instanceof ZipFault) throw fault;
    throw new ZipFault('is damaged: it cannot be inflated');
  }
  return content.subarray(0, filled);
}
