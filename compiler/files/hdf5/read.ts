// HDF5 files that may be hostile, read only, as far as Keras needs them: groups, datasets of numbers, attributes. Everything
// is read when it is asked for, every offset checked, every tree walked once, and no more taken than the file could hold.
// Links to other files, numbers kept in other files and soft links are refused.
// Format: "HDF5 File Format Specification Version 3.0", The HDF Group.
import { error, failure, type Result } from '../../../dsl/problem.ts';
import { readFloats } from '../elements.ts';
import type { TensorData } from '../safetensors.ts';
import { attributeBodies, readTexts } from './attributes.ts';
import { Cursor, Hdf5Fault } from './cursor.ts';
import { readData } from './data.ts';
import { type Link, readLinks } from './links.ts';
import { kinds, type Message, readHeader } from './object-header.ts';
import { readSpace, readType } from './types.ts';

export { Hdf5Fault } from './cursor.ts';

const signature = '\x89HDF\r\n\x1a\n';

/** What `use` makes of the file; a fault that it meets is a problem. Problem: `hdf5/file`. */
export function withHdf5<T>(bytes: Uint8Array, file: string, use: (root: Hdf5Object) => Result<T>): Result<T> {
  try {
    return use(new Hdf5Object(new Hdf5File(bytes), rootOf(bytes)));
  } catch (fault) {
    if (!(fault instanceof Hdf5Fault)) throw fault;
    return failure([error('hdf5/file', `${file} ${fault.message}`)]);
  }
}

/** Zeros pack well, weights hardly. */
const [mostRatio, mostForSmall] = [16, 2 ** 26];

class Hdf5File {
  readonly bytes: Uint8Array;
  #taken = 0;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Counts what is read: a few bytes may be named as data any number of times. */
  readonly take = (count: number): void => {
    this.#taken += count;
    const most = mostForSmall + mostRatio * this.bytes.byteLength;
    if (this.#taken > most)
      throw new Hdf5Fault(`has ${this.bytes.byteLength} bytes, and says that they are more than ${most}`);
  };
}

function rootOf(bytes: Uint8Array): number {
  const cursor = new Cursor(bytes);
  cursor.mark(signature);
  const version = cursor.u8();
  if (version > 3) throw new Hdf5Fault(`is of version ${version}; 0 to 3 are read`);
  const isOld = version < 2;
  if (isOld) cursor.skip(4);
  const [offsets, lengths] = [cursor.u8(), cursor.u8()];
  if (offsets !== 8 || lengths !== 8) throw new Hdf5Fault(`has addresses of ${offsets} bytes; 8 are read`);
  cursor.skip(isOld ? 9 + (version === 1 ? 4 : 0) : 1);
  if (cursor.u64() !== 0) throw new Hdf5Fault('begins with something else');
  cursor.skip(isOld ? 32 : 16);
  return cursor.u64();
}

/** A group or a dataset. */
export class Hdf5Object {
  readonly #file: Hdf5File;
  readonly #messages: readonly Message[];
  #links: ReadonlyMap<string, Link> | undefined;
  #attributes: ReadonlyMap<string, Uint8Array> | undefined;
  readonly #children = new Map<string, Hdf5Object>();

  constructor(file: Hdf5File, address: number) {
    this.#file = file;
    this.#messages = readHeader(file.bytes, address);
  }

  #body(kind: number): Uint8Array | undefined {
    return this.#messages.find((message) => message.kind === kind)?.body;
  }

  get isDataset(): boolean {
    return this.#body(kinds.dataspace) !== undefined;
  }

  get names(): readonly string[] {
    return [...this.#linked().keys()];
  }

  #linked(): ReadonlyMap<string, Link> {
    this.#links ??= this.isDataset ? new Map() : readLinks(this.#file.bytes, this.#messages);
    return this.#links;
  }

  /** What stands under these names, one within the other; `undefined` where one is missing. */
  get(...path: readonly string[]): Hdf5Object | undefined {
    const [name, ...rest] = path;
    if (name === undefined) return this;
    const known = this.#children.get(name);
    if (known) return known.get(...rest);
    const link = this.#linked().get(name);
    if (typeof link === 'string') throw new Hdf5Fault(`has ${link} ${JSON.stringify(name)}, which is not followed`);
    if (link === undefined) return undefined;
    const child = new Hdf5Object(this.#file, link);
    this.#children.set(name, child);
    return child.get(...rest);
  }

  /** The texts of an attribute; `undefined` where there is none of this name. */
  texts(attribute: string): readonly string[] | undefined {
    this.#attributes ??= attributeBodies(this.#messages);
    const body = this.#attributes.get(attribute);
    return body && readTexts(this.#file.bytes, body, this.#file.take);
  }

  /** The sizes of a dataset. */
  get shape(): readonly number[] {
    return readSpace(this.#body(kinds.dataspace) ?? this.#noDataset());
  }

  /** The numbers of a dataset. */
  read(): TensorData {
    const { shape } = this;
    const type = readType(this.#body(kinds.datatype) ?? this.#noDataset());
    const isBrain = type.kind === 'opaque' && type.size === 2 && this.texts('dtype')?.[0] === 'bfloat16';
    if (type.kind !== 'number' && !isBrain) throw new Hdf5Fault('has a dataset of texts where numbers are expected');
    this.#file.take(shape.reduce((product, size) => product * size, type.size));
    const bytes = readData(this.#file.bytes, this.#messages, { shape, size: type.size });
    // A copy starts at a multiple of four bytes, as numbers of four bytes must.
    const data =
      type.kind === 'number' ? readFloats(type.element, bytes.slice(), type.order) : readFloats('bfloat16', bytes);
    return { shape, data };
  }

  #noDataset(): never {
    throw new Hdf5Fault('has a group where a dataset is expected');
  }
}
