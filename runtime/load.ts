// Fetching the weights: over the network in a page, from the file system in Node, or from memory as they are.

export interface LoadOptions {
  /** Where the weights are, or the bytes themselves. Without it: the file beside the module, or the ones inlined in it. */
  readonly weights?: URL | string | ArrayBuffer | Uint8Array;
  readonly signal?: AbortSignal;
  /** Called with bytes: how many have come, of how many. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** All bytes of a source; stops early where there are more than `total`. */
export async function fetchWeights(
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
