// The weights of a TensorFlow.js model: a manifest of groups, each a list of tensors back to back in the bytes of its
// shards. Quantised tensors stand for q·scale + min; they are kept as they came.
import { error, failure, type Problem, type Result, success } from '../../../dsl/problem.ts';
import { bytesPerElement, countOf, type ElementType, readFloats } from '../../files/elements.ts';
import { fieldsOf, showJson } from '../../files/json.ts';
import { isInside, type SiblingFiles } from '../../files/sibling.ts';

export interface TfjsTensor {
  readonly shape: readonly number[];
  /** What the network computes with. */
  readonly dtype: 'float32' | 'int32' | 'bool';
  /** How the numbers are stored. */
  readonly stored: ElementType;
  readonly bytes: Uint8Array;
  /** Of stored integers that stand for q·scale + min. */
  readonly quantization: { readonly scale: number; readonly min: number } | undefined;
}

/** A tensor's numbers; whole numbers are rounded as the runtime does. */
export function numbersOf({ dtype, stored, bytes, quantization }: TfjsTensor): Float32Array {
  const numbers = readFloats(stored, bytes);
  if (!quantization) return numbers;
  const { scale, min } = quantization;
  return numbers.map((q) => (dtype === 'float32' ? q * scale + min : Math.round(q * scale + min)));
}

/**
 * Reads every tensor of the manifest. Problems: `tfjs/manifest` for what is no manifest, `tfjs/path` for shards outside
 * the model's folder, `tfjs/shard` for those that are not there, `tfjs/size` for too few or too many bytes, `tfjs/dtype`.
 */
export function readWeights(
  manifest: unknown,
  file: string,
  files: SiblingFiles,
): Result<ReadonlyMap<string, TfjsTensor>> {
  if (!Array.isArray(manifest)) return failure([error('tfjs/manifest', `${file} has no weightsManifest`)]);
  const tensors = new Map<string, TfjsTensor>();
  const problems: Problem[] = [];
  for (const group of manifest) {
    const read = readGroup(group, file, files);
    problems.push(...read.problems);
    if (!read.ok) continue;
    for (const [name, tensor] of read.value) {
      if (tensors.has(name)) problems.push(error('tfjs/manifest', `${file} has two weights ${JSON.stringify(name)}`));
      tensors.set(name, tensor);
    }
  }
  return problems.length > 0 ? failure(problems) : success(tensors);
}

function readGroup(
  group: unknown,
  file: string,
  files: SiblingFiles,
): Result<readonly (readonly [string, TfjsTensor])[]> {
  const fields = fieldsOf(group);
  const [paths, weights] = [fields?.get('paths'), fields?.get('weights')];
  if (!isTexts(paths) || !Array.isArray(weights))
    return failure([error('tfjs/manifest', `${file} has a group of weights without paths or weights`)]);
  const shards = readShards(paths, file, files);
  if (!shards.ok) return shards;
  const bytes = shards.value;
  const tensors: (readonly [string, TfjsTensor])[] = [];
  let at = 0;
  for (const entry of weights) {
    const described = readEntry(entry, file);
    if (!described.ok) return described;
    const { name, size, ...tensor } = described.value;
    if (at + size > bytes.byteLength) return failure([wrongSize(paths, file, 'fewer', bytes.byteLength)]);
    // A copy starts at a multiple of four bytes, as numbers of four bytes must.
    tensors.push([name, { ...tensor, bytes: bytes.slice(at, at + size) }]);
    at += size;
  }
  return at < bytes.byteLength ? failure([wrongSize(paths, file, 'more', bytes.byteLength)]) : success(tensors);
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

const wrongSize = (paths: readonly string[], file: string, than: string, is: number): Problem =>
  error(
    'tfjs/size',
    `${paths.map((path) => JSON.stringify(path)).join(', ')} have ${is} bytes, ${than} than ${file} says`,
  );

function readShards(paths: readonly string[], file: string, files: SiblingFiles): Result<Uint8Array> {
  const problems: Problem[] = [];
  const parts = paths.flatMap((path) => {
    if (!isInside(path)) {
      problems.push(
        error(
          'tfjs/path',
          `${file} keeps weights in ${JSON.stringify(path)}, which is not inside its folder`,
          undefined,
          {
            notes: ['download the weights beside the model and name them in its weightsManifest'],
          },
        ),
      );
      return [];
    }
    const bytes = files(path);
    if (!bytes)
      problems.push(error('tfjs/shard', `${file} keeps weights in ${JSON.stringify(path)}, which is not there`));
    return bytes ?? [];
  });
  if (problems.length > 0) return failure(problems);
  if (parts.length === 1) return success(parts[0]!);
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return success(whole);
}

type Described = Omit<TfjsTensor, 'bytes'> & { readonly name: string; readonly size: number };

function readEntry(entry: unknown, file: string): Result<Described> {
  const fields = fieldsOf(entry);
  const [name, shape, dtype] = ['name', 'shape', 'dtype'].map((field) => fields?.get(field));
  if (typeof name !== 'string' || !Array.isArray(shape))
    return failure([error('tfjs/manifest', `${file} has a weight without a name or a shape`)]);
  const which = `weight ${JSON.stringify(name)} of ${file}`;
  const count = countOf(shape);
  if (count === undefined) return failure([error('tfjs/manifest', `${which} has a shape that is no list of sizes`)]);
  if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool')
    return failure([error('tfjs/dtype', `${which} is of ${showJson(dtype)}; float32, int32 and bool are read`)]);
  const quantization = fieldsOf(fields?.get('quantization'));
  const stored = quantization?.get('dtype') ?? dtype;
  if (!isStored(stored))
    return failure([
      error('tfjs/dtype', `${which} is stored as ${showJson(stored)}; float16, uint8 and uint16 are read`),
    ]);
  const affine = affineOf(quantization, stored);
  if (affine === 'missing') return failure([error('tfjs/manifest', `${which} has no numbers scale and min`)]);
  return success({ name, shape, dtype, stored, quantization: affine, size: count * bytesPerElement(stored) });
}

const storedTypes: ReadonlySet<unknown> = new Set(['float32', 'int32', 'bool', 'float16', 'uint8', 'uint16']);
const isStored = (value: unknown): value is ElementType => storedTypes.has(value);

function affineOf(
  fields: ReadonlyMap<string, unknown> | undefined,
  stored: ElementType,
): TfjsTensor['quantization'] | 'missing' {
  if (!fields || (stored !== 'uint8' && stored !== 'uint16')) return undefined;
  const [scale, min] = [fields.get('scale'), fields.get('min')];
  return typeof scale === 'number' && typeof min === 'number' ? { scale, min } : 'missing';
}
