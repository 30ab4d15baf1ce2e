// A .tflite file as the records of schema.ts. Only what the file says is checked here: that its lists are lists, that
// indices name something, that data is as long as its shape. What an operator means is the importer's.
import { error, failure, type Result, success } from '../../../dsl/problem.ts';
import { bytesPerElement, countOf, type ElementType } from '../../files/elements.ts';
import { showShape } from '../../tensor.ts';
import { Buffer, Malformed, type Table } from './flatbuffer.ts';
import {
  builtinOperators,
  elementTypes,
  optionFields,
  type SparseAxis,
  type Sparsity,
  type TfliteModel,
  type TfliteOperator,
  type TfliteOptions,
  type TfliteQuantization,
  type TfliteSignature,
  type TfliteSubgraph,
  type TfliteTensor,
} from './schema.ts';

/** `TFL3` stands at byte 4 of every file of this format. */
export const isTflite = (bytes: Uint8Array): boolean =>
  bytes.byteLength >= 8 && bytes[4] === 0x54 && bytes[5] === 0x46 && bytes[6] === 0x4c && bytes[7] === 0x33;

/** Problems: `tflite/format` where it is another file, `tflite/malformed` where it contradicts itself. */
export function readTflite(bytes: Uint8Array, file: string): Result<TfliteModel> {
  if (!isTflite(bytes)) return failure([error('tflite/format', `${file} is no TensorFlow Lite model`)]);
  try {
    return success(modelOf(new Buffer(bytes).root(), bytes));
  } catch (fault) {
    if (!(fault instanceof Malformed)) throw fault;
    return failure([error('tflite/malformed', `${file} ${fault.message}`)]);
  }
}

function modelOf(table: Table, bytes: Uint8Array): TfliteModel {
  const version = table.uint32(0);
  if (version !== 3) throw new Malformed(`has version ${version} of the format, 3 is known`);
  const buffers = table.tables(4).map((buffer) => dataOf(buffer, bytes));
  const codes = table.tables(1).map(codeOf);
  const subgraphs = table.tables(2).map((subgraph) => subgraphOf(subgraph, codes, buffers));
  if (subgraphs.length === 0) throw new Malformed('has no subgraph');
  const signatures = table.tables(7).map((signature) => signatureOf(signature, subgraphs));
  return { version, description: table.string(3), subgraphs, signatures };
}

/** Bytes of a buffer: in the table or, in large files, behind it at an offset from the start of the file. */
function dataOf(buffer: Table, bytes: Uint8Array): Uint8Array | undefined {
  const [offset, size] = [buffer.uint64(1), buffer.uint64(2)];
  if (offset > 1) {
    if (offset + size > bytes.byteLength)
      throw new Malformed(`has a buffer of bytes ${offset} to ${offset + size}, but only ${bytes.byteLength} bytes`);
    return bytes.subarray(offset, offset + size);
  }
  const data = buffer.bytes(0);
  return data && data.byteLength > 0 ? data : undefined;
}

interface Code {
  readonly name: string;
  readonly isCustom: boolean;
  readonly version: number;
}

function codeOf(table: Table): Code {
  // Numbers up to 127 stand in the older, one-byte field, where 127 says that the number is larger.
  const number = Math.max(table.int8(0), table.int32(3));
  const name = builtinOperators[number] ?? `operator ${number}`;
  const isCustom = name === 'CUSTOM';
  return { name: isCustom ? table.string(1) : name, isCustom, version: table.int32(2, 1) };
}

function subgraphOf(
  table: Table,
  codes: readonly Code[],
  buffers: readonly (Uint8Array | undefined)[],
): TfliteSubgraph {
  const tensors = table.tables(0).map((tensor, n) => tensorOf(tensor, n, buffers));
  const isTensor = (index: number): boolean => index >= 0 && index < tensors.length;
  const indices = (list: readonly number[], optional: boolean): readonly number[] => {
    const wrong = list.find((index) => !isTensor(index) && !(optional && index === -1));
    if (wrong !== undefined) throw new Malformed(`names tensor ${wrong}, but has ${tensors.length}`);
    return list;
  };
  const operators = table.tables(3).map((operator): TfliteOperator => {
    const code = codes[operator.uint32(0)];
    if (!code) throw new Malformed(`names operator code ${operator.uint32(0)}, but has ${codes.length}`);
    return {
      ...code,
      inputs: indices(operator.int32s(1), true),
      outputs: indices(operator.int32s(2), false),
      options: optionsOf(code.name, operator.table(4)),
      customOptions: operator.bytes(5),
    };
  });
  return {
    name: table.string(4),
    tensors,
    inputs: indices(table.int32s(1), false),
    outputs: indices(table.int32s(2), false),
    operators,
  };
}

