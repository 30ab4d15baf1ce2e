// PyTorch checkpoints (.pt, .pth): a zip of a pickle, which says what each tensor is, and of the storages that their
// numbers lie in. A tensor may be any strided view of a storage, and several may share one.
import { error, failure, type Problem, type Result, success } from '../../../dsl/problem.ts';
import { bytesPerElement, countOf, type ElementType, readFloats } from '../elements.ts';
import type { TensorData } from '../safetensors.ts';
import { readZip, type ZipArchive } from '../zip.ts';
import { Made, type Pickled, PickledDict, PickledList, PickleFault, unpickle } from './pickle.ts';

/** Storages by the names that PyTorch gives their types. */
const storageTypes: ReadonlyMap<string, ElementType> = new Map([
  ['torch.FloatStorage', 'float32'],
  ['torch.HalfStorage', 'float16'],
  ['torch.BFloat16Storage', 'bfloat16'],
  ['torch.DoubleStorage', 'float64'],
  ['torch.LongStorage', 'int64'],
  ['torch.IntStorage', 'int32'],
  ['torch.ShortStorage', 'int16'],
  ['torch.CharStorage', 'int8'],
  ['torch.ByteStorage', 'uint8'],
  ['torch.BoolStorage', 'bool'],
]);

/** Strides of 0 repeat numbers: a small file could ask for any amount of memory. */
const largestExpansion = 2 ** 22;

interface Storage {
  readonly type: ElementType;
  readonly key: string;
}

interface StridedTensor {
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/**
 * The tensors of a checkpoint by their names, in the pickle's order. A state within a larger dictionary (`state_dict`,
 * `model`) is found, and prefixes that wrappers add (`module.`, `_orig_mod.`) are taken away.
 * Problems: `zip/…`, `weights/checkpoint`, `weights/pickle`, `weights/storage`.
 */
export function readCheckpoint(bytes: Uint8Array, file: string): Result<Map<string, TensorData>> {
  const zip = readZip(bytes, file);
  if (!zip.ok) return zip;
  const place = zip.value.names.find((name) => /^[^/]*\/data\.pkl$/.test(name));
  if (!place) return failure([error('weights/checkpoint', `${file} has no data.pkl: it is no PyTorch checkpoint`)]);
  const pickle = zip.value.read(place);
  if (!pickle.ok) return pickle;
  const state = stateOf(pickle.value, file);
  if (!state.ok) return state;
  const storages = new Storages(zip.value, place.slice(0, -'data.pkl'.length), file);
  const tensors = new Map<string, TensorData>();
  const problems: Problem[] = [];
  for (const [name, tensor] of state.value) {
    const data = storages.read(name, tensor);
    if (data.ok) tensors.set(name, data.value);
    else problems.push(...data.problems);
  }
  return problems.length > 0 ? failure(problems) : success(tensors);
}

function stateOf(pickle: Uint8Array, file: string): Result<Map<string, StridedTensor>> {
  try {
    const tensors = tensorsIn(unpickle(pickle, world), 0);
    if (tensors.size > 0) return success(tensors);
    return failure([error('weights/checkpoint', `${file} holds no tensors with names`)]);
  } catch (fault) {
    if (!(fault instanceof PickleFault)) throw fault;
    return failure([
      error('weights/pickle', `the pickle in ${file} ${fault.message}`, undefined, {
        notes: ['save the state alone: torch.save(model.state_dict(), "net.pth"), or as safetensors'],
      }),
    ]);
  }
}

/** Tensors of a dictionary, or of the first of its dictionaries that is known to hold a state. */
function tensorsIn(value: Pickled, depth: number): Map<string, StridedTensor> {
  const tensors = new Map<string, StridedTensor>();
  if (!(value instanceof PickledDict) || depth > 4) return tensors;
  for (const [key, item] of value.entries) {
    if (item instanceof Made && isTensor(item.what)) tensors.set(withoutWrappers(String(key)), item.what);
  }
  if (tensors.size > 0) return tensors;
  for (const key of ['state_dict', 'model_state_dict', 'model', 'net', 'params_ema', 'params', 'weights']) {
    const found = tensorsIn(value.entries.get(key) ?? null, depth + 1);
    if (found.size > 0) return found;
  }
  return tensors;
}

const withoutWrappers = (name: string): string => name.replace(/^(?:(?:module|_orig_mod)\.)+/, '');

const isTensor = (what: unknown): what is StridedTensor =>
  typeof what === 'object' && what !== null && 'strides' in what;
const isStorage = (what: unknown): what is Storage => typeof what === 'object' && what !== null && 'key' in what;

const world = {
  globals: new Map<string, ((given: readonly Pickled[]) => Pickled) | undefined>([
    ['collections.OrderedDict', dictionary],
    ['torch._utils._rebuild_tensor_v2', rebuiltTensor],
    ['torch._utils._rebuild_parameter', ([tensor]) => tensor ?? null],
    ['torch.Size', ([sizes]) => sizes ?? null],
    ...[...storageTypes.keys()].map((name) => [name, undefined] as const),
  ]),
  /** `('storage', torch.FloatStorage, '0', 'cpu', 123)` */
  persistent(id: Pickled): Pickled {
    const [kind, type, key] = id instanceof PickledList ? id.items : [];
    const element = typeof type === 'string' ? storageTypes.get(type) : undefined;
    if (kind !== 'storage' || !element || typeof key !== 'string')
      throw new PickleFault('refers to something outside that is no storage of numbers');
    return new Made({ type: element, key } satisfies Storage);
  },
};

/** `OrderedDict()` or `OrderedDict([[key, value], …])`. */
function dictionary([pairs]: readonly Pickled[]): Pickled {
  const dict = new PickledDict();
  for (const pair of pairs instanceof PickledList ? pairs.items : []) {
    const [key, value] = pair instanceof PickledList ? pair.items : [];
    if (typeof key === 'string' && value !== undefined) dict.entries.set(key, value);
  }
  return dict;
}

/** `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)` */
function rebuiltTensor([made, offset, shape, strides]: readonly Pickled[]): Pickled {
  const storage = made instanceof Made ? made.what : undefined;
  const [sizes, steps] = [shape, strides].map((list) => (list instanceof PickledList ? list.items : undefined));
  if (!isStorage(storage) || !isCount(offset) || !sizes?.every(isCount) || !steps?.every(isCount))
    throw new PickleFault('describes a tensor in a way that is not known');
  if (sizes.length !== steps.length) throw new PickleFault('describes a tensor with more sizes than strides');
  return new Made({ storage, offset, shape: sizes, strides: steps } satisfies StridedTensor);
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

class Storages {
  readonly #zip: ZipArchive;
  readonly #folder: string;
  readonly #file: string;
  readonly #numbers = new Map<string, Result<Float32Array>>();

  constructor(zip: ZipArchive, folder: string, file: string) {
    this.#zip = zip;
    this.#folder = folder;
    this.#file = file;
  }

  /** The numbers that a tensor sees, row-major. */
  read(name: string, { storage, offset, shape, strides }: StridedTensor): Result<TensorData> {
    const numbers = this.#numbersOf(storage);
    if (!numbers.ok) return numbers;
    const count = countOf(shape);
    const last = shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis]!, offset);
    const fault = (message: string) =>
      failure([error('weights/storage', `tensor ${JSON.stringify(name)} of ${this.#file} ${message}`)]);
    if (count === undefined || (count > 0 && last >= numbers.value.length)) return fault('reaches beyond its storage');
    if (count > Math.max(numbers.value.length, largestExpansion))
      return fault(`repeats ${numbers.value.length} numbers to ${count}`);
    return success({ shape, data: strided(numbers.value, offset, shape, strides, count) });
  }

