// Tables, vectors and strings of a flatbuffer that may be hostile. Every offset is checked against the file before it is
// followed, so that a file can only be read or refused; nothing is copied but numbers.
//
// A table starts with a signed offset back to its vtable; the vtable holds, from its fifth byte on, where each field lies
// within the table, 0 where it is left out. Format: https://flatbuffers.dev/internals
import { ByteBuffer } from 'flatbuffers';

/** The file does not hold what its offsets say. The message ends a sentence about the file. */
export class Malformed extends Error {}

/** Entries of all lists together: lists may share their bytes, so that a small file could ask for any number. */
const mostEntries = 20_000_000;

export class Buffer {
  readonly #bytes: ByteBuffer;
  readonly #size: number;
  #entries = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = new ByteBuffer(bytes);
    this.#size = bytes.byteLength;
  }

  /** The table that the file begins with. */
  root(): Table {
    return new Table(this, this.follow(0));
  }

  int8 = (at: number): number => this.#bytes.readInt8(this.#within(at, 1));
  uint8 = (at: number): number => this.#bytes.readUint8(this.#within(at, 1));
  uint16 = (at: number): number => this.#bytes.readUint16(this.#within(at, 2));
  int32 = (at: number): number => this.#bytes.readInt32(this.#within(at, 4));
  uint32 = (at: number): number => this.#bytes.readUint32(this.#within(at, 4));
  float32 = (at: number): number => this.#bytes.readFloat32(this.#within(at, 4));
  /** Beyond 2⁵³ rounded to a double. */
  int64 = (at: number): number => Number(this.#bytes.readInt64(this.#within(at, 8)));
  uint64 = (at: number): number => Number(this.#bytes.readUint64(this.#within(at, 8)));

  /** Where the offset at `at` points to. */
  follow(at: number): number {
    const target = at + this.uint32(at);
    return this.#within(target, 4);
  }

  /** Start and length of the vector that the offset at `at` points to; its elements lie within the file. */
  vector(at: number, elementSize: number): { readonly start: number; readonly length: number } {
    const place = this.follow(at);
    const length = this.uint32(place);
    this.#within(place + 4, length * elementSize);
    return { start: place + 4, length };
  }

  /** Counts the entries of a list that is about to be made. */
  spend(entries: number): void {
    this.#entries += entries;
    if (this.#entries > mostEntries) throw new Malformed(`has lists of more than ${mostEntries} entries together`);
  }

  bytes(start: number, length: number): Uint8Array {
    return this.#bytes.bytes().subarray(this.#within(start, length), start + length);
  }

  #within(at: number, size: number): number {
    if (at < 0 || at + size > this.#size) throw new Malformed(`points to byte ${at}, but has ${this.#size}`);
    return at;
  }
}

export class Table {
  readonly #buffer: Buffer;
  readonly #start: number;
  readonly #fields: number;
  readonly #fieldsEnd: number;

  constructor(buffer: Buffer, start: number) {
    this.#buffer = buffer;
    this.#start = start;
    this.#fields = start - buffer.int32(start);
    this.#fieldsEnd = this.#fields + buffer.uint16(this.#fields);
  }

  /** Where field number `field` of the schema lies, if the table has it. */
  #place(field: number): number | undefined {
    const entry = this.#fields + 4 + 2 * field;
    if (entry + 2 > this.#fieldsEnd) return undefined;
    const offset = this.#buffer.uint16(entry);
    return offset === 0 ? undefined : this.#start + offset;
  }

  #scalar(field: number, read: (at: number) => number, fallback: number): number {
    const place = this.#place(field);
    return place === undefined ? fallback : read(place);
  }

  int8 = (field: number, fallback = 0): number => this.#scalar(field, this.#buffer.int8, fallback);
  uint8 = (field: number, fallback = 0): number => this.#scalar(field, this.#buffer.uint8, fallback);
  int32 = (field: number, fallback = 0): number => this.#scalar(field, this.#buffer.int32, fallback);
  uint32 = (field: number, fallback = 0): number => this.#scalar(field, this.#buffer.uint32, fallback);
  uint64 = (field: number, fallback = 0): number => this.#scalar(field, this.#buffer.uint64, fallback);
  float32 = (field: number, fallback = 0): number => this.#scalar(field, this.#buffer.float32, fallback);
  flag = (field: number): boolean => this.uint8(field) !== 0;

  table(field: number): Table | undefined {
    const place = this.#place(field);
    return place === undefined ? undefined : new Table(this.#buffer, this.#buffer.follow(place));
  }

  tables(field: number): readonly Table[] {
    return this.#list(field, 4, (at) => new Table(this.#buffer, this.#buffer.follow(at)));
  }

  bytes(field: number): Uint8Array | undefined {
    const place = this.#place(field);
    if (place === undefined) return undefined;
    const { start, length } = this.#buffer.vector(place, 1);
    return this.#buffer.bytes(start, length);
  }

  /** The text of a field; bytes that are no UTF-8 become U+FFFD. */
  string(field: number): string {
    const bytes = this.bytes(field);
    return bytes ? new TextDecoder().decode(bytes) : '';
  }

  int32s = (field: number): readonly number[] => this.#list(field, 4, this.#buffer.int32);
  uint16s = (field: number): readonly number[] => this.#list(field, 2, this.#buffer.uint16);
  float32s = (field: number): readonly number[] => this.#list(field, 4, this.#buffer.float32);
  int64s = (field: number): readonly number[] => this.#list(field, 8, this.#buffer.int64);

  #list<T>(field: number, size: number, read: (at: number) => T): readonly T[] {
    const place = this.#place(field);
    if (place === undefined) return [];
    const { start, length } = this.#buffer.vector(place, size);
    this.#buffer.spend(length);
    return Array.from({ length }, (_, n) => read(start + n * size));
  }
}
