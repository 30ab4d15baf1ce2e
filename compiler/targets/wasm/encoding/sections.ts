// A module as bytes: a header, then sections, each a number, a size and a list. Empty ones are left out. The last, without a
// number of its own, has the names of the functions.
//
//   (module (func (export "run")))  →  00 61 73 6d 01 00 00 00      \0asm, version 1
//                                      01 04 01 60 00 00            types: no parameters, no results
//                                      03 02 01 00                  functions: of type 0
//                                      07 07 01 03 72 75 6e 00 00   exports: run, function 0
//                                      0a 04 01 02 00 0b            code: no variables, end
import { Bytes } from './bytes.ts';
import { end } from './control.ts';
import type { DataSegment, Memory, Module } from './module.ts';
import { writeFunctionType } from './types.ts';

const header = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** What an import or export is. */
const kinds = { function: 0, memory: 2 };

export function encodeSections({ types, functions, exports, memory, data }: Module): Uint8Array<ArrayBuffer> {
  const bytes = new Bytes();
  bytes.append(Uint8Array.from(header));
  const imported = memory?.imported ? [memory] : [];
  const defined = memory && !memory.imported ? [memory] : [];
  section(bytes, 1, types, (type, list) => writeFunctionType(type, list));
  section(bytes, 2, imported, writeMemoryImport);
  section(bytes, 3, functions, ({ type }, list) => list.unsigned(type));
  section(bytes, 5, defined, writeLimits);
  section(bytes, 7, [...memoryExports(memory), ...exports.map(functionExport)], writeExport);
  section(bytes, 10, functions, ({ code }, list) => list.sized(code));
  section(bytes, 11, data, writeSegment);
  writeNames(bytes, functions);
  return bytes.finished();
}

function section<Item>(
  bytes: Bytes,
  number: number,
  items: readonly Item[],
  write: (item: Item, list: Bytes) => void,
): void {
  if (items.length === 0) return;
  const list = new Bytes();
  list.list(items, (item) => write(item, list));
  bytes.byte(number);
  bytes.sized(list.finished());
}

function writeMemoryImport(memory: Memory, list: Bytes): void {
  list.text(memory.imported!.module);
  list.text(memory.imported!.name);
  list.byte(kinds.memory);
  writeLimits(memory, list);
}

/** The first bit says that there is a maximum, the second that threads share the memory. */
function writeLimits({ minimum, maximum, shared }: Memory, list: Bytes): void {
  list.byte(shared ? 3 : 1);
  list.unsigned(minimum);
  list.unsigned(maximum);
}

interface Export {
  readonly name: string;
  readonly kind: number;
  readonly number: number;
}

const memoryExports = (memory: Memory | undefined): Export[] =>
  memory?.exported === undefined ? [] : [{ name: memory.exported, kind: kinds.memory, number: 0 }];

const functionExport = ({ name, number }: Module['exports'][number]): Export => ({
  name,
  kind: kinds.function,
  number,
});

function writeExport({ name, kind, number }: Export, list: Bytes): void {
  list.text(name);
  list.byte(kind);
  list.unsigned(number);
}

/** Copied to its offset, a constant expression, when the module is instantiated. */
function writeSegment({ offset, bytes }: DataSegment, list: Bytes): void {
  list.byte(0);
  list.byte(0x41);
  list.signed(offset);
  list.byte(end);
  list.sized(bytes);
}

/** A section of parts, of which the first is the names of functions. */
function writeNames(bytes: Bytes, functions: Module['functions']): void {
  const names = new Bytes();
  names.list(functions, ({ name }, number) => {
    names.unsigned(number);
    names.text(name);
  });
  const content = new Bytes();
  content.text('name');
  content.byte(1);
  content.sized(names.finished());
  bytes.byte(0);
  bytes.sized(content.finished());
}
