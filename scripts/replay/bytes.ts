// Reads bytes in order, with the integers of WebAssembly: LEB128, of whatever length the encoder chose.
export class Bytes {
  at = 0;
  private readonly content: Uint8Array;

  constructor(content: Uint8Array) {
    this.content = content;
  }

  get done(): boolean {
    return this.at >= this.content.length;
  }

  byte(): number {
    if (this.done) throw new Error(`the bytes end at ${this.at}, where more are expected`);
    return this.content[this.at++]!;
  }

  take(count: number): Uint8Array {
    if (this.at + count > this.content.length)
      throw new Error(`${count} bytes are expected at ${this.at}, there are ${this.content.length - this.at}`);
    this.at += count;
    return this.content.subarray(this.at - count, this.at);
  }

  unsigned(): number {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(value);
    }
  }

  signed(): bigint {
    let value = 0n;
    for (let bits = 7; ; bits += 7) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << BigInt(bits - 7);
      if (byte < 0x80) return BigInt.asIntN(bits, value);
    }
  }

  /** A number of items, then the items. */
  list<T>(item: (number: number) => T): T[] {
    return Array.from({ length: this.unsigned() }, (_, number) => item(number));
  }

  name(): string {
    return new TextDecoder().decode(this.take(this.unsigned()));
  }

  hex(count: number): string {
    return Buffer.from(this.take(count)).toString('hex');
  }
}
