// The safetensors format: 8 bytes of header length (little endian), a JSON header, then the tensors' bytes back to back.
//
//     { "conv.kernel": { "dtype": "F32", "shape": [3, 3, 1, 8], "data_offsets": [0, 288] } }
//
// The offsets count from the end of the header. Format: https://huggingface.co/docs/safetensors
import { error, failure, type Problem, type Result, success } from '../../dsl/problem.ts';
import { showShape } from '../tensor.ts';
import { bytesPerElement, countOf, type ElementType, floatBytes, readFloats } from './elements.ts';
import { fieldsOf, parseJson } from './json.ts';
import { repeatedKey } from './json-keys.ts';

/** A tensor with its numbers, row-major. */
export interface TensorData {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A tensor of a file. `data` is converted at its first use; aligned F32 is a view of the file's bytes. */
export interface StoredTensor extends TensorData {
  readonly dtype: string;
}

export type StoredTensors = Map<string, StoredTensor>;

const elementTypes = new Map<string, ElementType>([
  ['BOOL', 'bool'],
  ['U8', 'uint8'],
  ['I8', 'int8'],
  ['U16', 'uint16'],
  ['I16', 'int16'],
  ['U32', 'uint32'],
  ['I32', 'int32'],
  ['U64', 'uint64'],
  ['I64', 'int64'],
  ['F16', 'float16'],
  ['BF16', 'bfloat16'],
  ['F32', 'float32'],
  ['F64', 'float64'],
]);

/** The limit of the format's reference implementation. */
const longestHeader = 100_000_000;

interface Entry {
  readonly name: string;
  readonly dtype: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/**
 * Reads all tensors, in the order of the header. Problems: `weights/truncated`, `weights/header`, `weights/json`,
 * `weights/duplicate-name`, `weights/entry`, `weights/dtype`, `weights/too-large`, `weights/size`, `weights/offsets`.
 */
export function read(bytes: Uint8Array, file: string): Result<StoredTensors> {
  const header = readHeader(bytes, file);
  if (!header.ok) return header;
  const { entries: fields, start } = header.value;
  const problems: Problem[] = [];
  const entries: Entry[] = [];
  for (const [name, field] of fields) {
    if (name === '__metadata__') continue;
    const entry = readEntry(name, field, file);
    if (entry.ok) entries.push(entry.value);
    else problems.push(...entry.problems);
  }
  if (problems.length === 0) problems.push(...checkLayout(entries, bytes.byteLength - start, file));
  if (problems.length > 0) return failure(problems);
  return success(new Map(entries.map((entry) => [entry.name, stored(entry, bytes, start)])));
}

function readHeader(bytes: Uint8Array, file: string): Result<{ entries: ReadonlyMap<string, unknown>; start: number }> {
  const fail = (code: string, message: string) => failure([error(`weights/${code}`, `${file} ${message}`)]);
  if (bytes.byteLength < 8) return fail('truncated', `has ${bytes.byteLength} bytes, too few for a safetensors header`);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > longestHeader) return fail('header', `says its header has ${length} bytes, more than ${longestHeader}`);
  if (8 + length > bytes.byteLength) {
    return fail('truncated', `says its header has ${length} bytes, but only ${bytes.byteLength - 8} follow`);
  }
  const written = bytes.subarray(8, 8 + length);
  const json = parseJson(written);
  if (!json.ok) return fail('json', `has a header that ${json.reason}`);
  const entries = fieldsOf(json.value);
  if (!entries) return fail('json', 'has a header that is no JSON object');
  const repeated = repeatedKey(new TextDecoder().decode(written));
  if (repeated !== undefined) return fail('duplicate-name', `names ${JSON.stringify(repeated)} twice in its header`);
  return success({ entries, start: 8 + length });
}

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);

