// Base64 without `atob`, which an AudioWorklet does not have.

/** Decodes into `bytes`, which has the exact length. */
export function decodeBase64(text: string, bytes: Uint8Array): Uint8Array {
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

/** Little-endian float32 in base64. */
export function decodeNumbers(text: string, length: number): Float32Array {
  const numbers = new Float32Array(length);
  decodeBase64(text, new Uint8Array(numbers.buffer));
  return numbers;
}
