// The element types that files store numbers in, and their conversion to the compiler's own, float32.
import { halfToNumber } from '../algebra/half.ts';

export type ElementType =
  | 'bool'
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'uint32'
  | 'int32'
  | 'uint64'
  | 'int64'
  | 'float16'
  | 'bfloat16'
  | 'float32'
  | 'float64';

export type ByteOrder = 'little' | 'big';

type ReadElement = (view: DataView, offset: number, littleEndian: boolean) => number;

const elements: Record<ElementType, { readonly bytes: number; readonly read: ReadElement }> = {
  bool: { bytes: 1, read: (view, offset) => (view.getUint8(offset) === 0 ? 0 : 1) },
  uint8: { bytes: 1, read: (view, offset) => view.getUint8(offset) },
  int8: { bytes: 1, read: (view, offset) => view.getInt8(offset) },
  uint16: { bytes: 2, read: (view, offset, little) => view.getUint16(offset, little) },
  int16: { bytes: 2, read: (view, offset, little) => view.getInt16(offset, little) },
  uint32: { bytes: 4, read: (view, offset, little) => view.getUint32(offset, little) },
  int32: { bytes: 4, read: (view, offset, little) => view.getInt32(offset, little) },
  uint64: { bytes: 8, read: (view, offset, little) => Number(view.getBigUint64(offset, little)) },
  int64: { bytes: 8, read: (view, offset, little) => Number(view.getBigInt64(offset, little)) },
  float16: { bytes: 2, read: (view, offset, little) => halfToNumber(view.getUint16(offset, little)) },
  bfloat16: { bytes: 2, read: (view, offset, little) => brainFloatToNumber(view.getUint16(offset, little)) },
  float32: { bytes: 4, read: (view, offset, little) => view.getFloat32(offset, little) },
  float64: { bytes: 8, read: (view, offset, little) => view.getFloat64(offset, little) },
};

export const bytesPerElement = (type: ElementType): number => elements[type].bytes;

/** A bfloat16 is the upper half of a float32. */
export function brainFloatToNumber(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint16(0, bits);
  return view.getFloat32(0);
}

const hostIsLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * All elements of `bytes` as float32, rounded to nearest. Aligned float32 in the machine's byte order is a view of
 * `bytes` without a copy. The length of `bytes` must be a multiple of the element's size.
 */
export function readFloats(type: ElementType, bytes: Uint8Array, order: ByteOrder = 'little'): Float32Array {
  const littleEndian = order === 'little';
  if (type === 'float32' && littleEndian === hostIsLittleEndian && bytes.byteOffset % 4 === 0) {
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  }
  return fill(new Float32Array(bytes.byteLength / bytesPerElement(type)), type, bytes, littleEndian);
}

/** All elements of `bytes` as they are, without rounding to float32 (64-bit integers beyond 2⁵³ round to a double). */
export function readNumbers(type: ElementType, bytes: Uint8Array, order: ByteOrder = 'little'): Float64Array {
  return fill(new Float64Array(bytes.byteLength / bytesPerElement(type)), type, bytes, order === 'little');
}

function fill<T extends Float32Array | Float64Array>(
  values: T,
  type: ElementType,
  bytes: Uint8Array,
  littleEndian: boolean,
): T {
  const { bytes: size, read } = elements[type];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < values.length; i++) values[i] = read(view, i * size, littleEndian);
  return values;
}

/** Little-endian bytes of float32 values. */
export function floatBytes(values: Float32Array): Uint8Array {
  if (hostIsLittleEndian) return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const view = new DataView(new ArrayBuffer(values.byteLength));
  values.forEach((value, i) => {
    view.setFloat32(i * 4, value, true);
  });
  return new Uint8Array(view.buffer);
}

/** Product of the sizes; `undefined` where one is no size (a negative, a fraction) or the count passes 2⁵³. */
export function countOf(shape: readonly number[]): number | undefined {
  let count = 1;
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || size < 0) return undefined;
    count *= size;
    if (!Number.isSafeInteger(count)) return undefined;
  }
  return count;
}

/** The decimal with the fewest digits that is this float32 once rounded: 0.1 for 0.10000000149011612. */
export function shortestFloat(value: number): number {
  for (let digits = 1; digits < 9 && Number.isFinite(value); digits++) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return Number.isFinite(value) ? Number(value.toPrecision(9)) : value;
}
