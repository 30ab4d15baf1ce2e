// Raw little-endian float32 numbers and nothing else.
import { error, failure, type Result, success } from '../../dsl/problem.ts';
import { floatBytes, readFloats } from './elements.ts';

/** Problem: `input/size` where the bytes are no whole count of numbers. */
export function readFloat32File(bytes: Uint8Array, file: string): Result<Float32Array> {
  if (bytes.byteLength % 4 === 0) return success(readFloats('float32', bytes));
  return failure([error('input/size', `${file} has ${bytes.byteLength} bytes, no multiple of 4`)]);
}

export const writeFloat32File = (data: Float32Array): Uint8Array => floatBytes(data).slice();
