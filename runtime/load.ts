// Fetching the weights into place: over the network in a page, from the file system in Node, or from memory as they are.

import { checksumOf } from './checksum.ts';
import { type Arrival, bytesOf, type WeightsPlace, weightWords } from './weights-file.ts';

/** As a `URL` is. What is used of the platform is declared here: a project may have no types of a browser or of Node. */
export interface UrlLike {
  readonly href: string;
  readonly protocol: string;
}

/** As an `AbortSignal` is. */
export interface AbortSignalLike {
  throwIfAborted(): void;
}

export interface LoadOptions {
  /** Where the weights are, or the bytes themselves. Without it: the file beside the module, or the ones inlined in it. */
  readonly weights?: UrlLike | string | ArrayBuffer | Uint8Array;
  readonly signal?: AbortSignalLike;
  /** Called with bytes: how many have come, of how many. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Bytes on their way. */
export interface ByteSource {
  /** Some more bytes into the front of `rest`, at least one: how many, or 0 at the end. */
  read(rest: Uint8Array): Promise<number>;
  close(): Promise<unknown>;
}

declare const URL: new (address: UrlLike | string, base?: string) => UrlLike;

declare function fetch(
  address: UrlLike | string,
  options: { readonly signal?: AbortSignalLike },
): Promise<ResponseLike>;

export interface ResponseLike {
  readonly ok: boolean;
  readonly status: number;
  readonly body: { getReader(): ChunkReader } | null;
}

export interface ChunkReader {
  read(): Promise<
    { readonly done: false; readonly value: Uint8Array } | { readonly done: true; readonly value?: undefined }
  >;
  cancel(): Promise<unknown>;
}

/** Begins to fetch, so that the kernels can be compiled meanwhile. */
export async function openWeights(
  source: UrlLike | string | ArrayBuffer | Uint8Array,
  { signal }: LoadOptions,
): Promise<ByteSource> {
  if (typeof source !== 'string' && !(source instanceof URL)) return fromBytes(bytesOf(source));
  const file = filePath(source);
  if (file !== undefined) return openFile(file);
  const response = await fetch(source, signal ? { signal } : {});
  if (!response.ok || !response.body) throw new Error(`weights: ${source} answers ${response.status}`);
  return fromChunks(response.body.getReader());
}

/** Reads a weights file into its place, and adds up its checksum while the next bytes are on their way. */
export async function receiveWeights(
  source: ByteSource,
  { file, stripes }: WeightsPlace,
  { signal, onProgress }: LoadOptions,
): Promise<Arrival> {
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
      if (count > 0) onProgress?.(Math.min(length + count, file.length), file.length);
    }
  } finally {
    await source.close();
  }
  return { length, checksum: checksum.result() };
}

/** In Node, `file:` URLs and strings without a scheme are files; everywhere else nothing is. */
function filePath(source: UrlLike | string): UrlLike | string | undefined {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  if (process?.versions?.node === undefined) return undefined;
  if (typeof source === 'string' && !/^[a-z][a-z0-9+.-]+:/i.test(source)) return source;
  const url = new URL(source);
  return url.protocol === 'file:' ? url : undefined;
}

async function openFile(file: UrlLike | string): Promise<ByteSource> {
  const fileSystem: string = 'node:fs/promises'; // not a literal in the import: bundlers for the web leave it alone
  const { open } = await import(/* @vite-ignore */ /* webpackIgnore: true */ fileSystem);
  const handle = await open(file);
  return {
    read: async (rest) => (await handle.read(rest, 0, Math.min(rest.length, 1 << 21))).bytesRead,
    close: () => handle.close(),
  };
}

function fromBytes(bytes: Uint8Array): ByteSource {
  let at = 0;
  return {
    async read(rest) {
      const part = bytes.subarray(at, at + rest.length);
      rest.set(part);
      at += part.length;
      return part.length;
    },
    close: async () => {},
  };
}

function fromChunks(reader: ChunkReader): ByteSource {
  let chunk: Uint8Array = new Uint8Array();
  return {
    async read(rest) {
      while (chunk.length === 0) {
        const { done, value } = await reader.read();
        if (done) return 0;
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
