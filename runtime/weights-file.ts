// The weights file: a header of 64 bytes that says whose weights these are, then the weights memory as little-endian
// float32. Described in docs/weights-file.md.
//
//   0 magic   8 version   12 length of the header   16 layout   20 count   24 checksum   28 name of the model

/** Whose weights a module takes. */
export interface WeightsIdentity {
  readonly name: string;
  /** Hash of names, shapes and places of all weights. */
  readonly layout: number;
}

/** Checks a weights file and copies its numbers into `weights`; a file that is not exactly right is refused. */
export function readWeights(file: ArrayBuffer | Uint8Array, expected: WeightsIdentity, weights: Float32Array): void {
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
export function checksum(numbers: Float32Array): number {
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
