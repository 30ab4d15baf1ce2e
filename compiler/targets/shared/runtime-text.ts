// biome-ignore-all format: generated text
// biome-ignore-all lint: generated text
// Written by scripts/inline-runtime.ts from runtime/*.ts: run it again after a change there.

/** One declaration of the runtime, as it stands in modules. */
export interface RuntimePiece {
  readonly name: string;
  readonly typesOnly: boolean;
  readonly ts: string;
  readonly js: string;
  readonly uses: readonly string[];
}

export type RuntimeName = 'decodeBase64' | 'PlatformDecoders' | 'decodeDigits' | 'decodeNumbers' | 'Checksum' | 'Stripes' | 'checksumOf' | 'plainStripes' | 'rotate' | 'sigmoid' | 'roundHalfEven' | 'placeOf' | 'errorFunction' | 'widenHalf' | 'UrlLike' | 'AbortSignalLike' | 'LoadOptions' | 'ByteSource' | 'URL' | 'fetch' | 'ResponseLike' | 'ChunkReader' | 'openWeights' | 'receiveWeights' | 'filePath' | 'openFile' | 'fromBytes' | 'fromChunks' | 'SelfTestResult' | 'compareOutputs' | 'TensorDescription' | 'checkTensors' | 'isFloat32Array' | 'describeTensors' | 'describeValue' | 'checkLoadOptions' | 'isSource' | 'checkModel' | 'WeightsIdentity' | 'WeightsPlace' | 'Arrival' | 'takeWeights' | 'weightWords' | 'checkWeights' | 'bytesOf';

