// net: written by atrous 0.1.0 for ts, from source 1a2b3c4d.

/** What a run reads: dense, row-major, channels last. */
export interface NetInputs {
  /** Shape [2, 2, 4], 16 numbers. */
  readonly image: Float32Array;
}

/** What a run writes: dense, row-major, channels last. */
export interface NetOutputs {
  /** Shape [2, 2, 2], 8 numbers. */
  readonly mask: Float32Array;
}

/**
 * One layer.
 * /* 3×3 *\/
 */
export interface Net {
  /**
   * Computes the outputs. With `outputs` given they are written there and nothing is allocated; without, the results
   * are new arrays, the caller's own. A wrong name, length or type is a TypeError.
   */
  run(inputs: NetInputs, outputs?: NetOutputs): NetOutputs;
}

export interface LoadOptions {
  /** Where the weights are, or the bytes themselves. Without it: the file beside the module, or the ones inlined in it. */
  readonly weights?: URL | string | ArrayBuffer | Uint8Array;
  readonly signal?: AbortSignal;
  /** Called with bytes: how many have come, of how many. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What this module computes, and what it was built from. */
export const info = {
  name: 'net',
  inputs: {
    image: { shape: [2, 2, 4], length: 16 },
  },
  outputs: {
    mask: { shape: [2, 2, 2], length: 8 },
  },
  parameters: 74,
  multiplyAccumulates: 288,
  arenaBytes: 288,
  weightsBytes: 296,
  target: 'ts',
  compiler: 'atrous 0.1.0',
  sourceHash: '1a2b3c4d',
} as const;

/**
 * Makes a model with memory of its own, at once: also in a worker, a worklet, a service worker.
 * Without `weights`, with the ones that this module carries. Throws where they are not exactly those of this model.
 */
export function create(weights?: ArrayBuffer | Uint8Array): Net {
  return instance(weights);
}

/** As `create`, and takes weights from elsewhere too: a URL, a path, bytes. */
export async function load(options: LoadOptions = {}): Promise<Net> {
  checkLoadOptions(options);
  options.signal?.throwIfAborted();
  if (options.weights === undefined) return instance();
  return instance(await fetchWeights(options.weights, 360, options));
}

/** The memory of one instance, and its run. */
interface Engine {
  readonly arena: Float32Array;
  readonly weights: Float32Array;
  compute(): void;
}

function instance(file?: ArrayBuffer | Uint8Array): Net {
  const { arena, weights, compute } = scalarEngine();
  if (file === undefined) decodeBase64(inlined, new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength));
  else readWeights(file, { name: 'net', layout: 0x920714d7 }, weights);
  const mask = arena.subarray(64, 72);
  return {
    run(inputs, outputs = { mask: new Float32Array(8) }) {
      checkTensors('input', inputs, info.inputs);
      checkTensors('output', outputs, info.outputs);
      for (let n0 = 0, w0 = 20, t0 = 0; n0 < 2; n0++, w0 += 16, t0 += 8) {
        for (let n1 = 0, w1 = w0, t1 = t0; n1 < 8; n1++, w1++, t1++) {
          arena[w1] = inputs.image[t1]!;
        }
      }
      compute();
      outputs.mask.set(mask);
      return outputs;
    },
  };
}

/** The memory of one instance, and its run: the layers in order, with the places of what they read and write. */
function scalarEngine(): Engine {
  const arena = new Float32Array(72);
  const weights = new Float32Array(74);
  return {
    arena,
    weights,
    compute() {
      conv_3x3_2x2x4_2(arena, weights, 0, 2, 0, 64); // conv_1, net.convnet:2:3
    },
  };
}

/**
 * conv_1, net.convnet:2:3
 * out[y, x, f] += in[y + i − 1, x + j − 1, c] · kernel[i, j, c, f]
 * f/2 y x/2 i j c/4
 */
