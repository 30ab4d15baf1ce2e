// The header of an object, as its list of messages: what it is, how large, where its data and its attributes are. Versions 1
// and 2; a header may go on in other places.
import { Cursor, Hdf5Fault } from './cursor.ts';

export interface Message {
  readonly kind: number;
  readonly body: Uint8Array;
}

export const kinds = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  link: 0x06,
  external: 0x07,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const;

const mostMessages = 10_000;

export function readHeader(bytes: Uint8Array, address: number): readonly Message[] {
  const cursor = new Cursor(bytes, address);
  return cursor.sees('OHDR') ? secondVersion(bytes, cursor) : firstVersion(bytes, cursor);
}

interface Block {
  readonly at: number;
  readonly size: number;
}

function firstVersion(bytes: Uint8Array, cursor: Cursor): readonly Message[] {
  const version = cursor.u8();
  if (version !== 1) throw new Hdf5Fault(`has no object at byte ${cursor.at - 1}`);
  const count = cursor.skip(1).u16();
  const size = cursor.skip(4).u32();
  cursor.align(cursor.at - 12);
  return messages(bytes, { at: cursor.at, size }, count, (block) => {
    const kind = block.u16();
    const length = block.u16();
    const flags = block.u8();
    block.skip(3);
    return { kind, length, flags };
  });
}

function secondVersion(bytes: Uint8Array, cursor: Cursor): readonly Message[] {
  cursor.mark('OHDR');
  const version = cursor.u8();
  if (version !== 2) throw new Hdf5Fault(`has an object of version ${version}; 1 and 2 are read`);
  const flags = cursor.u8();
  if (flags & 0x20) cursor.skip(16);
  if (flags & 0x10) cursor.skip(4);
  const size = cursor.unsigned(1 << (flags & 3));
  const creationOrder = (flags & 4) !== 0;
  return messages(bytes, { at: cursor.at, size }, mostMessages, (block) => {
    // A gap too small for a message ends a block.
    if (block.left < (creationOrder ? 6 : 4)) return undefined;
    const kind = block.u8();
    const length = block.u16();
    const ownFlags = block.u8();
    if (creationOrder) block.skip(2);
    return { kind, length, flags: ownFlags };
  });
}

class BlockCursor extends Cursor {
  readonly #end: number;
  constructor(bytes: Uint8Array, { at, size }: Block) {
    super(bytes, at);
    this.#end = at + size;
  }
  get left(): number {
    return this.#end - this.at;
  }
}

/** All messages of the first block and of those it continues in; each block is read once. */
function messages(
  bytes: Uint8Array,
  first: Block,
  count: number,
  head: (block: BlockCursor) => { readonly kind: number; readonly length: number; readonly flags: number } | undefined,
): readonly Message[] {
  const found: Message[] = [];
  const blocks: Block[] = [first];
  const seen = new Set<number>();
  for (const block of blocks) {
    if (seen.has(block.at)) throw new Hdf5Fault(`has an object that continues in itself at byte ${block.at}`);
    seen.add(block.at);
    const cursor = new BlockCursor(bytes, block);
    while (cursor.left > 0 && found.length < count) {
      const message = head(cursor);
      if (!message) break;
      if (message.length > cursor.left) throw new Hdf5Fault(`has a message beyond its block at byte ${cursor.at}`);
      const body = cursor.bytes(message.length);
      if (message.flags & 2) throw new Hdf5Fault('shares parts of objects between them, which is not supported');
      if (message.kind === kinds.continuation) blocks.push(continued(body, bytes));
      found.push({ kind: message.kind, body });
      if (found.length >= mostMessages) throw new Hdf5Fault(`has an object of more than ${mostMessages} messages`);
    }
  }
  return found;
}

/** In version 2 the block has a mark before and a checksum behind. */
function continued(body: Uint8Array, bytes: Uint8Array): Block {
  const cursor = new Cursor(body);
  const [at, size] = [cursor.u64(), cursor.u64()];
  return new Cursor(bytes, at).sees('OCHK') ? { at: at + 4, size: size - 8 } : { at, size };
}
