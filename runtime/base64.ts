// Base64: by the platform's own decoder, or without any, as in an AudioWorklet.

/** Decodes into `bytes`, which has the exact length. */
export function decodeBase64(text: string, bytes: Uint8Array): Uint8Array {
  const { Buffer, Uint8Array: native } = globalThis as PlatformDecoders;
  if (native.fromBase64) bytes.set(native.fromBase64(text));
  else if (Buffer) bytes.set(Buffer.from(text, 'base64'));
  else decodeDigits(text, bytes);
  return bytes;
}

/** What newer engines, and Node, have built in: a loop of our own runs before any engine has optimised it. */
interface PlatformDecoders {
  readonly Uint8Array: { readonly fromBase64?: (text: string) => Uint8Array };
  readonly Buffer?: { from(text: string, encoding: 'base64'): Uint8Array };
}

export function decodeDigits(text: string, bytes: Uint8Array): void {
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
}

/** Little-endian float32 in base64. */
export function decodeNumbers(text: string, length: number): Float32Array {
  const numbers = new Float32Array(length);
  decodeBase64(text, new Uint8Array(numbers.buffer));
  return numbers;
}