function conv_3x3_2x2x4_2(arena: Float32Array, weights: Float32Array, in_: number, kernel: number, bias: number, out: number): void {
  for (let f = 0, bias_f = bias, kernel_f = kernel, out_f = out; f < 1; f++, bias_f += 2, kernel_f += 72, out_f += 2) {
    for (let y = 0, in_y = in_, out_y = out_f; y < 2; y++, in_y += 16, out_y += 4) {
      for (let x = 0, in_x = in_y, out_x = out_y; x < 1; x++, in_x += 8, out_x += 4) {
        let sum00 = weights[bias_f]!;
        let sum01 = weights[bias_f + 1]!;
        let sum10 = weights[bias_f]!;
        let sum11 = weights[bias_f + 1]!;
        for (let i = 0, in_i = in_x, kernel_i = kernel_f; i < 3; i++, in_i += 16, kernel_i += 24) {
          for (let j = 0, in_j = in_i, kernel_j = kernel_i; j < 3; j++, in_j += 4, kernel_j += 8) {
            for (let c = 0, in_c = in_j, kernel_c = kernel_j; c < 1; c++, in_c = (in_c + 4) | 0, kernel_c = (kernel_c + 8) | 0) {
              let in0 = arena[in_c]!;
              let in1 = arena[(in_c + 4) | 0]!;
              let k0 = weights[kernel_c]!;
              sum00 += in0 * k0;
              sum10 += in1 * k0;
              let k1 = weights[(kernel_c + 1) | 0]!;
              sum01 += in0 * k1;
              sum11 += in1 * k1;
              in0 = arena[(in_c + 1) | 0]!;
              in1 = arena[(in_c + 5) | 0]!;
              k0 = weights[(kernel_c + 2) | 0]!;
              sum00 += in0 * k0;
              sum10 += in1 * k0;
              k1 = weights[(kernel_c + 3) | 0]!;
              sum01 += in0 * k1;
              sum11 += in1 * k1;
              in0 = arena[(in_c + 2) | 0]!;
              in1 = arena[(in_c + 6) | 0]!;
              k0 = weights[(kernel_c + 4) | 0]!;
              sum00 += in0 * k0;
              sum10 += in1 * k0;
              k1 = weights[(kernel_c + 5) | 0]!;
              sum01 += in0 * k1;
              sum11 += in1 * k1;
              in0 = arena[(in_c + 3) | 0]!;
              in1 = arena[(in_c + 7) | 0]!;
              k0 = weights[(kernel_c + 6) | 0]!;
              sum00 += in0 * k0;
              sum10 += in1 * k0;
              k1 = weights[(kernel_c + 7) | 0]!;
              sum01 += in0 * k1;
              sum11 += in1 * k1;
            }
          }
        }
        arena[out_x] = sum00;
        arena[out_x + 1] = sum01;
        arena[out_x + 2] = sum10;
        arena[out_x + 3] = sum11;
      }
    }
  }
}

/** Decodes into `bytes`, which has the exact length. */
function decodeBase64(text: string, bytes: Uint8Array): Uint8Array {
  const values = new Uint8Array(128);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  for (let value = 0; value < 64; value++) values[alphabet.charCodeAt(value)] = value;
  for (let from = 0, to = 0; to < bytes.length; from += 4, to += 3) {
    const group =
      (values[text.charCodeAt(from)]! << 18) |
      (values[text.charCodeAt(from + 1)]! << 12) |
      (values[text.charCodeAt(from + 2)]! << 6) |
      values[text.charCodeAt(from + 3)]!;
    bytes[to] = group >> 16;
    bytes[to + 1] = group >> 8;
    bytes[to + 2] = group;
  }
  return bytes;
}

/** All bytes of a source; stops early where there are more than `total`. */
async function fetchWeights(
  source: URL | string | ArrayBuffer | Uint8Array,
  total: number,
  options: LoadOptions,
): Promise<ArrayBuffer | Uint8Array> {
  if (typeof source !== 'string' && !(source instanceof URL)) return source;
  const file = filePath(source);
  // One byte more than there should be, so that a file that is too long is noticed.
  const bytes = new Uint8Array(total + 1);
  const chunks = file === undefined ? await responseChunks(source, options) : fileChunks(file, bytes, options);
  let done = 0;
  for await (const chunk of chunks) {
    const part = chunk.subarray(0, bytes.length - done);
    if (part.buffer !== bytes.buffer) bytes.set(part, done);
    done += part.length;
    options.onProgress?.(Math.min(done, total), total);
    if (done > total) break;
  }
  return bytes.subarray(0, done);
}

