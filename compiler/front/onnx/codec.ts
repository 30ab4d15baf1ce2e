// ONNX files to typed values and back. Nothing here knows what an operator means.
import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import { error, failure, type Result, success } from '../../../dsl/problem.ts';
import { modelType, tensorType } from './fields.ts';
import { Malformed, MessageReader, type MessageType, writeMessage } from './message.ts';
import type { OnnxModel, OnnxTensor } from './model.ts';

/**
 * Decodes a model; tensors are views of `bytes`. Problems: `onnx/malformed` with the path of the field and the byte
 * offset, `onnx/unsupported-field`, `onnx/no-graph`.
 */
export function decodeModel(bytes: Uint8Array, file: string): Result<OnnxModel> {
  const model = decode(modelType, bytes, file);
  if (!model.ok || model.value.graph) return model;
  return failure([error('onnx/no-graph', `${file} holds no graph: it is no ONNX model, or an empty one`)]);
}

/** Decodes a file that holds a single tensor, as the test data of ONNX does. */
export const decodeTensor = (bytes: Uint8Array, file: string): Result<OnnxTensor> => decode(tensorType, bytes, file);

function decode<T>(type: MessageType<T>, bytes: Uint8Array, file: string): Result<T> {
  try {
    return success(new MessageReader(new BinaryReader(bytes)).read(type));
  } catch (fault) {
    if (!(fault instanceof Malformed)) throw fault;
    const place = `${fault.path === '' ? 'the beginning' : fault.path} (byte ${fault.offset})`;
    const code = fault.unsupported ? 'onnx/unsupported-field' : 'onnx/malformed';
    const notes = fault.path === '' ? ['is it an ONNX file, and whole?'] : [];
    return failure([error(code, `${file} cannot be read at ${place}: ${fault.message}`, undefined, { notes })]);
  }
}

/** Encodes a model: the same model, the same bytes. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const writer = new BinaryWriter();
  writeMessage(writer, modelType, model);
  return writer.finish();
}
