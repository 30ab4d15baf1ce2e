// NumPy's .npy format: magic, version, length of a header that is a Python dictionary, then the numbers.
//
//     \x93NUMPY 1 0 | 118 0 | {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), } | 24 bytes
//
// Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
import { error, failure, type Result, success } from '../../dsl/problem.ts';
import { type ByteOrder, bytesPerElement, countOf, type ElementType, floatBytes, readFloats } from './elements.ts';
import type { TensorData } from './safetensors.ts';

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

const elementTypes = new Map<string, ElementType>([
  ['b1', 'bool'],
  ['u1', 'uint8'],
  ['i1', 'int8'],
  ['u2', 'uint16'],
  ['i2', 'int16'],
  ['u4', 'uint32'],
  ['i4', 'int32'],
  ['u8', 'uint64'],
  ['i8', 'int64'],
  ['f2', 'float16'],
  ['f4', 'float32'],
  ['f8', 'float64'],
]);

interface Header {
  readonly type: ElementType;
  readonly order: ByteOrder;
  readonly fortran: boolean;
  readonly shape: readonly number[];
  readonly start: number;
}

/** Reads the array row-major as float32. Problems: `input/npy`, `input/npy-type`. */
export function readNpy(bytes: Uint8Array, file: string): Result<TensorData> {
  const header = readHeader(bytes, file);
  if (!header.ok) return header;
  const { type, order, fortran, shape, start } = header.value;
  const wanted = (countOf(shape) ?? Infinity) * bytesPerElement(type);
  if (wanted !== bytes.byteLength - start) {
    const message = `${file} says it holds (${shape.join(', ')}) of ${type}, ${wanted} bytes, but ${bytes.byteLength - start} follow`;
    return failure([error('input/npy', message)]);
  }
  const data = readFloats(type, bytes.subarray(start), order);
  return success({ shape, data: fortran ? rowMajor(data, shape) : data });
}

function readHeader(bytes: Uint8Array, file: string): Result<Header> {
  const fail = (code: string, message: string) => failure([error(code, `${file} ${message}`)]);
  if (bytes.byteLength < 12 || magic.some((byte, i) => bytes[i] !== byte)) return fail('input/npy', 'is no .npy file');
  const version = bytes[6]!;
  if (version < 1 || version > 3) return fail('input/npy', `has .npy version ${version}; known are 1, 2 and 3`);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const begin = version === 1 ? 10 : 12;
  const start = begin + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (start > bytes.byteLength) return fail('input/npy', 'ends inside its header');
  const text = new TextDecoder().decode(bytes.subarray(begin, start));
  const descriptor = /'descr'\s*:\s*'([<>|=]?)(\w+)'/.exec(text);
  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(text);
  const shape = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(text);
  if (!/'descr'/.test(text) || !fortran || !shape) {
    return fail('input/npy', 'has a header without descr, fortran_order and shape');
  }
  const type = elementTypes.get(descriptor?.[2] ?? '');
  if (!type) {
    return fail('input/npy-type', `holds no plain numbers; readable types are ${[...elementTypes.keys()].join(', ')}`);
  }
  const sizes = shape[1]!.split(',').filter((part) => part.trim() !== '');
  return success({
    type,
    order: descriptor![1] === '>' ? 'big' : 'little',
    fortran: fortran[1] === 'True',
    shape: sizes.map((size) => Number.parseInt(size, 10)),
    start,
  });
}

/** From Fortran's order, where the first axis is the innermost, to ours, where the last is. */
function rowMajor(data: Float32Array, shape: readonly number[]): Float32Array {
  const result = new Float32Array(data.length);
  const index = shape.map(() => 0);
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((product, size) => product * size, 1));
  let source = 0;
  for (let i = 0; i < result.length; i++) {
    result[i] = data[source]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      source += strides[axis]!;
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      source -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}

/** Writes version 1, little-endian float32, row-major. */
export function writeNpy({ shape, data }: TensorData): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, }`;
  const length = Math.ceil((10 + header.length + 1) / 64) * 64;
  const bytes = new Uint8Array(length + data.byteLength);
  bytes.set([...magic, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, length - 10, true);
  bytes.set(new TextEncoder().encode(`${header.padEnd(length - 11)}\n`), 10);
  bytes.set(floatBytes(data), length);
  return bytes;
}