/** In Node, `file:` URLs and strings without a scheme are files; everywhere else nothing is. */
function filePath(source: URL | string): URL | string | undefined {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  if (process?.versions?.node === undefined) return undefined;
  if (typeof source === 'string' && !/^[a-z][a-z0-9+.-]+:/i.test(source)) return source;
  const url = new URL(source);
  return url.protocol === 'file:' ? url : undefined;
}

/** Reads straight into `bytes`, some megabytes at a time. */
async function* fileChunks(file: URL | string, bytes: Uint8Array, options: LoadOptions): AsyncIterable<Uint8Array> {
  const fileSystem: string = 'node:fs/promises'; // not a literal in the import: bundlers for the web leave it alone
  const { open } = await import(/* @vite-ignore */ /* webpackIgnore: true */ fileSystem);
  const handle = await open(file);
  try {
    for (let at = 0; at < bytes.length; ) {
      options.signal?.throwIfAborted();
      const { bytesRead } = await handle.read(bytes, at, Math.min(bytes.length - at, 1 << 23));
      if (bytesRead === 0) return;
      yield bytes.subarray(at, at + bytesRead);
      at += bytesRead;
    }
  } finally {
    await handle.close();
  }
}

async function responseChunks(source: URL | string, options: LoadOptions): Promise<AsyncIterable<Uint8Array>> {
  const response = await fetch(source, options.signal ? { signal: options.signal } : {});
  if (!response.ok || !response.body) throw new Error(`weights: ${source} answers ${response.status}`);
  return readAll(response.body.getReader());
}

async function* readAll(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
  } finally {
    await reader.cancel();
  }
}

interface TensorDescription {
  readonly shape: readonly number[];
  readonly length: number;
}

/** @param role `input` or `output`, for the message */
function checkTensors(role: string, given: object, expected: Readonly<Record<string, TensorDescription>>): void {
  if (typeof given !== 'object' || given === null) {
    throw new TypeError(`${role}s: expected an object with ${describeTensors(expected)}, got ${describeValue(given)}`);
  }
  for (const name in given) {
    if (!Object.hasOwn(expected, name)) {
      throw new TypeError(`no ${role} is called ${JSON.stringify(name)}: expected ${describeTensors(expected)}`);
    }
  }
  for (const name in expected) {
    const value = (given as Record<string, unknown>)[name];
    const { length } = expected[name]!;
    if (!isFloat32Array(value) || value.length !== length) {
      const wanted = describeTensors({ [name]: expected[name]! });
      throw new TypeError(`${role} ${JSON.stringify(name)}: expected ${wanted}, got ${describeValue(value)}`);
    }
  }
}

/** Also true for arrays of another realm: a frame, a test environment. */
function isFloat32Array(value: unknown): value is Float32Array {
  return ArrayBuffer.isView(value) && (value as Float32Array)[Symbol.toStringTag] === 'Float32Array';
}

function describeTensors(expected: Readonly<Record<string, TensorDescription>>): string {
  return Object.entries(expected)
    .map(([name, { shape, length }]) => `${name}: a Float32Array of ${length} numbers, shape [${shape.join(', ')}]`)
    .join('; ');
}

function describeValue(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  const { length } = value as { length?: unknown };
  return typeof length === 'number' ? `${kind} of ${length}` : kind;
}

