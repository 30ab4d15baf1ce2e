// Protocol buffer messages from tables: the wire is @bufbuild/protobuf's, the tables are `fields.ts`.
//
//     { fields: { key: string(1), value: string(2) } }     0a 01 61 12 01 62  ⇄  { key: 'a', value: 'b' }
//
// A file is never trusted: lengths end inside their message, depth and count are bounded, and every fault is thrown
// as a `Malformed` with its place, which `codec.ts` turns into a problem.
import { type BinaryReader, type BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

type ScalarType = 'string' | 'bytes' | 'int' | 'float' | 'double';

interface Field<V> {
  readonly number: number;
  readonly type: ScalarType | (() => MessageType<never>);
  readonly repeated: boolean;
  /** The value of a field that the file does not have. */
  readonly absent: () => V;
}

export interface MessageType<T> {
  readonly fields: { readonly [K in keyof T]-?: Field<T[K]> };
  /** Field numbers that change the meaning of a message and are not supported, with the reason. */
  readonly refused?: Readonly<Record<number, string>>;
}

const scalar =
  <V>(type: ScalarType, absent: V) =>
  (number: number): Field<V> => ({ number, type, repeated: false, absent: () => absent });

export const string = scalar<string>('string', '');
/** Any of int32, int64, uint64 and enumerations: all are the same varint on the wire. */
export const int = scalar<number>('int', 0);
export const float = scalar<number>('float', 0);
export const double = scalar<number>('double', 0);
export const bytes = scalar<Uint8Array>('bytes', new Uint8Array(0));

export function message<T>(number: number, type: () => MessageType<T>): Field<T | undefined> {
  return { number, type: type as () => MessageType<never>, repeated: false, absent: () => undefined };
}

export const optional = <V>(field: Field<V>): Field<V | undefined> => ({ ...field, absent: () => undefined });

export function repeated<V>(field: Field<V>): Field<readonly NonNullable<V>[]> {
  return { ...field, repeated: true, absent: () => [] };
}

/** A fault in the bytes: where the reader stood and why it could not go on. */
export class Malformed extends Error {
  readonly path: string;
  readonly offset: number;
  readonly unsupported: boolean;
  constructor(path: readonly string[], offset: number, reason: string, unsupported = false) {
    super(reason);
    this.path = path.join('.');
    this.offset = offset;
    this.unsupported = unsupported;
  }
}

/** Messages nest 4 deep per subgraph; no model needs more than a few subgraphs inside each other. */
const deepest = 64;
/** A message costs two bytes in a file and a hundred in memory. */
const mostMessages = 1 << 20;

export class MessageReader {
  readonly #reader: BinaryReader;
  readonly #path: string[] = [];
  #messages = 0;

  constructor(reader: BinaryReader) {
    this.#reader = reader;
  }

  /** Reads a message that ends at byte `end`. Throws `Malformed`. */
  read<T>(type: MessageType<T>, end = this.#reader.len): T {
    if (this.#path.length > deepest) this.#fail(`messages are nested more than ${deepest} deep`);
    if (++this.#messages > mostMessages) this.#fail(`there are more than ${mostMessages} messages`);
    const names = Object.keys(type.fields) as (keyof T & string)[];
    const byNumber = new Map(names.map((name) => [type.fields[name].number, name]));
    const value = Object.fromEntries(names.map((name) => [name, type.fields[name].absent()]));
    const seen = new Set<string>();
    while (this.#reader.pos < end) {
      const [number, wire] = this.#attempt(() => this.#reader.tag());
      const name = byNumber.get(number);
      const refused = type.refused?.[number];
      if (refused) this.#fail(refused, true);
      if (name === undefined) this.#attempt(() => this.#reader.skip(wire, number));
      else this.#readField(value, name, type.fields[name], wire, end, seen);
      if (this.#reader.pos > end) this.#fail('a field goes beyond the end of its message');
    }
    return value as T;
  }

  #readField(
    value: Record<string, unknown>,
    name: string,
    field: Field<unknown>,
    wire: WireType,
    end: number,
    seen: Set<string>,
  ): void {
    const list = field.repeated ? (value[name] as unknown[]) : undefined;
    this.#path.push(list ? `${name}[${list.length}]` : name);
    if (typeof field.type === 'function') {
      if (!list && seen.has(name)) this.#fail('the field is there twice');
      seen.add(name);
    }
    const packed = list && wire === WireType.LengthDelimited && isNumeric(field.type);
    if (packed) this.#readPacked(list, field.type as ScalarType, end);
    else if (list) list.push(this.#readValue(field.type, wire, end));
    else value[name] = this.#readValue(field.type, wire, end);
    this.#path.pop();
  }

  #readPacked(list: unknown[], type: ScalarType, end: number): void {
    const last = this.#lengthEnd(end);
    while (this.#reader.pos < last) list.push(this.#readValue(type, wireTypes[type], last));
    if (this.#reader.pos > last) this.#fail('a number goes beyond the end of its list');
  }

  #readValue(type: Field<unknown>['type'], wire: WireType, end: number): unknown {
    const expected = typeof type === 'function' ? WireType.LengthDelimited : wireTypes[type];
    if (wire !== expected) this.#fail(`wire type ${wire} where ${expected} is expected`);
    if (typeof type === 'function') return this.read(type(), this.#lengthEnd(end));
    return this.#attempt(() => readScalar(this.#reader, type));
  }

  /** Reads a length; the offset where what it counts ends. */
  #lengthEnd(end: number): number {
    const length = this.#attempt(() => this.#reader.uint32());
    if (this.#reader.pos + length > end) {
      this.#fail(`a length of ${length} bytes where ${Math.max(0, end - this.#reader.pos)} are left`);
    }
    return this.#reader.pos + length;
  }

  #attempt<V>(step: () => V): V {
    const offset = this.#reader.pos;
    try {
      return step();
    } catch (reason) {
      throw new Malformed(this.#path, Math.min(offset, this.#reader.len), (reason as Error).message);
    }
  }

  #fail(reason: string, unsupported = false): never {
    throw new Malformed(this.#path, Math.min(this.#reader.pos, this.#reader.len), reason, unsupported);
  }
}

const wireTypes: Record<ScalarType, WireType> = {
  string: WireType.LengthDelimited,
  bytes: WireType.LengthDelimited,
  int: WireType.Varint,
  float: WireType.Bit32,
  double: WireType.Bit64,
};

const isNumeric = (type: Field<unknown>['type']): boolean => type === 'int' || type === 'float' || type === 'double';

function readScalar(reader: BinaryReader, type: ScalarType): string | number | Uint8Array {
  switch (type) {
    case 'string':
      return reader.string(true);
    case 'bytes':
      return reader.bytes();
    case 'int':
      return Number(reader.int64());
    case 'float':
      return reader.float();
    case 'double':
      return reader.double();
  }
}

/** Writes the fields in the order of the table, what equals its absent value left out: the same value, the same bytes. */
export function writeMessage<T>(writer: BinaryWriter, type: MessageType<T>, value: T): void {
  for (const [name, field] of Object.entries<Field<unknown>>(type.fields)) {
    const content = value[name as keyof T];
    if (Array.isArray(content)) writeList(writer, field, content);
    else if (content !== undefined && content !== field.absent()) writeField(writer, field, content);
  }
}

function writeList(writer: BinaryWriter, field: Field<unknown>, list: readonly unknown[]): void {
  if (!isNumeric(field.type)) {
    for (const item of list) writeField(writer, field, item);
  } else if (list.length > 0) {
    writer.tag(field.number, WireType.LengthDelimited).fork();
    for (const item of list) writeScalar(writer, field.type as ScalarType, item);
    writer.join();
  }
}

function writeField(writer: BinaryWriter, field: Field<unknown>, value: unknown): void {
  if (typeof field.type === 'function') {
    writer.tag(field.number, WireType.LengthDelimited).fork();
    writeMessage(writer, field.type(), value as never);
    writer.join();
  } else {
    writer.tag(field.number, wireTypes[field.type]);
    writeScalar(writer, field.type, value);
  }
}

function writeScalar(writer: BinaryWriter, type: ScalarType, value: unknown): void {
  switch (type) {
    case 'string':
      writer.string(value as string);
      return;
    case 'bytes':
      writer.bytes(value as Uint8Array);
      return;
    case 'int':
      writer.int64(BigInt.asIntN(64, saturate(value as number)));
      return;
    case 'float':
      writer.float(Math.fround(value as number));
      return;
    case 'double':
      writer.double(value as number);
  }
}

/** A number back to 64 bits; the largest integer, read as 2⁶³, is itself again. */
function saturate(value: number): bigint {
  if (value >= 2 ** 63) return 2n ** 63n - 1n;
  return value <= -(2 ** 63) ? -(2n ** 63n) : BigInt(value);
}
