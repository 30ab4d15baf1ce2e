// The weights file: a header of 64 bytes that says whose weights these are, then the weights memory, little-endian. Described in docs/weights-file.md. An engine's memory has room for the whole file, so that it is read into place.
//
//   0 magic   8 version   12 length of the header   16 layout   20 bytes   24 checksum   28 name of the model

import { checksumOf, type Stripes } from './checksum.ts';

/** Whose weights a module takes. */
export interface WeightsIdentity {
  readonly name: string;
  /** Hash of names, elements, shapes and places of all weights. */
  readonly layout: number;
}

/** Memory of an engine for a whole weights file, and what adds up its words there. */
export interface WeightsPlace {
  readonly file: Uint8Array;
  readonly stripes: Stripes;
}

/** What has come of a weights file. */
export interface Arrival {
  /** In bytes; more than there is room for where the file is too long. */
  readonly length: number;
  readonly checksum: number;
}

/** Copies the bytes of a weights file into its place, as far as they fit. */
export function takeWeights(given: ArrayBuffer | Uint8Array, { file, stripes }: WeightsPlace): Arrival {
  const bytes = bytesOf(given);
  const { length } = bytes;
  file.set(bytes.subarray(0, file.length));
  const checksum = checksumOf(weightWords(file), stripes);
  if (length === file.length) checksum.advance((length - 64) / 4);
  return { length, checksum: checksum.result() };
}

/** The data of a weights file that is in memory, as words for the checksum. */
export function weightWords(file: Uint8Array): Uint32Array {
  return new Uint32Array(file.buffer, file.byteOffset + 64, (file.length - 64) / 4);
}

/** Refuses a weights file that is not exactly right. */
export function checkWeights(file: Uint8Array, { length, checksum }: Arrival, expected: WeightsIdentity): void {
  const refuse = (reason: string): never => {
    throw new Error(`weights of ${expected.name} refused: ${reason}`);
  };
  const size = file.length;
  const magic = [0x89, 0x41, 0x54, 0x52, 0x4f, 0x55, 0x53, 0x0a]; // \x89ATROUS\n
  if (length === 0) refuse('the file is empty, or its buffer was transferred');
  if (magic.some((byte, at) => at < length && file[at] !== byte)) refuse('this is not a weights file of atrous');
  if (length < 64) refuse(`the file is cut short, ${length} bytes of ${size}`);
  const header = new DataView(file.buffer, file.byteOffset, 64);
  const version = header.getUint32(8, true);
  if (version !== 3 || header.getUint32(12, true) !== 64) refuse(`format version ${version}, this module reads 3`);
  if (header.getUint32(16, true) !== expected.layout) {
    const owner = String.fromCharCode(...file.subarray(28, 64)).replace(/\0+$/, '');
    refuse(`they belong to another model, or to another build of it (${JSON.stringify(owner)})`);
  }
  const bytes = size - 64;
  if (header.getUint32(20, true) !== bytes) refuse(`${header.getUint32(20, true)} bytes of data, expected ${bytes}`);
  if (length < size) refuse(`the file is cut short, ${length} bytes of ${size}`);
  if (length > size) refuse(`the file is too long, ${length} bytes where ${size} are expected`);
  if (checksum !== header.getUint32(24, true)) refuse('the checksum does not fit, the file is corrupt');
}

export function bytesOf(file: ArrayBuffer | Uint8Array): Uint8Array {
  if (ArrayBuffer.isView(file)) return new Uint8Array(file.buffer, file.byteOffset, file.byteLength);
  if (Object.prototype.toString.call(file) === '[object ArrayBuffer]')
    return file.byteLength === 0 ? new Uint8Array() : new Uint8Array(file); // a detached one is as an empty one
  throw new TypeError(`weights: expected an ArrayBuffer or a Uint8Array, got ${file === null ? 'null' : typeof file}`);
}
