// A growing array of bytes, with numbers as a WebAssembly module has them: whole ones in LEB128 (seven bits a byte, lowest
// first, the eighth bit says that more follow), floats in little-endian order.
//
//   unsigned 624485  →  e5 8e 26        signed −123456  →  c0 bb 78

export class Bytes {
  private content = new Uint8Array(64);
  private used = 0;

  get length(): number {
    return this.used;
  }

  byte(value: number): void {
    this.reserve(1);
    this.content[this.used++] = value;
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.content.set(bytes, this.used);
    this.used += bytes.length;
  }

  /** 0 ≤ value < 2³². */
  unsigned(value: number): void {
    let rest = value;
    for (; rest > 0x7f; rest >>>= 7) this.byte((rest & 0x7f) | 0x80);
    this.byte(rest);
  }

  /** The lowest 32 bits, as a signed number: addresses from 2³¹ on are negative. */
  signed(value: number): void {
    let rest = value | 0;
    for (; rest < -0x40 || rest > 0x3f; rest >>= 7) this.byte((rest & 0x7f) | 0x80);
    this.byte(rest & 0x7f);
  }

  signedLong(value: bigint): void {
    let rest = BigInt.asIntN(64, value);
    for (; rest < -0x40n || rest > 0x3fn; rest >>= 7n) this.byte(Number(rest & 0x7fn) | 0x80);
    this.byte(Number(rest & 0x7fn));
  }

  /** What is not a number is always written as the same one. */
  float(value: number): void {
    const bytes = new DataView(new ArrayBuffer(4));
    if (Number.isNaN(value)) bytes.setUint32(0, 0x7fc00000, true);
    else bytes.setFloat32(0, value, true);
    this.append(new Uint8Array(bytes.buffer));
  }

  double(value: number): void {
    const bytes = new DataView(new ArrayBuffer(8));
    if (Number.isNaN(value)) bytes.setUint32(4, 0x7ff80000, true);
    else bytes.setFloat64(0, value, true);
    this.append(new Uint8Array(bytes.buffer));
  }

  /** In UTF-8, behind its length. */
  text(text: string): void {
    this.sized(new TextEncoder().encode(text));
  }

  /** Bytes behind their number. */
  sized(bytes: Uint8Array): void {
    this.unsigned(bytes.length);
    this.append(bytes);
  }

  /** Items behind their number. */
  list<Item>(items: readonly Item[], write: (item: Item, index: number) => void): void {
    this.unsigned(items.length);
    items.forEach(write);
  }

  finished(): Uint8Array<ArrayBuffer> {
    return this.content.slice(0, this.used);
  }

  private reserve(count: number): void {
    if (this.used + count <= this.content.length) return;
    const larger = new Uint8Array(Math.max(2 * this.content.length, this.used + count));
    larger.set(this.content);
    this.content = larger;
  }
}
