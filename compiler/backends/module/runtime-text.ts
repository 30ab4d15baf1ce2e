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

export type RuntimeName = 'decodeBase64' | 'decodeNumbers' | 'sigmoid' | 'roundHalfEven' | 'errorFunction' | 'LoadOptions' | 'fetchWeights' | 'filePath' | 'fileChunks' | 'responseChunks' | 'readAll' | 'SelfTestResult' | 'compareOutputs' | 'TensorDescription' | 'checkTensors' | 'isFloat32Array' | 'describeTensors' | 'describeValue' | 'checkLoadOptions' | 'isSource' | 'checkModel' | 'WeightsIdentity' | 'readWeights' | 'bytesOf' | 'checksum';

export const runtimePieces: Readonly<Record<RuntimeName, RuntimePiece>> = {
  decodeBase64: {
  "name": "decodeBase64",
  "typesOnly": false,
  "ts": "/** Decodes into `bytes`, which has the exact length. */\nfunction decodeBase64(text: string, bytes: Uint8Array): Uint8Array {\n  const values = new Uint8Array(128);\n  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';\n  for (let value = 0; value < 64; value++) values[alphabet.charCodeAt(value)] = value;\n  for (let from = 0, to = 0; to < bytes.length; from += 4, to += 3) {\n    const group =\n      (values[text.charCodeAt(from)]! << 18) |\n      (values[text.charCodeAt(from + 1)]! << 12) |\n      (values[text.charCodeAt(from + 2)]! << 6) |\n      values[text.charCodeAt(from + 3)]!;\n    bytes[to] = group >> 16;\n    bytes[to + 1] = group >> 8;\n    bytes[to + 2] = group;\n  }\n  return bytes;\n}",
  "js": "/** Decodes into `bytes`, which has the exact length. */\nfunction decodeBase64(text, bytes) {\n  const values = new Uint8Array(128);\n  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';\n  for (let value = 0; value < 64; value++)\n    values[alphabet.charCodeAt(value)] = value;\n  for (let from = 0, to = 0; to < bytes.length; from += 4, to += 3) {\n    const group = (values[text.charCodeAt(from)] << 18) |\n      (values[text.charCodeAt(from + 1)] << 12) |\n      (values[text.charCodeAt(from + 2)] << 6) |\n      values[text.charCodeAt(from + 3)];\n    bytes[to] = group >> 16;\n    bytes[to + 1] = group >> 8;\n    bytes[to + 2] = group;\n  }\n  return bytes;\n}",
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
  errorFunction: {
  "name": "errorFunction",
  "typesOnly": false,
  "ts": "/** A series near zero, a continued fraction for the tail: exact to double precision. */\nfunction errorFunction(x: number): number {\n  const size = Math.abs(x);\n  if (Number.isNaN(x)) return Number.NaN;\n  if (size > 6) return Math.sign(x);\n  if (size < 2.5) {\n    let term = size;\n    let sum = size;\n    for (let n = 1; Math.abs(term) > 1e-17 * sum && n < 200; n++) {\n      term *= (-size * size) / n;\n      sum += term / (2 * n + 1);\n    }\n    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);\n  }\n  let fraction = 0;\n  for (let n = 60; n > 0; n--) fraction = n / 2 / (size + fraction);\n  return Math.sign(x) * (1 - Math.exp(-size * size) / ((size + fraction) * Math.sqrt(Math.PI)));\n}",
  "js": "/** A series near zero, a continued fraction for the tail: exact to double precision. */\nfunction errorFunction(x) {\n  const size = Math.abs(x);\n  if (Number.isNaN(x))\n    return Number.NaN;\n  if (size > 6)\n    return Math.sign(x);\n  if (size < 2.5) {\n    let term = size;\n    let sum = size;\n    for (let n = 1; Math.abs(term) > 1e-17 * sum && n < 200; n++) {\n      term *= (-size * size) / n;\n      sum += term / (2 * n + 1);\n    }\n    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);\n  }\n  let fraction = 0;\n  for (let n = 60; n > 0; n--)\n    fraction = n / 2 / (size + fraction);\n  return Math.sign(x) * (1 - Math.exp(-size * size) / ((size + fraction) * Math.sqrt(Math.PI)));\n}",
  "uses": []
},
  LoadOptions: {
  "name": "LoadOptions",
  "typesOnly": true,
  "ts": "interface LoadOptions {\n  /** Where the weights are, or the bytes themselves. Without it: the file beside the module, or the ones inlined in it. */\n  readonly weights?: URL | string | ArrayBuffer | Uint8Array;\n  readonly signal?: AbortSignal;\n  /** Called with bytes: how many have come, of how many. */\n  readonly onProgress?: (done: number, total: number) => void;\n}",
  "js": "",
  "uses": []
},
  fetchWeights: {
  "name": "fetchWeights",
  "typesOnly": false,
  "ts": "/** All bytes of a source; stops early where there are more than `total`. */\nasync function fetchWeights(\n  source: URL | string | ArrayBuffer | Uint8Array,\n  total: number,\n  options: LoadOptions,\n): Promise<ArrayBuffer | Uint8Array> {\n  if (typeof source !== 'string' && !(source instanceof URL)) return source;\n  const file = filePath(source);\n  // One byte more than there should be, so that a file that is too long is noticed.\n  const bytes = new Uint8Array(total + 1);\n  const chunks = file === undefined ? await responseChunks(source, options) : fileChunks(file, bytes, options);\n  let done = 0;\n  for await (const chunk of chunks) {\n    const part = chunk.subarray(0, bytes.length - done);\n    if (part.buffer !== bytes.buffer) bytes.set(part, done);\n    done += part.length;\n    options.onProgress?.(Math.min(done, total), total);\n    if (done > total) break;\n  }\n  return bytes.subarray(0, done);\n}",
  "js": "/** All bytes of a source; stops early where there are more than `total`. */\nasync function fetchWeights(source, total, options) {\n  if (typeof source !== 'string' && !(source instanceof URL))\n    return source;\n  const file = filePath(source);\n  // One byte more than there should be, so that a file that is too long is noticed.\n  const bytes = new Uint8Array(total + 1);\n  const chunks = file === undefined ? await responseChunks(source, options) : fileChunks(file, bytes, options);\n  let done = 0;\n  for await (const chunk of chunks) {\n    const part = chunk.subarray(0, bytes.length - done);\n    if (part.buffer !== bytes.buffer)\n      bytes.set(part, done);\n    done += part.length;\n    options.onProgress?.(Math.min(done, total), total);\n    if (done > total)\n      break;\n  }\n  return bytes.subarray(0, done);\n}",
  "uses": [
    "LoadOptions",
    "filePath",
    "fileChunks",
    "responseChunks"
  ]
},
  filePath: {
  "name": "filePath",
  "typesOnly": false,
  "ts": "/** In Node, `file:` URLs and strings without a scheme are files; everywhere else nothing is. */\nfunction filePath(source: URL | string): URL | string | undefined {\n  const { process } = globalThis as { process?: { versions?: { node?: string } } };\n  if (process?.versions?.node === undefined) return undefined;\n  if (typeof source === 'string' && !/^[a-z][a-z0-9+.-]+:/i.test(source)) return source;\n  const url = new URL(source);\n  return url.protocol === 'file:' ? url : undefined;\n}",
  "js": "/** In Node, `file:` URLs and strings without a scheme are files; everywhere else nothing is. */\nfunction filePath(source) {\n  const { process } = globalThis;\n  if (process?.versions?.node === undefined)\n    return undefined;\n  if (typeof source === 'string' && !/^[a-z][a-z0-9+.-]+:/i.test(source))\n    return source;\n  const url = new URL(source);\n  return url.protocol === 'file:' ? url : undefined;\n}",
  "uses": []
},
  fileChunks: {
  "name": "fileChunks",
  "typesOnly": false,
  "ts": "/** Reads straight into `bytes`, some megabytes at a time. */\nasync function* fileChunks(file: URL | string, bytes: Uint8Array, options: LoadOptions): AsyncIterable<Uint8Array> {\n  const fileSystem: string = 'node:fs/promises'; // not a literal in the import: bundlers for the web leave it alone\n  const { open } = await import(/* @vite-ignore */ /* webpackIgnore: true */ fileSystem);\n  const handle = await open(file);\n  try {\n    for (let at = 0; at < bytes.length; ) {\n      options.signal?.throwIfAborted();\n      const { bytesRead } = await handle.read(bytes, at, Math.min(bytes.length - at, 1 << 23));\n      if (bytesRead === 0) return;\n      yield bytes.subarray(at, at + bytesRead);\n      at += bytesRead;\n    }\n  } finally {\n    await handle.close();\n  }\n}",
  "js": "/** Reads straight into `bytes`, some megabytes at a time. */\nasync function* fileChunks(file, bytes, options) {\n  const fileSystem = 'node:fs/promises'; // not a literal in the import: bundlers for the web leave it alone\n  const { open } = await import(/* @vite-ignore */ /* webpackIgnore: true */ fileSystem);\n  const handle = await open(file);\n  try {\n    for (let at = 0; at < bytes.length;) {\n      options.signal?.throwIfAborted();\n      const { bytesRead } = await handle.read(bytes, at, Math.min(bytes.length - at, 1 << 23));\n      if (bytesRead === 0)\n        return;\n      yield bytes.subarray(at, at + bytesRead);\n      at += bytesRead;\n    }\n  }\n  finally {\n    await handle.close();\n  }\n}",
  "uses": [
    "LoadOptions"
  ]
},
  responseChunks: {
  "name": "responseChunks",
  "typesOnly": false,
  "ts": "async function responseChunks(source: URL | string, options: LoadOptions): Promise<AsyncIterable<Uint8Array>> {\n  const response = await fetch(source, options.signal ? { signal: options.signal } : {});\n  if (!response.ok || !response.body) throw new Error(`weights: ${source} answers ${response.status}`);\n  return readAll(response.body.getReader());\n}",
  "js": "async function responseChunks(source, options) {\n  const response = await fetch(source, options.signal ? { signal: options.signal } : {});\n  if (!response.ok || !response.body)\n    throw new Error(`weights: ${source} answers ${response.status}`);\n  return readAll(response.body.getReader());\n}",
  "uses": [
    "LoadOptions",
    "readAll"
  ]
},
  readAll: {
  "name": "readAll",
  "typesOnly": false,
  "ts": "async function* readAll(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncIterable<Uint8Array> {\n  try {\n    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;\n  } finally {\n    await reader.cancel();\n  }\n}",
  "js": "async function* readAll(reader) {\n  try {\n    for (let part = await reader.read(); !part.done; part = await reader.read())\n      yield part.value;\n  }\n  finally {\n    await reader.cancel();\n  }\n}",
  "uses": []
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
  "ts": "function compareOutputs(\n  outputs: Readonly<Record<string, Float32Array>> | undefined,\n  expected: Readonly<Record<string, Float32Array>>,\n  tolerance: number,\n): SelfTestResult {\n  let worst = 0;\n  for (const name in expected) {\n    const found = outputs?.[name];\n    if (found?.length !== expected[name]!.length)\n      throw new TypeError(`selfTest: the model given is another one, its run has no ${JSON.stringify(name)} that fits`);\n    expected[name]!.forEach((value, at) => {\n      const got = found[at]!;\n      const difference = Math.abs(got - value) / Math.max(1, Math.abs(value));\n      if (!Object.is(got, value) && !(difference <= worst)) worst = difference;\n    });\n  }\n  return { passed: worst <= tolerance, worst, tolerance };\n}",
  "js": "function compareOutputs(outputs, expected, tolerance) {\n  let worst = 0;\n  for (const name in expected) {\n    const found = outputs?.[name];\n    if (found?.length !== expected[name].length)\n      throw new TypeError(`selfTest: the model given is another one, its run has no ${JSON.stringify(name)} that fits`);\n    expected[name].forEach((value, at) => {\n      const got = found[at];\n      const difference = Math.abs(got - value) / Math.max(1, Math.abs(value));\n      if (!Object.is(got, value) && !(difference <= worst))\n        worst = difference;\n    });\n  }\n  return { passed: worst <= tolerance, worst, tolerance };\n}",
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
  "ts": "/** A misspelt option, or the weights themselves in the place of the options, would only be ignored. */\nfunction checkLoadOptions(given: unknown): void {\n  if (typeof given !== 'object' || given === null || Array.isArray(given) || isSource(given))\n    throw new TypeError(`load: expected options { weights, signal, onProgress }, got ${describeValue(given)}`);\n  for (const name in given) {\n    if (name !== 'weights' && name !== 'signal' && name !== 'onProgress')\n      throw new TypeError(`load: no option is called ${JSON.stringify(name)}: expected weights, signal, onProgress`);\n  }\n  const { weights, signal, onProgress } = given as Readonly<Record<string, unknown>>;\n  if (weights !== undefined && typeof weights !== 'string' && !isSource(weights))\n    throw new TypeError(\n      `load: weights are a URL, a path, an ArrayBuffer or a Uint8Array, got ${describeValue(weights)}`,\n    );\n  if (signal !== undefined && typeof (signal as Partial<AbortSignal> | null)?.throwIfAborted !== 'function')\n    throw new TypeError(`load: signal is an AbortSignal, got ${describeValue(signal)}`);\n  if (onProgress !== undefined && typeof onProgress !== 'function')\n    throw new TypeError(`load: onProgress is a function, got ${describeValue(onProgress)}`);\n}",
  "js": "/** A misspelt option, or the weights themselves in the place of the options, would only be ignored. */\nfunction checkLoadOptions(given) {\n  if (typeof given !== 'object' || given === null || Array.isArray(given) || isSource(given))\n    throw new TypeError(`load: expected options { weights, signal, onProgress }, got ${describeValue(given)}`);\n  for (const name in given) {\n    if (name !== 'weights' && name !== 'signal' && name !== 'onProgress')\n      throw new TypeError(`load: no option is called ${JSON.stringify(name)}: expected weights, signal, onProgress`);\n  }\n  const { weights, signal, onProgress } = given;\n  if (weights !== undefined && typeof weights !== 'string' && !isSource(weights))\n    throw new TypeError(`load: weights are a URL, a path, an ArrayBuffer or a Uint8Array, got ${describeValue(weights)}`);\n  if (signal !== undefined && typeof signal?.throwIfAborted !== 'function')\n    throw new TypeError(`load: signal is an AbortSignal, got ${describeValue(signal)}`);\n  if (onProgress !== undefined && typeof onProgress !== 'function')\n    throw new TypeError(`load: onProgress is a function, got ${describeValue(onProgress)}`);\n}",
  "uses": [
    "describeValue",
    "isSource"
  ]
},
  isSource: {
  "name": "isSource",
  "typesOnly": false,
  "ts": "/** A URL or bytes, also of another realm. */\nfunction isSource(value: unknown): boolean {\n  return ArrayBuffer.isView(value) || /^\\[object (URL|ArrayBuffer)\\]$/.test(Object.prototype.toString.call(value));\n}",
  "js": "/** A URL or bytes, also of another realm. */\nfunction isSource(value) {\n  return ArrayBuffer.isView(value) || /^\\[object (URL|ArrayBuffer)\\]$/.test(Object.prototype.toString.call(value));\n}",
  "uses": []
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
  "ts": "/** Whose weights a module takes. */\ninterface WeightsIdentity {\n  readonly name: string;\n  /** Hash of names, shapes and places of all weights. */\n  readonly layout: number;\n}",
  "js": "",
  "uses": []
},
  readWeights: {
  "name": "readWeights",
  "typesOnly": false,
  "ts": "/** Checks a weights file and copies its numbers into `weights`; a file that is not exactly right is refused. */\nfunction readWeights(file: ArrayBuffer | Uint8Array, expected: WeightsIdentity, weights: Float32Array): void {\n  const bytes = bytesOf(file);\n  const size = 64 + weights.byteLength;\n  const refuse = (reason: string): never => {\n    throw new Error(`weights of ${expected.name} refused: ${reason}`);\n  };\n  const magic = [0x89, 0x41, 0x54, 0x52, 0x4f, 0x55, 0x53, 0x0a]; // \\x89ATROUS\\n\n  if (bytes.length === 0) refuse('the file is empty, or its buffer was transferred');\n  if (magic.some((byte, at) => at < bytes.length && bytes[at] !== byte)) refuse('this is not a weights file of atrous');\n  if (bytes.length < 64) refuse(`the file is cut short, ${bytes.length} bytes of ${size}`);\n  const header = new DataView(bytes.buffer, bytes.byteOffset, 64);\n  const version = header.getUint32(8, true);\n  if (version !== 1 || header.getUint32(12, true) !== 64) refuse(`format version ${version}, this module reads 1`);\n  if (header.getUint32(16, true) !== expected.layout) {\n    const owner = String.fromCharCode(...bytes.subarray(28, 64)).replace(/\\0+$/, '');\n    refuse(`they belong to another model, or to another build of it (${JSON.stringify(owner)})`);\n  }\n  if (header.getUint32(20, true) !== weights.length)\n    refuse(`${header.getUint32(20, true)} numbers, expected ${weights.length}`);\n  if (bytes.length < size) refuse(`the file is cut short, ${bytes.length} bytes of ${size}`);\n  if (bytes.length > size) refuse(`the file is too long, ${bytes.length} bytes where ${size} are expected`);\n  new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength).set(bytes.subarray(64));\n  if (checksum(weights) !== header.getUint32(24, true)) refuse('the checksum does not fit, the file is corrupt');\n}",
  "js": "/** Checks a weights file and copies its numbers into `weights`; a file that is not exactly right is refused. */\nfunction readWeights(file, expected, weights) {\n  const bytes = bytesOf(file);\n  const size = 64 + weights.byteLength;\n  const refuse = (reason) => {\n    throw new Error(`weights of ${expected.name} refused: ${reason}`);\n  };\n  const magic = [0x89, 0x41, 0x54, 0x52, 0x4f, 0x55, 0x53, 0x0a]; // \\x89ATROUS\\n\n  if (bytes.length === 0)\n    refuse('the file is empty, or its buffer was transferred');\n  if (magic.some((byte, at) => at < bytes.length && bytes[at] !== byte))\n    refuse('this is not a weights file of atrous');\n  if (bytes.length < 64)\n    refuse(`the file is cut short, ${bytes.length} bytes of ${size}`);\n  const header = new DataView(bytes.buffer, bytes.byteOffset, 64);\n  const version = header.getUint32(8, true);\n  if (version !== 1 || header.getUint32(12, true) !== 64)\n    refuse(`format version ${version}, this module reads 1`);\n  if (header.getUint32(16, true) !== expected.layout) {\n    const owner = String.fromCharCode(...bytes.subarray(28, 64)).replace(/\\0+$/, '');\n    refuse(`they belong to another model, or to another build of it (${JSON.stringify(owner)})`);\n  }\n  if (header.getUint32(20, true) !== weights.length)\n    refuse(`${header.getUint32(20, true)} numbers, expected ${weights.length}`);\n  if (bytes.length < size)\n    refuse(`the file is cut short, ${bytes.length} bytes of ${size}`);\n  if (bytes.length > size)\n    refuse(`the file is too long, ${bytes.length} bytes where ${size} are expected`);\n  new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength).set(bytes.subarray(64));\n  if (checksum(weights) !== header.getUint32(24, true))\n    refuse('the checksum does not fit, the file is corrupt');\n}",
  "uses": [
    "WeightsIdentity",
    "bytesOf",
    "checksum"
  ]
},
  bytesOf: {
  "name": "bytesOf",
  "typesOnly": false,
  "ts": "function bytesOf(file: ArrayBuffer | Uint8Array): Uint8Array {\n  if (ArrayBuffer.isView(file)) return new Uint8Array(file.buffer, file.byteOffset, file.byteLength);\n  if (Object.prototype.toString.call(file) === '[object ArrayBuffer]')\n    return file.byteLength === 0 ? new Uint8Array() : new Uint8Array(file); // a detached one is as an empty one\n  throw new TypeError(`weights: expected an ArrayBuffer or a Uint8Array, got ${file === null ? 'null' : typeof file}`);\n}",
  "js": "function bytesOf(file) {\n  if (ArrayBuffer.isView(file))\n    return new Uint8Array(file.buffer, file.byteOffset, file.byteLength);\n  if (Object.prototype.toString.call(file) === '[object ArrayBuffer]')\n    return file.byteLength === 0 ? new Uint8Array() : new Uint8Array(file); // a detached one is as an empty one\n  throw new TypeError(`weights: expected an ArrayBuffer or a Uint8Array, got ${file === null ? 'null' : typeof file}`);\n}",
  "uses": []
},
  checksum: {
  "name": "checksum",
  "typesOnly": false,
  "ts": "/** MurmurHash3 (x86, 32 bits, seed 0) of the numbers' bytes. */\nfunction checksum(numbers: Float32Array): number {\n  const words = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);\n  let hash = 0;\n  for (let at = 0; at < words.length; at++) {\n    let word = Math.imul(words[at]!, 0xcc9e2d51);\n    word = Math.imul((word << 15) | (word >>> 17), 0x1b873593);\n    hash ^= word;\n    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;\n  }\n  hash ^= numbers.byteLength;\n  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);\n  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);\n  return (hash ^ (hash >>> 16)) >>> 0;\n}",
  "js": "/** MurmurHash3 (x86, 32 bits, seed 0) of the numbers' bytes. */\nfunction checksum(numbers) {\n  const words = new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);\n  let hash = 0;\n  for (let at = 0; at < words.length; at++) {\n    let word = Math.imul(words[at], 0xcc9e2d51);\n    word = Math.imul((word << 15) | (word >>> 17), 0x1b873593);\n    hash ^= word;\n    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;\n  }\n  hash ^= numbers.byteLength;\n  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);\n  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);\n  return (hash ^ (hash >>> 16)) >>> 0;\n}",
  "uses": []
},
};
