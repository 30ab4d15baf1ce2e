// @ts-self-types="./net.d.ts"
// @generated
/* eslint-disable */
// biome-ignore-all assist: generated code
// biome-ignore-all format: generated code
// biome-ignore-all lint: generated code
// net: written by atrous 0.1.0 for ts, from source 1a2b3c4d.

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
};

/**
 * Makes a model with memory of its own, at once: also in a worker, a worklet, a service worker.
 * Without `weights`, with the ones that this module carries. Throws where they are not exactly those of this model.
 */
export function create(weights) {
  const engine = scalarEngine();
  return instance(engine, weights === undefined ? undefined : takeWeights(weights, engine));
}

/** As `create`, and takes weights from elsewhere too: a URL, a path, bytes. */
export async function load(options = {}) {
  checkLoadOptions(options);
  options.signal?.throwIfAborted();
  if (options.weights === undefined) return create();
  const source = await openWeights(options.weights, options);
  const engine = scalarEngine();
  return instance(engine, await receiveWeights(source, engine, options));
}

function instance({ arena, file, compute }, arrival) {
  if (arrival === undefined) decodeBase64(inlined, file.subarray(64));
  else checkWeights(file, arrival, { name: 'net', layout: 0x6c45c897 });
  const mask = arena.subarray(64, 72);
  return {
    run(inputs, outputs = { mask: new Float32Array(8) }) {
      checkTensors('input', inputs, info.inputs);
      checkTensors('output', outputs, info.outputs);
      for (let n0 = 0, w0 = 20, t0 = 0; n0 < 2; n0++, w0 += 16, t0 += 8) {
        for (let n1 = 0, w1 = w0, t1 = t0; n1 < 8; n1++, w1++, t1++) {
          arena[w1] = inputs.image[t1];
        }
      }
      compute();
      outputs.mask.set(mask);
      return outputs;
    },
  };
}