/** A misspelt option, or the weights themselves in the place of the options, would only be ignored. */
function checkLoadOptions(given: unknown): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given) || isSource(given))
    throw new TypeError(`load: expected options { weights, signal, onProgress }, got ${describeValue(given)}`);
  for (const name in given) {
    if (name !== 'weights' && name !== 'signal' && name !== 'onProgress')
      throw new TypeError(`load: no option is called ${JSON.stringify(name)}: expected weights, signal, onProgress`);
  }
  const { weights, signal, onProgress } = given as Readonly<Record<string, unknown>>;
  if (weights !== undefined && typeof weights !== 'string' && !isSource(weights))
    throw new TypeError(
      `load: weights are a URL, a path, an ArrayBuffer or a Uint8Array, got ${describeValue(weights)}`,
    );
  if (signal !== undefined && typeof (signal as Partial<AbortSignal> | null)?.throwIfAborted !== 'function')
    throw new TypeError(`load: signal is an AbortSignal, got ${describeValue(signal)}`);
  if (onProgress !== undefined && typeof onProgress !== 'function')
    throw new TypeError(`load: onProgress is a function, got ${describeValue(onProgress)}`);
}

/** A URL or bytes, also of another realm. */
function isSource(value: unknown): boolean {
  return ArrayBuffer.isView(value) || /^\[object (URL|ArrayBuffer)\]$/.test(Object.prototype.toString.call(value));
}

/** Whose weights a module takes. */
interface WeightsIdentity {
  readonly name: string;
  /** Hash of names, shapes and places of all weights. */
  readonly layout: number;
}

/** Checks a weights file and copies its numbers into `weights`; a file that is not exactly right is refused. */
function readWeights(file: ArrayBuffer | Uint8Array, expected: WeightsIdentity, weights: Float32Array): void {
  const bytes = bytesOf(file);
  const size = 64 + weights.byteLength;
  const refuse = (reason: string): never => {
    throw new Error(`weights of ${expected.name} refused: ${reason}`);
  };
  const magic = [0x89, 0x41, 0x54, 0x52, 0x4f, 0x55, 0x53, 0x0a]; // \x89ATROUS\n
  if (bytes.length === 0) refuse('the file is empty, or its buffer was transferred');
  if (magic.some((byte, at) => at < bytes.length && bytes[at] !== byte)) refuse('this is not a weights file of atrous');
  if (bytes.length < 64) refuse(`the file is cut short, ${bytes.length} bytes of ${size}`);
  const header = new DataView(bytes.buffer, bytes.byteOffset, 64);
  const version = header.getUint32(8, true);
  if (version !== 1 || header.getUint32(12, true) !== 64) refuse(`format version ${version}, this module reads 1`);
  if (header.getUint32(16, true) !== expected.layout) {
    const owner = String.fromCharCode(...bytes.subarray(28, 64)).replace(/\0+$/, '');
    refuse(`they belong to another model, or to another build of it (${JSON.stringify(owner)})`);
  }
  if (header.getUint32(20, true) !== weights.length)
    refuse(`${header.getUint32(20, true)} numbers, expected ${weights.length}`);
  if (bytes.length < size) refuse(`the file is cut short, ${bytes.length} bytes of ${size}`);
  if (bytes.length > size) refuse(`the file is too long, ${bytes.length} bytes where ${size} are expected`);
  new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength).set(bytes.subarray(64));
  if (checksum(weights) !== header.getUint32(24, true)) refuse('the checksum does not fit, the file is corrupt');
}

function bytesOf(file: ArrayBuffer | Uint8Array): Uint8Array {
  if (ArrayBuffer.isView(file)) return new Uint8Array(file.buffer, file.byteOffset, file.byteLength);
  if (Object.prototype.toString.call(file) === '[object ArrayBuffer]')
    return file.byteLength === 0 ? new Uint8Array() : new Uint8Array(file); // a detached one is as an empty one
  throw new TypeError(`weights: expected an ArrayBuffer or a Uint8Array, got ${file === null ? 'null' : typeof file}`);
}

/** MurmurHash3 (x86, 32 bits, seed 0) of the numbers' bytes. */
function checksum(numbers: Float32Array): number {
  const words = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);
  let hash = 0;
  for (let at = 0; at < words.length; at++) {
    let word = Math.imul(words[at]!, 0xcc9e2d51);
    word = Math.imul((word << 15) | (word >>> 17), 0x1b873593);
    hash ^= word;
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash ^= numbers.byteLength;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The weights, little-endian float32 in base64. */
const inlined = 'AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8=';
