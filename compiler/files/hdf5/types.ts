// Types and counts of the elements of a dataset or an attribute.
import type { ByteOrder, ElementType } from '../elements.ts';
import { countOf } from '../elements.ts';
import { Cursor, Hdf5Fault, nowhere } from './cursor.ts';

export type Hdf5Type =
  | { readonly kind: 'number'; readonly element: ElementType; readonly order: ByteOrder; readonly size: number }
  /** Texts of one length, and texts that lie in a heap. */
  | { readonly kind: 'text' | 'heap text'; readonly size: number }
  /** Bytes that only their writer understands. */
  | { readonly kind: 'opaque'; readonly size: number };

const integers: Readonly<Record<number, readonly [unsigned: ElementType, signed: ElementType]>> = {
  1: ['uint8', 'int8'],
  2: ['uint16', 'int16'],
  4: ['uint32', 'int32'],
  8: ['uint64', 'int64'],
};
const floats: Readonly<Record<number, ElementType>> = { 2: 'float16', 4: 'float32', 8: 'float64' };

export function readType(body: Uint8Array): Hdf5Type {
  const cursor = new Cursor(body);
  const family = cursor.u8() & 15;
  const bits = cursor.u8() | (cursor.u8() << 8) | (cursor.u8() << 16);
  const size = cursor.u32();
  const order = bits & 1 ? 'big' : 'little';
  const unreadable = (what: string) => new Hdf5Fault(`has ${what}; numbers and texts are read`);
  switch (family) {
    case 0: {
      const element = integers[size]?.[bits & 8 ? 1 : 0];
      if (!element) throw unreadable(`whole numbers of ${size} bytes`);
      return { kind: 'number', element, order, size };
    }
    case 1: {
      const element = floats[size];
      if (!element || bits & 0x40) throw unreadable(`numbers of ${size} bytes in an order of their own`);
      return { kind: 'number', element: brain(cursor, size) ? 'bfloat16' : element, order, size };
    }
    case 3:
      return { kind: 'text', size };
    case 5:
      return { kind: 'opaque', size };
    case 8:
      // An enumeration is its whole numbers; h5py writes truth values so.
      return readType(body.subarray(8));
    case 9:
      if ((bits & 15) !== 1) throw unreadable('lists of any length');
      return { kind: 'heap text', size };
    default:
      throw unreadable(`elements of type ${family}`);
  }
}

/** Two bytes with 8 bits of exponent are the upper half of a float32. */
function brain(cursor: Cursor, size: number): boolean {
  if (size !== 2) return false;
  cursor.skip(4);
  const [, exponentBits] = [cursor.u8(), cursor.u8()];
  return exponentBits === 8;
}

/** The sizes; none for a single element. */
export function readSpace(body: Uint8Array): readonly number[] {
  const cursor = new Cursor(body);
  const version = cursor.u8();
  const rank = cursor.u8();
  cursor.u8();
  if (version !== 1 && version !== 2) throw new Hdf5Fault(`has sizes of version ${version}; 1 and 2 are read`);
  // Of version 2 there may be none at all.
  if (version === 2 && cursor.u8() === 2) return [0];
  if (version === 1) cursor.skip(5);
  const shape = Array.from({ length: rank }, () => cursor.u64());
  if (shape.includes(nowhere) || countOf(shape) === undefined) throw new Hdf5Fault('has a dataset without end');
  return shape;
}
