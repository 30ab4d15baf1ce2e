// The instructions of a function as lines of text, one each: two encodings of the same instructions give the same lines.
import type { Bytes } from './bytes.ts';
import { afterPrefix, type Immediate, opcodes, prefixes } from './opcodes.ts';

export interface Signature {
  readonly parameters: readonly string[];
  readonly results: readonly string[];
}

export const show = ({ parameters, results }: Signature): string =>
  `(${parameters.join(' ')}) -> (${results.join(' ')})`;

const valueTypes: Readonly<Record<number, string>> = { 127: 'i32', 126: 'i64', 125: 'f32', 124: 'f64', 123: 'v128' };

export function valueType(code: number): string {
  const name = valueTypes[code];
  if (!name) throw new Error(`0x${code.toString(16)} is no type of value that is known here`);
  return name;
}

/** Up to the `end` that closes what was begun outside; without it. */
export function readInstructions(bytes: Bytes, types: readonly Signature[]): string[] {
  const lines: string[] = [];
  for (let depth = 0; ; ) {
    const opcode = readOpcode(bytes);
    const closing = opcode.name === 'end' || opcode.name === 'else';
    if (opcode.name === 'end' && depth === 0) return lines;
    const words = opcode.immediates.map((kind) => immediate(bytes, kind, types));
    lines.push('  '.repeat(closing ? depth - 1 : depth) + [opcode.name, ...words].join(' '));
    if (opcode.immediates[0] === 'block') depth++;
    if (opcode.name === 'end') depth--;
  }
}

function readOpcode(bytes: Bytes) {
  const { at } = bytes;
  const first = bytes.byte();
  const code = prefixes.includes(first) ? afterPrefix(first, bytes.unsigned()) : first;
  const opcode = opcodes.get(code);
  if (!opcode) throw new Error(`the instruction 0x${code.toString(16)} at ${at} is not known here`);
  return opcode;
}

function immediate(bytes: Bytes, kind: Immediate, types: readonly Signature[]): string {
  switch (kind) {
    case 'block':
      return blockType(bytes.signed(), types);
    case 'index':
      return String(bytes.unsigned());
    case 'labels':
      return [...bytes.list(() => bytes.unsigned()), bytes.unsigned()].join(' ');
    case 'types':
      return bytes.list(() => valueType(bytes.byte())).join(' ');
    case 'memory':
      return memoryPlace(bytes);
    case 'i32':
    case 'i64':
      return String(bytes.signed());
    // As bits, since NaN has many.
    case 'f32':
      return `0x${bytes.hex(4)}`;
    case 'f64':
      return `0x${bytes.hex(8)}`;
    case 'v128':
      return `0x${bytes.hex(16)}`;
    case 'lane':
      return String(bytes.byte());
    case 'lanes':
      return bytes.take(16).join(' ');
  }
}

/** Nothing, a type of value as a negative number of 7 bits, or the index of a signature. */
function blockType(code: bigint, types: readonly Signature[]): string {
  if (code >= 0n) return show(types[Number(code)]!);
  const results = code === -64n ? [] : [valueType(Number(code) + 0x80)];
  return show({ parameters: [], results });
}

function memoryPlace(bytes: Bytes): string {
  const flags = bytes.unsigned();
  const memory = flags & 0x40 ? ` memory=${bytes.unsigned()}` : '';
  return `offset=${bytes.unsigned()} align=${2 ** (flags & 0x3f)}${memory}`;
}