export const runtimePieces: Readonly<Record<RuntimeName, RuntimePiece>> = {
  decodeBase64: {
  "name": "decodeBase64",
  "typesOnly": false,
  "ts": "/** Decodes into `bytes`, which has the exact length. */\nfunction decodeBase64(text: string, bytes: Uint8Array): Uint8Array {\n  const { Buffer, Uint8Array: native } = globalThis as PlatformDecoders;\n  if (native.fromBase64) bytes.set(native.fromBase64(text));\n  else if (Buffer) bytes.set(Buffer.from(text, 'base64'));\n  else decodeDigits(text, bytes);\n  return bytes;\n}",
  "js": "/** Decodes into `bytes`, which has the exact length. */\nfunction decodeBase64(text, bytes) {\n  const { Buffer, Uint8Array: native } = globalThis;\n  if (native.fromBase64)\n    bytes.set(native.fromBase64(text));\n  else if (Buffer)\n    bytes.set(Buffer.from(text, 'base64'));\n  else\n    decodeDigits(text, bytes);\n  return bytes;\n}",
  "uses": [
    "PlatformDecoders",
    "decodeDigits"
  ]
},
  PlatformDecoders: {
  "name": "PlatformDecoders",
  "typesOnly": true,
  "ts": "/** What newer engines, and Node, have built in: a loop of our own runs before any engine has optimised it. */\ninterface PlatformDecoders {\n  readonly Uint8Array: { readonly fromBase64?: (text: string) => Uint8Array };\n  readonly Buffer?: { from(text: string, encoding: 'base64'): Uint8Array };\n}",
  "js": "",
  "uses": []
},
  decodeDigits: {
  "name": "decodeDigits",
  "typesOnly": false,
  "ts": "function decodeDigits(text: string, bytes: Uint8Array): void {\n  const values = new Uint8Array(128);\n  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';\n  for (let value = 0; value < 64; value++) values[alphabet.charCodeAt(value)] = value;\n  for (let from = 0, to = 0; to < bytes.length; from += 4, to += 3) {\n    const group =\n      (values[text.charCodeAt(from)]! << 18) |\n      (values[text.charCodeAt(from + 1)]! << 12) |\n      (values[text.charCodeAt(from + 2)]! << 6) |\n      values[text.charCodeAt(from + 3)]!;\n    bytes[to] = group >> 16;\n    bytes[to + 1] = group >> 8;\n    bytes[to + 2] = group;\n  }\n}",
  "js": "function decodeDigits(text, bytes) {\n  const values = new Uint8Array(128);\n  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';\n  for (let value = 0; value < 64; value++)\n    values[alphabet.charCodeAt(value)] = value;\n  for (let from = 0, to = 0; to < bytes.length; from += 4, to += 3) {\n    const group = (values[text.charCodeAt(from)] << 18) |\n      (values[text.charCodeAt(from + 1)] << 12) |\n      (values[text.charCodeAt(from + 2)] << 6) |\n      values[text.charCodeAt(from + 3)];\n    bytes[to] = group >> 16;\n    bytes[to + 1] = group >> 8;\n    bytes[to + 2] = group;\n  }\n}",
  "uses": []
},
  decodeNumbers: {
  "name": "decodeNumbers",
  "typesOnly": false,
  "ts": "/** Little-endian float32 in base64. */\nfunction decodeNumbers(text: string, length: number): Float32Array {\n  const numbers = new Float32Array(length);\n  decodeBase64(text, new Uint8Array(numbers.buffer));\n  return numbers;\n}",
  "js": "/** Little-endian float32 in base64. */\nfunction decodeNumbers(text, length) {\n  const numbers = new Float32Array(length);\n  decodeBase64(text, new Uint8Array(numbers.buffer));\n  return numbers;\n}",
  "uses": [
    "decodeBase64"
  ]
},
  Checksum: {
  "name": "Checksum",
  "typesOnly": true,
  "ts": "/** The hash of the words up to where `advance` has come. */\ninterface Checksum {\n  /** @param to how many words have arrived */\n  advance(to: number): void;\n  result(): number;\n}",
  "js": "",
  "uses": []
},
  Stripes: {
  "name": "Stripes",
  "typesOnly": true,
  "ts": "/** Adds up four words at a time: what takes long, and what an engine may have code of its own for. */\ninterface Stripes {\n  /** Four sums that do not wait for each other. */\n  readonly sums: Int32Array;\n  /** @param to words from the start, as `from`; whole stripes of four */\n  add(from: number, to: number): void;\n}",
  "js": "",
  "uses": []
},
  checksumOf: {
  "name": "checksumOf",
  "typesOnly": false,
  "ts": "function checksumOf(words: Uint32Array, { sums, add }: Stripes): Checksum {\n  sums.set([0x24234428, 0x85ebca77, 0, 0x61c8864f]);\n  let at = 0;\n  let end = 0;\n  return {\n    advance(to) {\n      end = to;\n      add(at, end & ~3);\n      at = end & ~3;\n    },\n    result() {\n      const [a, b, c, d] = sums as unknown as [number, number, number, number];\n      let hash = end < 4 ? 0x165667b1 : rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18);\n      hash = (hash + 4 * end) | 0;\n      for (let rest = at; rest < end; rest++) {\n        hash = Math.imul(rotate((hash + Math.imul(words[rest]!, 0xc2b2ae3d)) | 0, 17), 0x27d4eb2f);\n      }\n      hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca77);\n      hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae3d);\n      return (hash ^ (hash >>> 16)) >>> 0;\n    },\n  };\n}",
  "js": "function checksumOf(words, { sums, add }) {\n  sums.set([0x24234428, 0x85ebca77, 0, 0x61c8864f]);\n  let at = 0;\n  let end = 0;\n  return {\n    advance(to) {\n      end = to;\n      add(at, end & ~3);\n      at = end & ~3;\n    },\n    result() {\n      const [a, b, c, d] = sums;\n      let hash = end < 4 ? 0x165667b1 : rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18);\n      hash = (hash + 4 * end) | 0;\n      for (let rest = at; rest < end; rest++) {\n        hash = Math.imul(rotate((hash + Math.imul(words[rest], 0xc2b2ae3d)) | 0, 17), 0x27d4eb2f);\n      }\n      hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca77);\n      hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae3d);\n      return (hash ^ (hash >>> 16)) >>> 0;\n    },\n  };\n}",
  "uses": [
    "Checksum",
    "Stripes",
    "rotate"
  ]
},
  plainStripes: {
  "name": "plainStripes",
  "typesOnly": false,
  "ts": "/** Written out for each of the four sums, because a first load runs it before an engine has optimised it. */\nfunction plainStripes(words: Uint32Array): Stripes {\n  const sums = new Int32Array(4);\n  const { imul } = Math;\n  return {\n    sums,\n    add(from, to) {\n      let [a, b, c, d] = sums as unknown as [number, number, number, number];\n      for (let at = from; at < to; at += 4) {\n        a = (a + imul(words[at]!, 0x85ebca77)) | 0;\n        a = imul((a << 13) | (a >>> 19), 0x9e3779b1);\n        b = (b + imul(words[at + 1]!, 0x85ebca77)) | 0;\n        b = imul((b << 13) | (b >>> 19), 0x9e3779b1);\n        c = (c + imul(words[at + 2]!, 0x85ebca77)) | 0;\n        c = imul((c << 13) | (c >>> 19), 0x9e3779b1);\n        d = (d + imul(words[at + 3]!, 0x85ebca77)) | 0;\n        d = imul((d << 13) | (d >>> 19), 0x9e3779b1);\n      }\n      sums.set([a, b, c, d]);\n    },\n  };\n}",
  "js": "/** Written out for each of the four sums, because a first load runs it before an engine has optimised it. */\nfunction plainStripes(words) {\n  const sums = new Int32Array(4);\n  const { imul } = Math;\n  return {\n    sums,\n    add(from, to) {\n      let [a, b, c, d] = sums;\n      for (let at = from; at < to; at += 4) {\n        a = (a + imul(words[at], 0x85ebca77)) | 0;\n        a = imul((a << 13) | (a >>> 19), 0x9e3779b1);\n        b = (b + imul(words[at + 1], 0x85ebca77)) | 0;\n        b = imul((b << 13) | (b >>> 19), 0x9e3779b1);\n        c = (c + imul(words[at + 2], 0x85ebca77)) | 0;\n        c = imul((c << 13) | (c >>> 19), 0x9e3779b1);\n        d = (d + imul(words[at + 3], 0x85ebca77)) | 0;\n        d = imul((d << 13) | (d >>> 19), 0x9e3779b1);\n      }\n      sums.set([a, b, c, d]);\n    },\n  };\n}",
  "uses": [
    "Stripes"
  ]
},
  rotate: {
  "name": "rotate",
  "typesOnly": false,
  "ts": "function rotate(word: number, bits: number): number {\n  return (word << bits) | (word >>> (32 - bits));\n}",
  "js": "function rotate(word, bits) {\n  return (word << bits) | (word >>> (32 - bits));\n}",
  "uses": []
},
  sigmoid: {
  "name": "sigmoid",
  "typesOnly": false,
  "ts": "function sigmoid(x: number): number {\n  return 1 / (1 + Math.exp(-x));\n}",
  "js": "function sigmoid(x) {\n  return 1 / (1 + Math.exp(-x));\n}",
  "uses": []
},
  roundHalfEven: {
  "name": "roundHalfEven",
  "typesOnly": false,
  "ts": "/** Rounds halves to the even neighbour, as IEEE 754 does. */\nfunction roundHalfEven(x: number): number {\n  const floor = Math.floor(x);\n  if (x - floor !== 0.5) return Math.round(x);\n  return floor % 2 === 0 ? floor : floor + 1;\n}",
  "js": "/** Rounds halves to the even neighbour, as IEEE 754 does. */\nfunction roundHalfEven(x) {\n  const floor = Math.floor(x);\n  if (x - floor !== 0.5)\n    return Math.round(x);\n  return floor % 2 === 0 ? floor : floor + 1;\n}",
  "uses": []
},
  placeOf: {
  "name": "placeOf",
  "typesOnly": false,
  "ts": "/** A place along an axis of so many: rounded half to even, then clamped; NaN is 0. */\nfunction placeOf(index: number, extent: number): number {\n  return Math.min(Math.max(roundHalfEven(index), 0), extent - 1) | 0;\n}",
  "js": "/** A place along an axis of so many: rounded half to even, then clamped; NaN is 0. */\nfunction placeOf(index, extent) {\n  return Math.min(Math.max(roundHalfEven(index), 0), extent - 1) | 0;\n}",
  "uses": [
    "roundHalfEven"
  ]
},
  errorFunction: {
  "name": "errorFunction",
  "typesOnly": false,
  "ts": "/** A series near zero, a continued fraction for the tail: exact to double precision. */\nfunction errorFunction(x: number): number {\n  const size = Math.abs(x);\n  if (Number.isNaN(x)) return Number.NaN;\n  if (size > 6) return Math.sign(x);\n  if (size < 2.5) {\n    let term = size;\n    let sum = size;\n    for (let n = 1; Math.abs(term) > 1e-17 * sum && n < 200; n++) {\n      term *= (-size * size) / n;\n      sum += term / (2 * n + 1);\n    }\n    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);\n  }\n  let fraction = 0;\n  for (let n = 60; n > 0; n--) fraction = n / 2 / (size + fraction);\n  return Math.sign(x) * (1 - Math.exp(-size * size) / ((size + fraction) * Math.sqrt(Math.PI)));\n}",
  "js": "/** A series near zero, a continued fraction for the tail: exact to double precision. */\nfunction errorFunction(x) {\n  const size = Math.abs(x);\n  if (Number.isNaN(x))\n    return Number.NaN;\n  if (size > 6)\n    return Math.sign(x);\n  if (size < 2.5) {\n    let term = size;\n    let sum = size;\n    for (let n = 1; Math.abs(term) > 1e-17 * sum && n < 200; n++) {\n      term *= (-size * size) / n;\n      sum += term / (2 * n + 1);\n    }\n    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);\n  }\n  let fraction = 0;\n  for (let n = 60; n > 0; n--)\n    fraction = n / 2 / (size + fraction);\n  return Math.sign(x) * (1 - Math.exp(-size * size) / ((size + fraction) * Math.sqrt(Math.PI)));\n}",
  "uses": []
},
  widenHalf: {
  "name": "widenHalf",
  "typesOnly": false,
  "ts": "/** The value of IEEE 754 binary16 bits; every step is exact. */\nfunction widenHalf(bits: number): number {\n  const exponent = (bits >> 10) & 31;\n  const fraction = bits & 1023;\n  let size = (1024 + fraction) * (1 << exponent) * 2 ** -25;\n  if (exponent === 0) size = fraction * 2 ** -24;\n  if (exponent === 31) size = fraction === 0 ? Infinity : NaN;\n  return bits & 0x8000 ? -size : size;\n}",
  "js": "/** The value of IEEE 754 binary16 bits; every step is exact. */\nfunction widenHalf(bits) {\n  const exponent = (bits >> 10) & 31;\n  const fraction = bits & 1023;\n  let size = (1024 + fraction) * (1 << exponent) * 2 ** -25;\n  if (exponent === 0)\n    size = fraction * 2 ** -24;\n  if (exponent === 31)\n    size = fraction === 0 ? Infinity : NaN;\n  return bits & 0x8000 ? -size : size;\n}",
  "uses": []
},
  UrlLike: {
  "name": "UrlLike",
  "typesOnly": true,
  "ts": "/** As a `URL` is. What is used of the platform is declared here: a project may have no types of a browser or of Node. */\ninterface UrlLike {\n  readonly href: string;\n  readonly protocol: string;\n}",
  "js": "",
  "uses": [
    "URL"
  ]
},
  AbortSignalLike: {
  "name": "AbortSignalLike",
  "typesOnly": true,
  "ts": "/** As an `AbortSignal` is. */\ninterface AbortSignalLike {\n  throwIfAborted(): void;\n}",
  "js": "",
  "uses": []
},
  LoadOptions: {
  "name": "LoadOptions",
  "typesOnly": true,
  "ts": "interface LoadOptions {\n  /** Where the weights are, or the bytes themselves. Without it: the file beside the module, or the ones inlined in it. */\n  readonly weights?: UrlLike | string | ArrayBuffer | Uint8Array;\n  readonly signal?: AbortSignalLike;\n  /** Called with bytes: how many have come, of how many. */\n  readonly onProgress?: (done: number, total: number) => void;\n}",
  "js": "",
  "uses": [
    "UrlLike",
    "AbortSignalLike"
  ]
},
  ByteSource: {
  "name": "ByteSource",
  "typesOnly": true,
  "ts": "/** Bytes on their way. */\ninterface ByteSource {\n  /** Some more bytes into the front of `rest`, at least one: how many, or 0 at the end. */\n  read(rest: Uint8Array): Promise<number>;\n  close(): Promise<unknown>;\n}",
  "js": "",
  "uses": []
},
  URL: {
  "name": "URL",
  "typesOnly": true,
  "ts": "declare const URL: new (address: UrlLike | string, base?: string) => UrlLike;",
  "js": "",
  "uses": [
    "UrlLike"
  ]
},
  fetch: {
  "name": "fetch",
  "typesOnly": true,
  "ts": "declare function fetch(\n  address: UrlLike | string,\n  options: { readonly signal?: AbortSignalLike },\n): Promise<ResponseLike>;",
  "js": "",
  "uses": [
    "UrlLike",
    "AbortSignalLike",
    "ResponseLike"
  ]
},
  ResponseLike: {
  "name": "ResponseLike",
  "typesOnly": true,
  "ts": "interface ResponseLike {\n  readonly ok: boolean;\n  readonly status: number;\n  readonly body: { getReader(): ChunkReader } | null;\n}",
  "js": "",
  "uses": [
    "ChunkReader"
  ]
},
  ChunkReader: {
  "name": "ChunkReader",
  "typesOnly": true,
  "ts": "interface ChunkReader {\n  read(): Promise<\n    { readonly done: false; readonly value: Uint8Array } | { readonly done: true; readonly value?: undefined }\n  >;\n  cancel(): Promise<unknown>;\n}",
  "js": "",
  "uses": []
},
  openWeights: {
  "name": "openWeights",
  "typesOnly": false,
  "ts": "/** Begins to fetch, so that the kernels can be compiled meanwhile. */\nasync function openWeights(\n  source: UrlLike | string | ArrayBuffer | Uint8Array,\n  { signal }: LoadOptions,\n): Promise<ByteSource> {\n  if (typeof source !== 'string' && !(source instanceof URL)) return fromBytes(bytesOf(source));\n  const file = filePath(source);\n  if (file !== undefined) return openFile(file);\n  const response = await fetch(source, signal ? { signal } : {});\n  if (!response.ok || !response.body) throw new Error(`weights: ${source} answers ${response.status}`);\n  return fromChunks(response.body.getReader());\n}",
  "js": "/** Begins to fetch, so that the kernels can be compiled meanwhile. */\nasync function openWeights(source, { signal }) {\n  if (typeof source !== 'string' && !(source instanceof URL))\n    return fromBytes(bytesOf(source));\n  const file = filePath(source);\n  if (file !== undefined)\n    return openFile(file);\n  const response = await fetch(source, signal ? { signal } : {});\n  if (!response.ok || !response.body)\n    throw new Error(`weights: ${source} answers ${response.status}`);\n  return fromChunks(response.body.getReader());\n}",
  "uses": [
    "UrlLike",
    "LoadOptions",
    "ByteSource",
    "URL",
    "fetch",
    "filePath",
    "openFile",
    "fromBytes",
    "fromChunks",
    "bytesOf"
  ]
},
  receiveWeights: {
  "name": "receiveWeights",
  "typesOnly": false,
  "ts": "/** Reads a weights file into its place, and adds up its checksum while the next bytes are on their way. */\nasync function receiveWeights(\n  source: ByteSource,\n  { file, stripes }: WeightsPlace,\n  { signal, onProgress }: LoadOptions,\n): Promise<Arrival> {\n  const checksum = checksumOf(weightWords(file), stripes);\n  // Room for one byte more than there should be, so that a file that is too long is noticed.\n  const beyond = new Uint8Array(1);\n  let length = 0;\n  try {\n    for (let count = 1; count > 0 && length <= file.length; length += count) {\n      signal?.throwIfAborted();\n      const reading = source.read(length < file.length ? file.subarray(length) : beyond);\n      checksum.advance(Math.max(0, length - 64) >> 2);\n      count = await reading;\n      if (count > 0) onProgress?.(Math.min(length + count, file.length), file.length);\n    }\n  } finally {\n    await source.close();\n  }\n  return { length, checksum: checksum.result() };\n}",
  "js": "/** Reads a weights file into its place, and adds up its checksum while the next bytes are on their way. */\nasync function receiveWeights(source, { file, stripes }, { signal, onProgress }) {\n  const checksum = checksumOf(weightWords(file), stripes);\n  // Room for one byte more than there should be, so that a file that is too long is noticed.\n  const beyond = new Uint8Array(1);\n  let length = 0;\n  try {\n    for (let count = 1; count > 0 && length <= file.length; length += count) {\n      signal?.throwIfAborted();\n      const reading = source.read(length < file.length ? file.subarray(length) : beyond);\n      checksum.advance(Math.max(0, length - 64) >> 2);\n      count = await reading;\n      if (count > 0)\n        onProgress?.(Math.min(length + count, file.length), file.length);\n    }\n  }\n  finally {\n    await source.close();\n  }\n  return { length, checksum: checksum.result() };\n}",
  "uses": [
    "checksumOf",
    "LoadOptions",
    "ByteSource",
    "WeightsPlace",
    "Arrival",
    "weightWords"
  ]
},
  filePath: {
  "name": "filePath",
  "typesOnly": false,
  "ts": "/** In Node, `file:` URLs and strings without a scheme are files; everywhere else nothing is. */\nfunction filePath(source: UrlLike | string): UrlLike | string | undefined {\n  const { process } = globalThis as { process?: { versions?: { node?: string } } };\n  if (process?.versions?.node === undefined) return undefined;\n  if (typeof source === 'string' && !/^[a-z][a-z0-9+.-]+:/i.test(source)) return source;\n  const url = new URL(source);\n  return url.protocol === 'file:' ? url : undefined;\n}",
  "js": "/** In Node, `file:` URLs and strings without a scheme are files; everywhere else nothing is. */\nfunction filePath(source) {\n  const { process } = globalThis;\n  if (process?.versions?.node === undefined)\n    return undefined;\n  if (typeof source === 'string' && !/^[a-z][a-z0-9+.-]+:/i.test(source))\n    return source;\n  const url = new URL(source);\n  return url.protocol === 'file:' ? url : undefined;\n}",
  "uses": [
    "UrlLike",
    "URL"
  ]
},
  openFile: {
  "name": "openFile",
  "typesOnly": false,
  "ts": "async function openFile(file: UrlLike | string): Promise<ByteSource> {\n  const fileSystem: string = 'node:fs/promises'; // not a literal in the import: bundlers for the web leave it alone\n  const { open } = await import(/* @vite-ignore */ /* webpackIgnore: true */ fileSystem);\n  const handle = await open(file);\n  return {\n    read: async (rest) => (await handle.read(rest, 0, Math.min(rest.length, 1 << 21))).bytesRead,\n    close: () => handle.close(),\n  };\n}",
  "js": "async function openFile(file) {\n  const fileSystem = 'node:fs/promises'; // not a literal in the import: bundlers for the web leave it alone\n  const { open } = await import(/* @vite-ignore */ /* webpackIgnore: true */ fileSystem);\n  const handle = await open(file);\n  return {\n    read: async (rest) => (await handle.read(rest, 0, Math.min(rest.length, 1 << 21))).bytesRead,\n    close: () => handle.close(),\n  };\n}",
  "uses": [
    "UrlLike",
    "ByteSource"
  ]
},
  fromBytes: {
  "name": "fromBytes",
  "typesOnly": false,
  "ts": "function fromBytes(bytes: Uint8Array): ByteSource {\n  let at = 0;\n  return {\n    async read(rest) {\n      const part = bytes.subarray(at, at + rest.length);\n      rest.set(part);\n      at += part.length;\n      return part.length;\n    },\n    close: async () => {},\n  };\n}",
  "js": "function fromBytes(bytes) {\n  let at = 0;\n  return {\n    async read(rest) {\n      const part = bytes.subarray(at, at + rest.length);\n      rest.set(part);\n      at += part.length;\n      return part.length;\n    },\n    close: async () => { },\n  };\n}",
  "uses": [
    "ByteSource"
  ]
},
  fromChunks: {
  "name": "fromChunks",
  "typesOnly": false,
  "ts": "function fromChunks(reader: ChunkReader): ByteSource {\n  let chunk: Uint8Array = new Uint8Array();\n  return {\n    async read(rest) {\n      while (chunk.length === 0) {\n        const { done, value } = await reader.read();\n        if (done) return 0;\n        chunk = value;\n      }\n      const count = Math.min(rest.length, chunk.length);\n      rest.set(chunk.subarray(0, count));\n      chunk = chunk.subarray(count);\n      return count;\n    },\n    close: () => reader.cancel(),\n  };\n}",
  "js": "function fromChunks(reader) {\n  let chunk = new Uint8Array();\n  return {\n    async read(rest) {\n      while (chunk.length === 0) {\n        const { done, value } = await reader.read();\n        if (done)\n          return 0;\n        chunk = value;\n      }\n      const count = Math.min(rest.length, chunk.length);\n      rest.set(chunk.subarray(0, count));\n      chunk = chunk.subarray(count);\n      return count;\n    },\n    close: () => reader.cancel(),\n  };\n}",
  "uses": [
    "ByteSource",
    "ChunkReader"
  ]
},
  SelfTestResult: {
  "name": "SelfTestResult",
  "typesOnly": true,
  "ts": "interface SelfTestResult {\n  readonly passed: boolean;\n  /** The largest difference from an expected value, relative to it where that is above 1. */\n  readonly worst: number;\n  readonly tolerance: number;\n}",
  "js": "",
  "uses": []
},
  compareOutputs: {
  "name": "compareOutputs",
  "typesOnly": false,
  "ts": "function compareOutputs(\n  outputs: Readonly<Record<string, Float32Array>> | undefined,\n  expected: Readonly<Record<string, Float32Array>>,\n  tolerance: number,\n): SelfTestResult {\n  let worst = 0;\n  for (const name in expected) {\n    const found = outputs?.[name];\n    if (found?.length !== expected[name]!.length)\n      throw new TypeError(`selfTest: the model given is another one, its run has no ${JSON.stringify(name)} that fits`);\n    expected[name]!.forEach((value, at) => {\n      const got = found[at]!;\n      const difference = Math.abs(got - value) / Math.max(1, Math.abs(value));\n      // Not a number where only one of them is one: that is as far off as can be.\n      if (!Object.is(got, value)) worst = Math.max(worst, Number.isNaN(difference) ? Infinity : difference);\n    });\n  }\n  return { passed: worst <= tolerance, worst, tolerance };\n}",
  "js": "function compareOutputs(outputs, expected, tolerance) {\n  let worst = 0;\n  for (const name in expected) {\n    const found = outputs?.[name];\n    if (found?.length !== expected[name].length)\n      throw new TypeError(`selfTest: the model given is another one, its run has no ${JSON.stringify(name)} that fits`);\n    expected[name].forEach((value, at) => {\n      const got = found[at];\n      const difference = Math.abs(got - value) / Math.max(1, Math.abs(value));\n      // Not a number where only one of them is one: that is as far off as can be.\n      if (!Object.is(got, value))\n        worst = Math.max(worst, Number.isNaN(difference) ? Infinity : difference);\n    });\n  }\n  return { passed: worst <= tolerance, worst, tolerance };\n}",
  "uses": [
    "SelfTestResult"
  ]
},
  TensorDescription: {
  "name": "TensorDescription",
  "typesOnly": true,
  "ts": "interface TensorDescription {\n  readonly shape: readonly number[];\n  readonly length: number;\n}",
  "js": "",
  "uses": []
},
  checkTensors: {
  "name": "checkTensors",
  "typesOnly": false,
  "ts": "/** @param role `input` or `output`, for the message */\nfunction checkTensors(role: string, given: object, expected: Readonly<Record<string, TensorDescription>>): void {\n  if (typeof given !== 'object' || given === null) {\n    throw new TypeError(`${role}s: expected an object with ${describeTensors(expected)}, got ${describeValue(given)}`);\n  }\n  for (const name in given) {\n    if (!Object.hasOwn(expected, name)) {\n      throw new TypeError(`no ${role} is called ${JSON.stringify(name)}: expected ${describeTensors(expected)}`);\n    }\n  }\n  for (const name in expected) {\n    const value = (given as Record<string, unknown>)[name];\n    const { length } = expected[name]!;\n    if (!isFloat32Array(value) || value.length !== length) {\n      const wanted = describeTensors({ [name]: expected[name]! });\n      throw new TypeError(`${role} ${JSON.stringify(name)}: expected ${wanted}, got ${describeValue(value)}`);\n    }\n  }\n}",
  "js": "/** @param role `input` or `output`, for the message */\nfunction checkTensors(role, given, expected) {\n  if (typeof given !== 'object' || given === null) {\n    throw new TypeError(`${role}s: expected an object with ${describeTensors(expected)}, got ${describeValue(given)}`);\n  }\n  for (const name in given) {\n    if (!Object.hasOwn(expected, name)) {\n      throw new TypeError(`no ${role} is called ${JSON.stringify(name)}: expected ${describeTensors(expected)}`);\n    }\n  }\n  for (const name in expected) {\n    const value = given[name];\n    const { length } = expected[name];\n    if (!isFloat32Array(value) || value.length !== length) {\n      const wanted = describeTensors({ [name]: expected[name] });\n      throw new TypeError(`${role} ${JSON.stringify(name)}: expected ${wanted}, got ${describeValue(value)}`);\n    }\n  }\n}",
  "uses": [
    "TensorDescription",
    "isFloat32Array",
    "describeTensors",
    "describeValue"
  ]
},
  isFloat32Array: {
  "name": "isFloat32Array",
  "typesOnly": false,
  "ts": "/** Also true for arrays of another realm: a frame, a test environment. */\nfunction isFloat32Array(value: unknown): value is Float32Array {\n  return ArrayBuffer.isView(value) && (value as Float32Array)[Symbol.toStringTag] === 'Float32Array';\n}",
  "js": "/** Also true for arrays of another realm: a frame, a test environment. */\nfunction isFloat32Array(value) {\n  return ArrayBuffer.isView(value) && value[Symbol.toStringTag] === 'Float32Array';\n}",
  "uses": []
},
  describeTensors: {
  "name": "describeTensors",
  "typesOnly": false,
  "ts": "function describeTensors(expected: Readonly<Record<string, TensorDescription>>): string {\n  return Object.entries(expected)\n    .map(([name, { shape, length }]) => `${name}: a Float32Array of ${length} numbers, shape [${shape.join(', ')}]`)\n    .join('; ');\n}",
  "js": "function describeTensors(expected) {\n  return Object.entries(expected)\n    .map(([name, { shape, length }]) => `${name}: a Float32Array of ${length} numbers, shape [${shape.join(', ')}]`)\n    .join('; ');\n}",
  "uses": [
    "TensorDescription"
  ]
},
  describeValue: {
  "name": "describeValue",
  "typesOnly": false,
  "ts": "function describeValue(value: unknown): string {\n  if (value === undefined || value === null) return String(value);\n  if (typeof value !== 'object') return `a ${typeof value}`;\n  const kind = Object.prototype.toString.call(value).slice(8, -1);\n  const { length } = value as { length?: unknown };\n  return typeof length === 'number' ? `${kind} of ${length}` : kind;\n}",
  "js": "function describeValue(value) {\n  if (value === undefined || value === null)\n    return String(value);\n  if (typeof value !== 'object')\n    return `a ${typeof value}`;\n  const kind = Object.prototype.toString.call(value).slice(8, -1);\n  const { length } = value;\n  return typeof length === 'number' ? `${kind} of ${length}` : kind;\n}",
  "uses": []
},
  checkLoadOptions: {
  "name": "checkLoadOptions",
  "typesOnly": false,
  "ts": "/** A misspelt option, or the weights themselves in the place of the options, would only be ignored. */\nfunction checkLoadOptions(given: unknown): void {\n  if (typeof given !== 'object' || given === null || Array.isArray(given) || isSource(given))\n    throw new TypeError(`load: expected options { weights, signal, onProgress }, got ${describeValue(given)}`);\n  for (const name in given) {\n    if (name !== 'weights' && name !== 'signal' && name !== 'onProgress')\n      throw new TypeError(`load: no option is called ${JSON.stringify(name)}: expected weights, signal, onProgress`);\n  }\n  const { weights, signal, onProgress } = given as Readonly<Record<string, unknown>>;\n  if (weights !== undefined && typeof weights !== 'string' && !isSource(weights))\n    throw new TypeError(\n      `load: weights are a URL, a path, an ArrayBuffer or a Uint8Array, got ${describeValue(weights)}`,\n    );\n  if (signal !== undefined && typeof (signal as Partial<AbortSignalLike> | null)?.throwIfAborted !== 'function')\n    throw new TypeError(`load: signal is an AbortSignal, got ${describeValue(signal)}`);\n  if (onProgress !== undefined && typeof onProgress !== 'function')\n    throw new TypeError(`load: onProgress is a function, got ${describeValue(onProgress)}`);\n}",
  "js": "/** A misspelt option, or the weights themselves in the place of the options, would only be ignored. */\nfunction checkLoadOptions(given) {\n  if (typeof given !== 'object' || given === null || Array.isArray(given) || isSource(given))\n    throw new TypeError(`load: expected options { weights, signal, onProgress }, got ${describeValue(given)}`);\n  for (const name in given) {\n    if (name !== 'weights' && name !== 'signal' && name !== 'onProgress')\n      throw new TypeError(`load: no option is called ${JSON.stringify(name)}: expected weights, signal, onProgress`);\n  }\n  const { weights, signal, onProgress } = given;\n  if (weights !== undefined && typeof weights !== 'string' && !isSource(weights))\n    throw new TypeError(`load: weights are a URL, a path, an ArrayBuffer or a Uint8Array, got ${describeValue(weights)}`);\n  if (signal !== undefined && typeof signal?.throwIfAborted !== 'function')\n    throw new TypeError(`load: signal is an AbortSignal, got ${describeValue(signal)}`);\n  if (onProgress !== undefined && typeof onProgress !== 'function')\n    throw new TypeError(`load: onProgress is a function, got ${describeValue(onProgress)}`);\n}",
  "uses": [
    "AbortSignalLike",
    "URL",
    "describeValue",
    "isSource"
  ]
},
  isSource: {
  "name": "isSource",
  "typesOnly": false,
  "ts": "/** A URL or bytes, also of another realm. */\nfunction isSource(value: unknown): boolean {\n  return ArrayBuffer.isView(value) || /^\\[object (URL|ArrayBuffer)\\]$/.test(Object.prototype.toString.call(value));\n}",
  "js": "/** A URL or bytes, also of another realm. */\nfunction isSource(value) {\n  return ArrayBuffer.isView(value) || /^\\[object (URL|ArrayBuffer)\\]$/.test(Object.prototype.toString.call(value));\n}",
  "uses": [
    "URL"
  ]
},
  checkModel: {
  "name": "checkModel",
  "typesOnly": false,
  "ts": "function checkModel(given: unknown, name: string): void {\n  if (typeof (given as { run?: unknown } | null | undefined)?.run === 'function') return;\n  throw new TypeError(\n    `selfTest: expected a model of ${name}, from \\`create()\\` or \\`await load()\\`, got ${describeValue(given)}`,\n  );\n}",
  "js": "function checkModel(given, name) {\n  if (typeof given?.run === 'function')\n    return;\n  throw new TypeError(`selfTest: expected a model of ${name}, from \\`create()\\` or \\`await load()\\`, got ${describeValue(given)}`);\n}",
  "uses": [
    "describeValue"
  ]
},
  WeightsIdentity: {
  "name": "WeightsIdentity",
  "typesOnly": true,
  "ts": "/** Whose weights a module takes. */\ninterface WeightsIdentity {\n  readonly name: string;\n  /** Hash of names, elements, shapes and places of all weights. */\n  readonly layout: number;\n}",
  "js": "",
  "uses": []
},
  WeightsPlace: {
  "name": "WeightsPlace",
  "typesOnly": true,
  "ts": "/** Memory of an engine for a whole weights file, and what adds up its words there. */\ninterface WeightsPlace {\n  readonly file: Uint8Array;\n  readonly stripes: Stripes;\n}",
  "js": "",
  "uses": [
    "Stripes"
  ]
},
  Arrival: {
  "name": "Arrival",
  "typesOnly": true,
  "ts": "/** What has come of a weights file. */\ninterface Arrival {\n  /** In bytes; more than there is room for where the file is too long. */\n  readonly length: number;\n  readonly checksum: number;\n}",
  "js": "",
  "uses": []
},
  takeWeights: {
  "name": "takeWeights",
  "typesOnly": false,
  "ts": "/** Copies the bytes of a weights file into its place, as far as they fit. */\nfunction takeWeights(given: ArrayBuffer | Uint8Array, { file, stripes }: WeightsPlace): Arrival {\n  const bytes = bytesOf(given);\n  const { length } = bytes;\n  file.set(bytes.subarray(0, file.length));\n  const checksum = checksumOf(weightWords(file), stripes);\n  if (length === file.length) checksum.advance((length - 64) / 4);\n  return { length, checksum: checksum.result() };\n}",
  "js": "/** Copies the bytes of a weights file into its place, as far as they fit. */\nfunction takeWeights(given, { file, stripes }) {\n  const bytes = bytesOf(given);\n  const { length } = bytes;\n  file.set(bytes.subarray(0, file.length));\n  const checksum = checksumOf(weightWords(file), stripes);\n  if (length === file.length)\n    checksum.advance((length - 64) / 4);\n  return { length, checksum: checksum.result() };\n}",
  "uses": [
    "checksumOf",
    "WeightsPlace",
    "Arrival",
    "weightWords",
    "bytesOf"
  ]
},
  weightWords: {
  "name": "weightWords",
  "typesOnly": false,
  "ts": "/** The data of a weights file that is in memory, as words for the checksum. */\nfunction weightWords(file: Uint8Array): Uint32Array {\n  return new Uint32Array(file.buffer, file.byteOffset + 64, (file.length - 64) / 4);\n}",
  "js": "/** The data of a weights file that is in memory, as words for the checksum. */\nfunction weightWords(file) {\n  return new Uint32Array(file.buffer, file.byteOffset + 64, (file.length - 64) / 4);\n}",
  "uses": []
},
  checkWeights: {
  "name": "checkWeights",
  "typesOnly": false,
  "ts": "/** Refuses a weights file that is not exactly right. */\nfunction checkWeights(file: Uint8Array, { length, checksum }: Arrival, expected: WeightsIdentity): void {\n  const refuse = (reason: string): never => {\n    throw new Error(`weights of ${expected.name} refused: ${reason}`);\n  };\n  const size = file.length;\n  const magic = [0x89, 0x41, 0x54, 0x52, 0x4f, 0x55, 0x53, 0x0a]; // \\x89ATROUS\\n\n  if (length === 0) refuse('the file is empty, or its buffer was transferred');\n  if (magic.some((byte, at) => at < length && file[at] !== byte)) refuse('this is not a weights file of atrous');\n  if (length < 64) refuse(`the file is cut short, ${length} bytes of ${size}`);\n  const header = new DataView(file.buffer, file.byteOffset, 64);\n  const version = header.getUint32(8, true);\n  if (version !== 3 || header.getUint32(12, true) !== 64) refuse(`format version ${version}, this module reads 3`);\n  if (header.getUint32(16, true) !== expected.layout) {\n    const owner = String.fromCharCode(...file.subarray(28, 64)).replace(/\\0+$/, '');\n    refuse(`they belong to another model, or to another build of it (${JSON.stringify(owner)})`);\n  }\n  const bytes = size - 64;\n  if (header.getUint32(20, true) !== bytes) refuse(`${header.getUint32(20, true)} bytes of data, expected ${bytes}`);\n  if (length < size) refuse(`the file is cut short, ${length} bytes of ${size}`);\n  if (length > size) refuse(`the file is too long, ${length} bytes where ${size} are expected`);\n  if (checksum !== header.getUint32(24, true)) refuse('the checksum does not fit, the file is corrupt');\n}",
  "js": "/** Refuses a weights file that is not exactly right. */\nfunction checkWeights(file, { length, checksum }, expected) {\n  const refuse = (reason) => {\n    throw new Error(`weights of ${expected.name} refused: ${reason}`);\n  };\n  const size = file.length;\n  const magic = [0x89, 0x41, 0x54, 0x52, 0x4f, 0x55, 0x53, 0x0a]; // \\x89ATROUS\\n\n  if (length === 0)\n    refuse('the file is empty, or its buffer was transferred');\n  if (magic.some((byte, at) => at < length && file[at] !== byte))\n    refuse('this is not a weights file of atrous');\n  if (length < 64)\n    refuse(`the file is cut short, ${length} bytes of ${size}`);\n  const header = new DataView(file.buffer, file.byteOffset, 64);\n  const version = header.getUint32(8, true);\n  if (version !== 3 || header.getUint32(12, true) !== 64)\n    refuse(`format version ${version}, this module reads 3`);\n  if (header.getUint32(16, true) !== expected.layout) {\n    const owner = String.fromCharCode(...file.subarray(28, 64)).replace(/\\0+$/, '');\n    refuse(`they belong to another model, or to another build of it (${JSON.stringify(owner)})`);\n  }\n  const bytes = size - 64;\n  if (header.getUint32(20, true) !== bytes)\n    refuse(`${header.getUint32(20, true)} bytes of data, expected ${bytes}`);\n  if (length < size)\n    refuse(`the file is cut short, ${length} bytes of ${size}`);\n  if (length > size)\n    refuse(`the file is too long, ${length} bytes where ${size} are expected`);\n  if (checksum !== header.getUint32(24, true))\n    refuse('the checksum does not fit, the file is corrupt');\n}",
  "uses": [
    "WeightsIdentity",
    "Arrival"
  ]
},
  bytesOf: {
  "name": "bytesOf",
  "typesOnly": false,
  "ts": "function bytesOf(file: ArrayBuffer | Uint8Array): Uint8Array {\n  if (ArrayBuffer.isView(file)) return new Uint8Array(file.buffer, file.byteOffset, file.byteLength);\n  if (Object.prototype.toString.call(file) === '[object ArrayBuffer]')\n    return file.byteLength === 0 ? new Uint8Array() : new Uint8Array(file); // a detached one is as an empty one\n  throw new TypeError(`weights: expected an ArrayBuffer or a Uint8Array, got ${file === null ? 'null' : typeof file}`);\n}",
  "js": "function bytesOf(file) {\n  if (ArrayBuffer.isView(file))\n    return new Uint8Array(file.buffer, file.byteOffset, file.byteLength);\n  if (Object.prototype.toString.call(file) === '[object ArrayBuffer]')\n    return file.byteLength === 0 ? new Uint8Array() : new Uint8Array(file); // a detached one is as an empty one\n  throw new TypeError(`weights: expected an ArrayBuffer or a Uint8Array, got ${file === null ? 'null' : typeof file}`);\n}",
  "uses": []
},
};