/** The memory of one instance, and its run: the layers in order, with the places of what they read and write. */
function scalarEngine() {
  const arena = new Float32Array(72);
  const weights = new Float32Array(new ArrayBuffer(360), 64);
  return {
    arena,
    file: new Uint8Array(weights.buffer, 0, 360),
    stripes: plainStripes(new Uint32Array(weights.buffer, 64)),
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
function conv_3x3_2x2x4_2(arena, weights, in_, kernel, bias, out) {
  for (let f = 0, bias_f = bias, kernel_f = kernel, out_f = out; f < 1; f++, bias_f += 2, kernel_f += 72, out_f += 2) {
    for (let y = 0, in_y = in_, out_y = out_f; y < 2; y++, in_y += 16, out_y += 4) {
      for (let x = 0, in_x = in_y, out_x = out_y; x < 1; x++, in_x += 8, out_x += 4) {
        let sum00 = weights[bias_f];
        let sum01 = weights[bias_f + 1];
        let sum10 = weights[bias_f];
        let sum11 = weights[bias_f + 1];
        for (let i = 0, in_i = in_x, kernel_i = kernel_f; i < 3; i++, in_i += 16, kernel_i += 24) {
          for (let j = 0, in_j = in_i, kernel_j = kernel_i; j < 3; j++, in_j += 4, kernel_j += 8) {
            for (let c = 0, in_c = in_j, kernel_c = kernel_j; c < 1; c++, in_c = (in_c + 4) | 0, kernel_c = (kernel_c + 8) | 0) {
              let in0 = arena[in_c];
              let in1 = arena[(in_c + 4) | 0];
              let k0 = weights[kernel_c];
              sum00 += in0 * k0;
              sum10 += in1 * k0;
              let k1 = weights[(kernel_c + 1) | 0];
              sum01 += in0 * k1;
              sum11 += in1 * k1;
              in0 = arena[(in_c + 1) | 0];
              in1 = arena[(in_c + 5) | 0];
              k0 = weights[(kernel_c + 2) | 0];
              sum00 += in0 * k0;
              sum10 += in1 * k0;
              k1 = weights[(kernel_c + 3) | 0];
              sum01 += in0 * k1;
              sum11 += in1 * k1;
              in0 = arena[(in_c + 2) | 0];
              in1 = arena[(in_c + 6) | 0];
              k0 = weights[(kernel_c + 4) | 0];
              sum00 += in0 * k0;
              sum10 += in1 * k0;
              k1 = weights[(kernel_c + 5) | 0];
              sum01 += in0 * k1;
              sum11 += in1 * k1;
              in0 = arena[(in_c + 3) | 0];
              in1 = arena[(in_c + 7) | 0];
              k0 = weights[(kernel_c + 6) | 0];
              sum00 += in0 * k0;
              sum10 += in1 * k0;
              k1 = weights[(kernel_c + 7) | 0];
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
function decodeBase64(text, bytes) {
  const { Buffer, Uint8Array: native } = globalThis;
  if (native.fromBase64)
    bytes.set(native.fromBase64(text));
  else if (Buffer)
    bytes.set(Buffer.from(text, 'base64'));
  else
    decodeDigits(text, bytes);
  return bytes;
}

function decodeDigits(text, bytes) {
  const values = new Uint8Array(128);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  for (let value = 0; value < 64; value++)
    values[alphabet.charCodeAt(value)] = value;
  for (let from = 0, to = 0; to < bytes.length; from += 4, to += 3) {
    const group = (values[text.charCodeAt(from)] << 18) |
      (values[text.charCodeAt(from + 1)] << 12) |
      (values[text.charCodeAt(from + 2)] << 6) |
      values[text.charCodeAt(from + 3)];
    bytes[to] = group >> 16;
    bytes[to + 1] = group >> 8;
    bytes[to + 2] = group;
  }
}

function checksumOf(words, { sums, add }) {
  sums.set([0x24234428, 0x85ebca77, 0, 0x61c8864f]);
  let at = 0;
  let end = 0;
  return {
    advance(to) {
      end = to;
      add(at, end & ~3);
      at = end & ~3;
    },
    result() {
      const [a, b, c, d] = sums;
      let hash = end < 4 ? 0x165667b1 : rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18);
      hash = (hash + 4 * end) | 0;
      for (let rest = at; rest < end; rest++) {
        hash = Math.imul(rotate((hash + Math.imul(words[rest], 0xc2b2ae3d)) | 0, 17), 0x27d4eb2f);
      }
      hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca77);
      hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae3d);
      return (hash ^ (hash >>> 16)) >>> 0;
    },
  };
}

/** Written out for each of the four sums, because a first load runs it before an engine has optimised it. */
function plainStripes(words) {
  const sums = new Int32Array(4);
  const { imul } = Math;
  return {
    sums,
    add(from, to) {
      let [a, b, c, d] = sums;
      for (let at = from; at < to; at += 4) {
        a = (a + imul(words[at], 0x85ebca77)) | 0;
        a = imul((a << 13) | (a >>> 19), 0x9e3779b1);
        b = (b + imul(words[at + 1], 0x85ebca77)) | 0;
        b = imul((b << 13) | (b >>> 19), 0x9e3779b1);
        c = (c + imul(words[at + 2], 0x85ebca77)) | 0;
        c = imul((c << 13) | (c >>> 19), 0x9e3779b1);
        d = (d + imul(words[at + 3], 0x85ebca77)) | 0;
        d = imul((d << 13) | (d >>> 19), 0x9e3779b1);
      }
      sums.set([a, b, c, d]);
    },
  };
}

function rotate(word, bits) {
  return (word << bits) | (word >>> (32 - bits));
}

/** Begins to fetch, so that the kernels can be compiled meanwhile. */
async function openWeights(source, { signal }) {
  if (typeof source !== 'string' && !(source instanceof URL))
    return fromBytes(bytesOf(source));
  const file = filePath(source);
  if (file !== undefined)
    return openFile(file);
  const response = await fetch(source, signal ? { signal } : {});
  if (!response.ok || !response.body)
    throw new Error(`weights: ${source} answers ${response.status}`);
  return fromChunks(response.body.getReader());
}

/** Reads a weights file into its place, and adds up its checksum while the next bytes are on their way. */
async function receiveWeights(source, { file, stripes }, { signal, onProgress }) {
  const checksum = checksumOf(weightWords(file), stripes);
  // Room for one byte more than there should be, so that a file that is too long is noticed.
  const beyond = new Uint8Array(1);
  let length = 0;
  try {
    for (let count = 1; count > 0 && length <= file.length; length += count) {
      signal?.throwIfAborted();
      const reading = source.read(length < file.length ? file.subarray(length) : beyond);
      checksum.advance(Math.max(0, length - 64) >> 2);
      count = await reading;
      if (count > 0)
        onProgress?.(Math.min(length + count, file.length), file.length);
    }
  }
  finally {
    await source.close();
  }
  return { length, checksum: checksum.result() };
}

/** In Node, `file:` URLs and strings without a scheme are files; everywhere else nothing is. */
function filePath(source) {
  const { process } = globalThis;
  if (process?.versions?.node === undefined)
    return undefined;
  if (typeof source === 'string' && !/^[a-z][a-z0-9+.-]+:/i.test(source))
    return source;
  const url = new URL(source);
  return url.protocol === 'file:' ? url : undefined;
}

async function openFile(file) {
  const fileSystem = 'node:fs/promises'; // not a literal in the import: bundlers for the web leave it alone
  const { open } = await import(/* @vite-ignore */ /* webpackIgnore: true */ fileSystem);
  const handle = await open(file);
  return {
    read: async (rest) => (await handle.read(rest, 0, Math.min(rest.length, 1 << 21))).bytesRead,
    close: () => handle.close(),
  };
}

function fromBytes(bytes) {
  let at = 0;
  return {
    async read(rest) {
      const part = bytes.subarray(at, at + rest.length);
      rest.set(part);
      at += part.length;
      return part.length;
    },
    close: async () => { },
  };
}

function fromChunks(reader) {
  let chunk = new Uint8Array();
  return {
    async read(rest) {
      while (chunk.length === 0) {
        const { done, value } = await reader.read();
        if (done)
          return 0;
        chunk = value;
      }
      const count = Math.min(rest.length, chunk.length);
      rest.set(chunk.subarray(0, count));
      chunk = chunk.subarray(count);
      return count;
    },
    close: () => reader.cancel(),
  };
}

/** @param role `input` or `output`, for the message */
function checkTensors(role, given, expected) {
  if (typeof given !== 'object' || given === null) {
    throw new TypeError(`${role}s: expected an object with ${describeTensors(expected)}, got ${describeValue(given)}`);
  }
  for (const name in given) {
    if (!Object.hasOwn(expected, name)) {
      throw new TypeError(`no ${role} is called ${JSON.stringify(name)}: expected ${describeTensors(expected)}`);
    }
  }
  for (const name in expected) {
    const value = given[name];
    const { length } = expected[name];
    if (!isFloat32Array(value) || value.length !== length) {
      const wanted = describeTensors({ [name]: expected[name] });
      throw new TypeError(`${role} ${JSON.stringify(name)}: expected ${wanted}, got ${describeValue(value)}`);
    }
  }
}

/** Also true for arrays of another realm: a frame, a test environment. */
function isFloat32Array(value) {
  return ArrayBuffer.isView(value) && value[Symbol.toStringTag] === 'Float32Array';
}

function describeTensors(expected) {
  return Object.entries(expected)
    .map(([name, { shape, length }]) => `${name}: a Float32Array of ${length} numbers, shape [${shape.join(', ')}]`)
    .join('; ');
}

function describeValue(value) {
  if (value === undefined || value === null)
    return String(value);
  if (typeof value !== 'object')
    return `a ${typeof value}`;
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  const { length } = value;
  return typeof length === 'number' ? `${kind} of ${length}` : kind;
}

/** A misspelt option, or the weights themselves in the place of the options, would only be ignored. */
function checkLoadOptions(given) {
  if (typeof given !== 'object' || given === null || Array.isArray(given) || isSource(given))
    throw new TypeError(`load: expected options { weights, signal, onProgress }, got ${describeValue(given)}`);
  for (const name in given) {
    if (name !== 'weights' && name !== 'signal' && name !== 'onProgress')
      throw new TypeError(`load: no option is called ${JSON.stringify(name)}: expected weights, signal, onProgress`);
  }
  const { weights, signal, onProgress } = given;
  if (weights !== undefined && typeof weights !== 'string' && !isSource(weights))
    throw new TypeError(`load: weights are a URL, a path, an ArrayBuffer or a Uint8Array, got ${describeValue(weights)}`);
  if (signal !== undefined && typeof signal?.throwIfAborted !== 'function')
    throw new TypeError(`load: signal is an AbortSignal, got ${describeValue(signal)}`);
  if (onProgress !== undefined && typeof onProgress !== 'function')
    throw new TypeError(`load: onProgress is a function, got ${describeValue(onProgress)}`);
}

/** A URL or bytes, also of another realm. */
function isSource(value) {
  return ArrayBuffer.isView(value) || /^\[object (URL|ArrayBuffer)\]$/.test(Object.prototype.toString.call(value));
}

/** Copies the bytes of a weights file into its place, as far as they fit. */
function takeWeights(given, { file, stripes }) {
  const bytes = bytesOf(given);
  const { length } = bytes;
  file.set(bytes.subarray(0, file.length));
  const checksum = checksumOf(weightWords(file), stripes);
  if (length === file.length)
    checksum.advance((length - 64) / 4);
  return { length, checksum: checksum.result() };
}

/** The data of a weights file that is in memory, as words for the checksum. */
function weightWords(file) {
  return new Uint32Array(file.buffer, file.byteOffset + 64, (file.length - 64) / 4);
}

/** Refuses a weights file that is not exactly right. */
function checkWeights(file, { length, checksum }, expected) {
  const refuse = (reason) => {
    throw new Error(`weights of ${expected.name} refused: ${reason}`);
  };
  const size = file.length;
  const magic = [0x89, 0x41, 0x54, 0x52, 0x4f, 0x55, 0x53, 0x0a]; // \x89ATROUS\n
  if (length === 0)
    refuse('the file is empty, or its buffer was transferred');
  if (magic.some((byte, at) => at < length && file[at] !== byte))
    refuse('this is not a weights file of atrous');
  if (length < 64)
    refuse(`the file is cut short, ${length} bytes of ${size}`);
  const header = new DataView(file.buffer, file.byteOffset, 64);
  const version = header.getUint32(8, true);
  if (version !== 3 || header.getUint32(12, true) !== 64)
    refuse(`format version ${version}, this module reads 3`);
  if (header.getUint32(16, true) !== expected.layout) {
    const owner = String.fromCharCode(...file.subarray(28, 64)).replace(/\0+$/, '');
    refuse(`they belong to another model, or to another build of it (${JSON.stringify(owner)})`);
  }
  const bytes = size - 64;
  if (header.getUint32(20, true) !== bytes)
    refuse(`${header.getUint32(20, true)} bytes of data, expected ${bytes}`);
  if (length < size)
    refuse(`the file is cut short, ${length} bytes of ${size}`);
  if (length > size)
    refuse(`the file is too long, ${length} bytes where ${size} are expected`);
  if (checksum !== header.getUint32(24, true))
    refuse('the checksum does not fit, the file is corrupt');
}

function bytesOf(file) {
  if (ArrayBuffer.isView(file))
    return new Uint8Array(file.buffer, file.byteOffset, file.byteLength);
  if (Object.prototype.toString.call(file) === '[object ArrayBuffer]')
    return file.byteLength === 0 ? new Uint8Array() : new Uint8Array(file); // a detached one is as an empty one
  throw new TypeError(`weights: expected an ArrayBuffer or a Uint8Array, got ${file === null ? 'null' : typeof file}`);
}

/** The weights as the kernels read them, little-endian, in base64. */
const inlined = 'AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8AAIA/AACAPwAAgD8=';