  #numbersOf({ type, key }: Storage): Result<Float32Array> {
    const known = this.#numbers.get(key);
    if (known) return known;
    const bytes = this.#zip.read(`${this.#folder}data/${key}`);
    const numbers = bytes.ok ? this.#decoded(type, key, bytes.value) : bytes;
    this.#numbers.set(key, numbers);
    return numbers;
  }

  #decoded(type: ElementType, key: string, bytes: Uint8Array): Result<Float32Array> {
    if (bytes.byteLength % bytesPerElement(type) === 0) return success(readFloats(type, bytes, this.#byteOrder()));
    return failure([
      error('weights/storage', `storage ${JSON.stringify(key)} of ${this.#file} is no whole number of ${type}`),
    ]);
  }

  #byteOrder(): 'little' | 'big' {
    const order = this.#zip.read(`${this.#folder}byteorder`);
    return order.ok && new TextDecoder().decode(order.value).trim() === 'big' ? 'big' : 'little';
  }
}

function strided(
  numbers: Float32Array,
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
  count: number,
): Float32Array {
  if (isDense(shape, strides)) return numbers.subarray(offset, offset + count);
  const values = new Float32Array(count);
  const index = shape.map(() => 0);
  let at = offset;
  for (let n = 0; n < count; n++) {
    values[n] = numbers[at]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      at -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return values;
}

function isDense(shape: readonly number[], strides: readonly number[]): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== step) return false;
    step *= shape[axis]!;
  }
  return true;
}
