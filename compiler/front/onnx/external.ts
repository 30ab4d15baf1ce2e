// Tensors that a model keeps in files beside it: only beside it, never elsewhere.
import { error, failure, type Result, success } from '../../../dsl/problem.ts';
import { isInside, type SiblingFiles } from '../../files/sibling.ts';
import type { OnnxTensor } from './model.ts';

/**
 * The bytes that a tensor's entries `location`, `offset`, `length` name. Problems: `onnx/external-location` (outside
 * the model's folder), `onnx/external-missing`, `onnx/external-range`.
 */
export function readExternalData(tensor: OnnxTensor, file: string, files?: SiblingFiles): Result<Uint8Array> {
  const fail = (code: string, message: string) =>
    failure([error(`onnx/external-${code}`, `tensor ${JSON.stringify(tensor.name)} of ${file} ${message}`)]);
  const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
  const location = entries.get('location');
  if (location === undefined) return fail('location', 'is kept in another file, but does not say in which');
  if (!isInside(location)) {
    return fail('location', `is kept in ${JSON.stringify(location)}, which is not inside the model's folder`);
  }
  const bytes = files?.(location);
  if (!bytes) return fail('missing', `is kept in ${JSON.stringify(location)}, which is not there`);
  const offset = Number(entries.get('offset') ?? 0);
  const length = Number(entries.get('length') ?? bytes.byteLength - offset);
  const isRange = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
  if (!isRange || offset + length > bytes.byteLength) {
    const range = `bytes ${entries.get('offset') ?? 0} + ${entries.get('length') ?? 'rest'}`;
    return fail('range', `is kept in ${range} of ${location}, which has ${bytes.byteLength}`);
  }
  return success(bytes.subarray(offset, offset + length));
}