function optionsOf(operator: string, table: Table | undefined): TfliteOptions {
  const fields = Object.hasOwn(optionFields, operator) ? optionFields[operator]! : {};
  return Object.fromEntries(
    Object.entries(fields).map(([name, [field, kind, fallback = 0]]) => {
      if (kind === 'int32s') return [name, table?.int32s(field) ?? []];
      if (kind === 'flag') return [name, table?.flag(field) ?? false];
      return [name, table ? table[kind](field, fallback) : fallback];
    }),
  );
}

function tensorOf(table: Table, index: number, buffers: readonly (Uint8Array | undefined)[]): TfliteTensor {
  const name = table.string(3);
  const which = `tensor ${index} (${JSON.stringify(name)})`;
  const element = elementTypes[table.int8(1)];
  if (!element) throw new Malformed(`has ${which} of type ${table.int8(1)}, which is not known`);
  const shape = table.int32s(0);
  const count = countOf(shape);
  if (count === undefined) throw new Malformed(`has ${which} of ${showShape(shape)}, which are no sizes`);
  const buffer = table.uint32(2);
  if (buffer >= buffers.length) throw new Malformed(`has ${which} in buffer ${buffer}, but has ${buffers.length}`);
  const data = buffers[buffer];
  const sparsity = sparsityOf(table.table(6));
  if (data && !sparsity) checkLength(which, shape, count, element, data);
  return {
    name,
    shape,
    signature: table.int32s(7),
    element,
    data,
    quantization: quantizationOf(table.table(4)),
    sparsity,
    isVariable: table.flag(5),
  };
}

/** Elements that are no numbers, and those of half a byte, are the importer's to refuse. */
function checkLength(which: string, shape: readonly number[], count: number, element: string, data: Uint8Array): void {
  const sizes: ReadonlySet<string> = new Set(['string', 'complex64', 'complex128', 'resource', 'variant', 'int4']);
  if (sizes.has(element)) return;
  const wanted = count * bytesPerElement(element as ElementType);
  if (data.byteLength === wanted) return;
  throw new Malformed(
    `has ${which} of ${showShape(shape)} ${element}, ${wanted} bytes, but its buffer holds ${data.byteLength}`,
  );
}

function quantizationOf(table: Table | undefined): TfliteQuantization | undefined {
  const scales = table?.float32s(2) ?? [];
  if (!table || scales.length === 0) return undefined;
  const zeroPoints = table.int64s(3);
  if (zeroPoints.length > 0 && zeroPoints.length !== scales.length)
    throw new Malformed(`has ${scales.length} scales, but ${zeroPoints.length} zero points`);
  return { scales, zeroPoints: zeroPoints.length > 0 ? zeroPoints : scales.map(() => 0), axis: table.int32(6) };
}

function sparsityOf(table: Table | undefined): Sparsity | undefined {
  if (!table) return undefined;
  const axes = table.tables(2).map((axis): SparseAxis => {
    if (axis.int8(0) === 0) return { kind: 'dense', size: axis.int32(1) };
    return { kind: 'sparse', segments: indexVector(axis, 2), indices: indexVector(axis, 4) };
  });
  return { traversalOrder: table.int32s(0), blockMap: table.int32s(1), axes };
}

/** Indices of 32, 16 or 8 bits, whichever the file chose. */
function indexVector(axis: Table, field: number): readonly number[] {
  const vector = axis.table(field + 1);
  if (!vector) return [];
  const kind = axis.uint8(field);
  if (kind === 1) return vector.int32s(0);
  if (kind === 2) return vector.uint16s(0);
  if (kind === 3) return [...(vector.bytes(0) ?? [])];
  throw new Malformed(`has sparse indices of kind ${kind}, which is not known`);
}

function signatureOf(table: Table, subgraphs: readonly TfliteSubgraph[]): TfliteSignature {
  const subgraph = table.uint32(4);
  if (subgraph >= subgraphs.length)
    throw new Malformed(`has a signature of subgraph ${subgraph}, but has ${subgraphs.length}`);
  const names = (field: number): ReadonlyMap<number, string> =>
    new Map(table.tables(field).map((entry) => [entry.uint32(1), entry.string(0)]));
  return { key: table.string(2), subgraph, inputs: names(0), outputs: names(1) };
}
