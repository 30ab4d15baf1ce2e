// The names in a group and where they lead: a tree of tables of names in older files, messages of the group's header in newer
// ones. Only names that lead to an object of the same file are followed.
import { Cursor, Hdf5Fault, nowhere, textOf } from './cursor.ts';
import { kinds, type Message } from './object-header.ts';

/** The object's address, or what kind of link is not followed. */
export type Link = number | string;

const deepestTree = 32;

export function readLinks(file: Uint8Array, messages: readonly Message[]): ReadonlyMap<string, Link> {
  const links = new Map<string, Link>();
  const add = (name: string, link: Link): void => {
    if (links.has(name)) throw new Hdf5Fault(`has two objects ${JSON.stringify(name)} in one group`);
    links.set(name, link);
  };
  for (const { kind, body } of messages) {
    if (kind === kinds.symbolTable) readTables(file, body, add);
    if (kind === kinds.link) readLink(body, add);
    if (kind === kinds.linkInfo && isDense(body))
      throw new Hdf5Fault('has a group of many names in the layout of HDF5 1.8, which is not supported');
  }
  return links;
}

type Add = (name: string, link: Link) => void;

/** Many links lie in a heap of their own. */
function isDense(body: Uint8Array): boolean {
  const cursor = new Cursor(body, 1);
  if (cursor.u8() & 1) cursor.skip(8);
  return cursor.u64() !== nowhere;
}

function readLink(body: Uint8Array, add: Add): void {
  const cursor = new Cursor(body);
  const [version, flags] = [cursor.u8(), cursor.u8()];
  if (version !== 1) throw new Hdf5Fault(`has links of version ${version}; 1 is read`);
  const kind = flags & 8 ? cursor.u8() : 0;
  if (flags & 4) cursor.skip(8);
  if (flags & 16) cursor.skip(1);
  const name = new TextDecoder().decode(cursor.bytes(cursor.unsigned(1 << (flags & 3))));
  add(name, kind === 0 ? cursor.u64() : kind === 1 ? 'a soft link' : 'a link to another file');
}

/** A tree of version 1, its leaves tables of names, the names themselves in a heap. */
function readTables(file: Uint8Array, body: Uint8Array, add: Add): void {
  const message = new Cursor(body);
  const [root, heap] = [message.u64(), message.u64()];
  const names = heapAt(file, heap);
  const seen = new Set<number>();
  const visit = (address: number, depth: number): void => {
    if (seen.has(address) || depth > deepestTree)
      throw new Hdf5Fault(`has a tree that runs in a circle at byte ${address}`);
    seen.add(address);
    const cursor = new Cursor(file, address);
    if (cursor.sees('SNOD')) readTable(cursor, names, add);
    else {
      cursor.mark('TREE');
      if (cursor.u8() !== 0) throw new Hdf5Fault('has a tree of chunks where names are expected');
      const entries = cursor.skip(1).u16();
      cursor.skip(16);
      for (let n = 0; n < entries; n++) visit(cursor.skip(8).u64(), depth + 1);
    }
  };
  visit(root, 0);
}

function heapAt(file: Uint8Array, address: number): Uint8Array {
  const cursor = new Cursor(file, address);
  cursor.mark('HEAP');
  const size = cursor.skip(4).u64();
  return new Cursor(file, cursor.skip(8).u64()).bytes(size);
}

function readTable(cursor: Cursor, names: Uint8Array, add: Add): void {
  cursor.mark('SNOD');
  const count = cursor.skip(2).u16();
  for (let n = 0; n < count; n++) {
    const place = cursor.u64();
    const address = cursor.u64();
    const kind = cursor.u32();
    cursor.skip(20);
    if (place >= names.byteLength) throw new Hdf5Fault('has a name beyond its heap');
    add(textOf(names.subarray(place)), kind === 2 ? 'a soft link' : address);
  }
}
