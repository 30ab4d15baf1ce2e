// The attributes of an object: small values in its header; long texts lie in a heap of the file.
import { readNumbers } from '../elements.ts';
import { Cursor, Hdf5Fault, nowhere, textOf } from './cursor.ts';
import { kinds, type Message } from './object-header.ts';
import { type Hdf5Type, readSpace, readType } from './types.ts';

interface Attribute {
  readonly type: Hdf5Type;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** Where an attribute's value is, by its name; nothing is read before it is asked for. */
export function attributeBodies(messages: readonly Message[]): ReadonlyMap<string, Uint8Array> {
  const dense = messages.find(({ kind, body }) => kind === kinds.attributeInfo && isDense(body));
  if (dense) throw new Hdf5Fault('has an object of many attributes in the layout of HDF5 1.8, which is not supported');
  const own = messages.filter(({ kind }) => kind === kinds.attribute);
  return new Map(own.map(({ body }) => [headOf(body).name, body]));
}

function isDense(body: Uint8Array): boolean {
  const cursor = new Cursor(body, 1);
  if (cursor.u8() & 1) cursor.skip(2);
  return cursor.u64() !== nowhere;
}

function headOf(body: Uint8Array) {
  const cursor = new Cursor(body);
  const [version, flags] = [cursor.u8(), cursor.u8()];
  if (version < 1 || version > 3) throw new Hdf5Fault(`has attributes of version ${version}; 1 to 3 are read`);
  if (version > 1 && flags & 3) throw new Hdf5Fault('shares parts of attributes between them, which is not supported');
  const [nameSize, typeSize, spaceSize] = [cursor.u16(), cursor.u16(), cursor.u16()];
  if (version === 3) cursor.skip(1);
  // Each part of version 1 fills up to a multiple of eight bytes.
  const part = (size: number): Uint8Array => {
    const bytes = cursor.bytes(size);
    if (version === 1) cursor.skip((8 - (size % 8)) % 8);
    return bytes;
  };
  const [name, type, space] = [part(nameSize), part(typeSize), part(spaceSize)];
  return { name: textOf(name), type, space, data: body.subarray(cursor.at) };
}

function readAttribute(body: Uint8Array): Attribute {
  const { type: typeBody, space, data } = headOf(body);
  const [type, shape] = [readType(typeBody), readSpace(space)];
  const size = shape.reduce((product, one) => product * one, type.size);
  if (size > data.byteLength) throw new Hdf5Fault(`has ${data.byteLength} bytes of an attribute of ${size}`);
  return { type, shape, data: data.subarray(0, size) };
}

/** The texts of an attribute, one or several. @param take counts bytes that are read, and stops when they are too many */
export function readTexts(file: Uint8Array, body: Uint8Array, take: (bytes: number) => void): readonly string[] {
  const { type, shape, data } = readAttribute(body);
  const count = shape.reduce((product, one) => product * one, 1);
  const element = (n: number): Uint8Array => data.subarray(n * type.size, (n + 1) * type.size);
  take(data.byteLength);
  // An empty list has lost what it is a list of.
  if (count === 0) return [];
  if (type.kind === 'text') return Array.from({ length: count }, (_, n) => textOf(element(n)));
  if (type.kind !== 'heap text' || type.size !== 16)
    throw new Hdf5Fault('has an attribute that is no text where one is expected');
  return Array.from({ length: count }, (_, n) => {
    const cursor = new Cursor(element(n));
    const [length, heap, index] = [cursor.u32(), cursor.u64(), cursor.u32()];
    take(length);
    return length === 0 ? '' : textOf(heapObject(file, heap, index).subarray(0, length));
  });
}

export function readAttributeNumbers(body: Uint8Array): readonly number[] {
  const { type, data } = readAttribute(body);
  if (type.kind !== 'number') throw new Hdf5Fault('has an attribute that is no number where one is expected');
  return [...readNumbers(type.element, data, type.order)];
}

/** One object of a collection of them. */
function heapObject(file: Uint8Array, address: number, index: number): Uint8Array {
  const cursor = new Cursor(file, address);
  cursor.mark('GCOL');
  const size = cursor.skip(4).u64();
  const end = address + size;
  while (cursor.at + 16 <= end) {
    const found = cursor.u16();
    const length = cursor.skip(6).u64();
    if (found === 0) break;
    const object = cursor.bytes(length);
    if (found === index) return object;
    cursor.skip((8 - (length % 8)) % 8);
  }
  throw new Hdf5Fault(`has no object ${index} in its heap at byte ${address}`);
}
