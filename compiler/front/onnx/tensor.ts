// The numbers of an ONNX tensor, from any of the places where ONNX keeps them.

import { error, failure, type Result, success } from '../../../dsl/problem.ts';
import { halfToNumber } from '../../algebra/half.ts';
import {
  brainFloatToNumber,
  bytesPerElement,
  countOf,
  type ElementType,
  readFloats,
  readNumbers,
} from '../../files/elements.ts';
import type { SiblingFiles } from '../../files/sibling.ts';
import { showShape } from '../../tensor.ts';
import { readExternalData } from './external.ts';
import type { OnnxTensor } from './model.ts';

/** Floating point is float32 (float64 rounded to it); integers and booleans are doubles, exact to 2⁵³. */
export type TensorValue =
  | { readonly kind: 'float'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly kind: 'integer'; readonly shape: readonly number[]; readonly data: Float64Array };

type TypedField = 'floatData' | 'int32Data' | 'int64Data' | 'doubleData' | 'uint64Data';

interface DataType {
  readonly type: ElementType;
  /** Where the numbers are when they are not raw. */
  readonly field: TypedField;
}

/** The numbers of `TensorProto.DataType`. */
const dataTypes: Readonly<Record<number, DataType>> = {
  1: { type: 'float32', field: 'floatData' },
  2: { type: 'uint8', field: 'int32Data' },
  3: { type: 'int8', field: 'int32Data' },
  4: { type: 'uint16', field: 'int32Data' },
  5: { type: 'int16', field: 'int32Data' },
  6: { type: 'int32', field: 'int32Data' },
  7: { type: 'int64', field: 'int64Data' },
  9: { type: 'bool', field: 'int32Data' },
  10: { type: 'float16', field: 'int32Data' },
  11: { type: 'float64', field: 'doubleData' },
  12: { type: 'uint32', field: 'uint64Data' },
  13: { type: 'uint64', field: 'uint64Data' },
  16: { type: 'bfloat16', field: 'int32Data' },
};

export const floatDataType = 1;
export const int64DataType = 7;

/** The element type that a number of `TensorProto.DataType` stands for; `undefined` where it is not supported. */
export const elementTypeOf = (dataType: number): ElementType | undefined => dataTypes[dataType]?.type;

export const isFloat = (type: ElementType): boolean =>
  type === 'float32' || type === 'float16' || type === 'bfloat16' || type === 'float64';

/**
 * The numbers of a tensor. Problems: `onnx/tensor-type`, `onnx/tensor-size` (dims that are no sizes, data too short or
 * too long), and those of external data.
 */
export function readTensor(tensor: OnnxTensor, file: string, external?: SiblingFiles): Result<TensorValue> {
  const fail = (code: string, message: string) =>
    failure([error(`onnx/${code}`, `tensor ${JSON.stringify(tensor.name)} of ${file} ${message}`)]);
  const known = dataTypes[tensor.dataType];
  if (!known) return fail('tensor-type', `has element type ${tensor.dataType}, which is not supported`);
  const { type, field } = known;
  const shape = [...tensor.dims];
  const count = countOf(shape);
  if (count === undefined) return fail('tensor-size', `has dims ${showShape(shape)}, which are no sizes`);
  const stored = tensor.dataLocation === 1 ? readExternalData(tensor, file, external) : success(tensor.rawData);
  if (!stored.ok) return stored;
  const bytes = stored.value;
  if (bytes !== undefined) {
    const wanted = count * bytesPerElement(type);
    if (bytes.byteLength === wanted) return success(fromBytes(type, shape, bytes));
    return fail(
      'tensor-size',
      `has dims ${showShape(shape)} of ${type}, ${wanted} bytes, but holds ${bytes.byteLength}`,
    );
  }
  const numbers = tensor[field];
  if (numbers.length === count) return success(fromNumbers(type, shape, numbers));
  return fail('tensor-size', `has dims ${showShape(shape)}, ${count} elements, but holds ${numbers.length}`);
}

function fromBytes(type: ElementType, shape: readonly number[], bytes: Uint8Array): TensorValue {
  return isFloat(type)
    ? { kind: 'float', shape, data: readFloats(type, bytes) }
    : { kind: 'integer', shape, data: readNumbers(type, bytes) };
}

/** Half floats lie in the 32-bit field as their bits. */
function fromNumbers(type: ElementType, shape: readonly number[], numbers: readonly number[]): TensorValue {
  switch (type) {
    case 'float16':
      return { kind: 'float', shape, data: Float32Array.from(numbers, (bits) => halfToNumber(bits & 0xffff)) };
    case 'bfloat16':
      return { kind: 'float', shape, data: Float32Array.from(numbers, (bits) => brainFloatToNumber(bits & 0xffff)) };
    case 'float32':
    case 'float64':
      return { kind: 'float', shape, data: Float32Array.from(numbers) };
    default:
      return { kind: 'integer', shape, data: Float64Array.from(numbers) };
  }
}
