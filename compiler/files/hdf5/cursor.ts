// Reading HDF5's little-endian numbers, every offset checked: a place beyond the end of the file is a fault, not a crash.

/** What is wrong with the file, as the end of a sentence that begins with its name. */
export class Hdf5Fault extends Error {}

/** The address that stands for "nowhere". */
export const nowhere = Number.MAX_SAFE_INTEGER;

export class Cursor {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
  }

  #take(count: number): number {
    const { at } = this;
    if (!Number.isSafeInteger(at) || at < 0 || count < 0 || at + count > this.#bytes.byteLength)
      throw new Hdf5Fault(`points to byte ${at + count}, but has ${this.#bytes.byteLength}`);
    this.at += count;
    return at;
  }

  u8 = (): number => this.#view.getUint8(this.#take(1));
  u16 = (): number => this.#view.getUint16(this.#take(2), true);
  u32 = (): number => this.#view.getUint32(this.#take(4), true);

  /** A size or an address of 8 bytes; all ones stand for nowhere. */
  u64(): number {
    const at = this.#take(8);
    const value = this.#view.getBigUint64(at, true);
    if (value === 0xffff_ffff_ffff_ffffn) return nowhere;
    if (value >= BigInt(nowhere)) throw new Hdf5Fault(`says ${value} where a size or a place is expected`);
    return Number(value);
  }

  /** An unsigned number of 1, 2, 4 or 8 bytes. */
  unsigned(bytes: number): number {
    return bytes === 1 ? this.u8() : bytes === 2 ? this.u16() : bytes === 4 ? this.u32() : this.u64();
  }

  bytes(count: number): Uint8Array {
    const at = this.#take(count);
    return this.#bytes.subarray(at, at + count);
  }

  skip(count: number): this {
    this.#take(count);
    return this;
  }

  /** To a multiple of 8 bytes from `start`. */
  align(start: number): void {
    this.skip((8 - ((this.at - start) % 8)) % 8);
  }

  mark(expected: string): void {
    const found = String.fromCharCode(...this.bytes(expected.length));
    if (found !== expected) throw new Hdf5Fault(`has no ${expected} at byte ${this.at - expected.length}`);
  }

  /** Whether these four letters stand here. */
  sees(mark: string): boolean {
    const { at } = this;
    const found =
      at + mark.length <= this.#bytes.byteLength && String.fromCharCode(...this.bytes(mark.length)) === mark;
    this.at = at;
    return found;
  }
}

/** Text up to its first zero. */
export function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}