function readEntry(name: string, field: unknown, file: string): Result<Entry> {
  const fail = (code: string, message: string) =>
    failure([error(`weights/${code}`, `tensor ${JSON.stringify(name)} of ${file} ${message}`)]);
  const fields = fieldsOf(field);
  if (!fields) return fail('entry', 'is described by something other than an object');
  const [dtype, shape, offsets] = ['dtype', 'shape', 'data_offsets'].map((key) => fields.get(key));
  if (typeof dtype !== 'string') return fail('entry', 'has no dtype');
  if (!isSizes(shape)) return fail('entry', 'has no shape that is a list of sizes');
  if (!isSizes(offsets) || offsets.length !== 2) return fail('entry', 'has no data_offsets that are a pair of offsets');
  const type = elementTypes.get(dtype);
  if (type === undefined) {
    return fail('dtype', `has dtype ${JSON.stringify(dtype)}; known are ${[...elementTypes.keys()].join(', ')}`);
  }
  const [begin, end] = offsets as [number, number];
  if (end < begin) return fail('offsets', `ends at ${end}, before it begins at ${begin}`);
  const count = countOf(shape);
  if (count === undefined || !Number.isSafeInteger(count * bytesPerElement(type))) {
    return fail('too-large', `has shape ${showShape(shape)}, more elements than can be counted`);
  }
  const wanted = count * bytesPerElement(type);
  if (wanted !== end - begin) {
    return fail(
      'size',
      `has shape ${showShape(shape)} of ${dtype}, ${wanted} bytes, but its offsets span ${end - begin}`,
    );
  }
  return success({ name, dtype, type, shape, begin, end });
}

/** The tensors must cover the bytes after the header exactly, without holes and overlaps. */
function checkLayout(entries: readonly Entry[], available: number, file: string): Problem[] {
  const problems: Problem[] = [];
  const report = (entry: Entry, message: string) =>
    problems.push(error('weights/offsets', `tensor ${JSON.stringify(entry.name)} of ${file} ${message}`));
  let covered = 0;
  for (const entry of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (entry.end > available) report(entry, `ends at byte ${entry.end}, but the data has ${available} bytes`);
    else if (entry.begin < covered) report(entry, `begins at byte ${entry.begin}, inside the tensor before it`);
    else if (entry.begin > covered) {
      report(entry, `begins at byte ${entry.begin}, after a hole of ${entry.begin - covered} bytes`);
    }
    covered = Math.max(covered, entry.end);
  }
  if (problems.length === 0 && covered < available) {
    problems.push(error('weights/offsets', `${file} has ${available - covered} bytes after its last tensor`));
  }
  return problems;
}

function stored(entry: Entry, bytes: Uint8Array, start: number): StoredTensor {
  const { dtype, type, shape } = entry;
  let converted: Float32Array | undefined;
  return {
    dtype,
    shape,
    get data() {
      converted ??= readFloats(type, bytes.subarray(start + entry.begin, start + entry.end));
      return converted;
    },
  };
}

/** Writes float32 tensors sorted by name: the same tensors give the same bytes, whatever their order in the map. */
export function write(tensors: ReadonlyMap<string, TensorData>): Uint8Array {
  const sorted = [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));
  let offset = 0;
  const fields = sorted.map(([name, { shape, data }]) => {
    if (countOf(shape) !== data.length) throw new Error(`${name}: ${data.length} numbers for ${showShape(shape)}`);
    const begin = offset;
    offset += data.byteLength;
    return `${JSON.stringify(name)}:${JSON.stringify({ dtype: 'F32', shape, data_offsets: [begin, offset] })}`;
  });
  const header = new TextEncoder().encode(`{${fields.join(',')}}`);
  // Spaces after the header bring the data to a multiple of 8, so that readers can take views.
  const start = 8 + Math.ceil(header.byteLength / 8) * 8;
  const bytes = new Uint8Array(start + offset);
  bytes.fill(0x20, 8, start);
  bytes.set(header, 8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  let position = start;
  for (const [, { data }] of sorted) {
    bytes.set(floatBytes(data), position);
    position += data.byteLength;
  }
  return bytes;
}
