// A WebAssembly module as parts of text that do not depend on how it was encoded: signatures in the place of indices of
// types, all locals in one list, numbers without their lengths, exports by name, data segments and functions by index.
import { Bytes } from './bytes.ts';
import { readInstructions, type Signature, show, valueType } from './instructions.ts';
import type { Part } from './part.ts';

interface Sections {
  types: Signature[];
  imports: string[];
  /** How many functions are imported: the first indices are theirs. */
  importedFunctions: number;
  /** Of each own function the index of its type. */
  functions: number[];
  memories: string[];
  globals: string[];
  exports: string[];
  start: string[];
  codes: string[][];
  data: string[];
  /** Of functions, by index. */
  names: Map<number, string>;
}

const empty = (): Sections => ({
  types: [],
  imports: [],
  importedFunctions: 0,
  functions: [],
  memories: [],
  globals: [],
  exports: [],
  start: [],
  codes: [],
  data: [],
  names: new Map(),
});

const header = '0061736d01000000';
const kinds = ['function', 'table', 'memory', 'global'];

/** Throws on what no module of ours has: tables, references, a component. */
export function wasmParts(content: Uint8Array): Part[] {
  const bytes = new Bytes(content);
  if (bytes.hex(8) !== header) throw new Error('the bytes are no WebAssembly module');
  const sections = empty();
  while (!bytes.done) {
    const code = bytes.byte();
    const body = new Bytes(bytes.take(bytes.unsigned()));
    const read = readers[code];
    if (!read) throw new Error(`section ${code} is not known here`);
    read(body, sections);
    if (!body.done) throw new Error(`section ${code} has bytes left at ${body.at}`);
  }
  return partsOf(sections);
}

const readers: Readonly<Record<number, (bytes: Bytes, sections: Sections) => void>> = {
  0: readCustom,
  1: (bytes, sections) => {
    sections.types = bytes.list(() => readSignature(bytes));
  },
  2: (bytes, sections) => {
    sections.imports = bytes.list(() => readImport(bytes, sections));
  },
  3: (bytes, sections) => {
    sections.functions = bytes.list(() => bytes.unsigned());
  },
  5: (bytes, sections) => {
    sections.memories = bytes.list(() => readMemory(bytes));
  },
  6: (bytes, sections) => {
    sections.globals = bytes.list(() => `${readGlobalType(bytes)} = ${readInstructions(bytes, []).join(' ')}`);
  },
  7: (bytes, sections) => {
    sections.exports = bytes.list(() => `"${bytes.name()}" ${kinds[bytes.byte()]} ${bytes.unsigned()}`).sort();
  },
  8: (bytes, sections) => {
    sections.start = [`function ${bytes.unsigned()}`];
  },
  10: (bytes, sections) => {
    sections.codes = bytes.list(() => readCode(new Bytes(bytes.take(bytes.unsigned())), sections.types));
  },
  11: (bytes, sections) => {
    sections.data = bytes.list(() => readData(bytes));
  },
  // The number of data segments is told by the segments.
  12: (bytes) => void bytes.unsigned(),
};

function readSignature(bytes: Bytes): Signature {
  if (bytes.byte() !== 0x60) throw new Error(`the type before ${bytes.at} is none of a function`);
  const parameters = bytes.list(() => valueType(bytes.byte()));
  return { parameters, results: bytes.list(() => valueType(bytes.byte())) };
}

function readImport(bytes: Bytes, sections: Sections): string {
  const name = `"${bytes.name()}" "${bytes.name()}"`;
  const kind = kinds[bytes.byte()];
  switch (kind) {
    case 'function':
      sections.importedFunctions++;
      return `${name} function ${show(sections.types[bytes.unsigned()]!)}`;
    case 'memory':
      return `${name} memory ${readMemory(bytes)}`;
    case 'global':
      return `${name} global ${readGlobalType(bytes)}`;
    default:
      throw new Error(`${name} is an import of a kind that is not known here`);
  }
}

function readMemory(bytes: Bytes): string {
  const flags = bytes.byte();
  const least = bytes.unsigned();
  return [least, ...(flags & 1 ? [bytes.unsigned()] : []), ...(flags & 2 ? ['shared'] : [])].join(' ');
}

const readGlobalType = (bytes: Bytes): string =>
  `${valueType(bytes.byte())} ${bytes.byte() === 1 ? 'variable' : 'constant'}`;

function readCode(bytes: Bytes, types: readonly Signature[]): string[] {
  const locals = bytes.list(() => Array<string>(bytes.unsigned()).fill(valueType(bytes.byte()))).flat();
  const lines = readInstructions(bytes, types);
  if (!bytes.done) throw new Error(`a function has bytes left at ${bytes.at}`);
  return [['locals', ...locals].join(' '), ...lines];
}

function readData(bytes: Bytes): string {
  const flags = bytes.unsigned();
  const memory = flags === 2 ? ` memory ${bytes.unsigned()}` : '';
  const place = flags === 1 ? 'passive' : readInstructions(bytes, []).join(' ');
  return `${place}${memory}\n${bytes.hex(bytes.unsigned())}`;
}

/** Names of functions are what a profiler shows; other names and other sections are the encoder's own. */
function readCustom(bytes: Bytes, sections: Sections): void {
  const isNames = bytes.name() === 'name';
  while (!bytes.done) {
    if (!isNames) {
      bytes.byte();
      continue;
    }
    const subsection = bytes.byte();
    const body = new Bytes(bytes.take(bytes.unsigned()));
    if (subsection === 1) sections.names = new Map(body.list(() => [body.unsigned(), body.name()]));
  }
}

function partsOf(sections: Sections): Part[] {
  const { imports, memories, globals, exports, start, data } = sections;
  const lists = { imports, memories, globals, exports, start };
  return [
    ...Object.entries(lists).map(([name, lines]): Part => ({ name, text: lines.join('\n') })),
    ...data.map((text, number): Part => ({ name: `data segment ${number}`, text })),
    ...sections.functions.map((type, number) => functionPart(sections, type, number)),
  ].filter(({ text }) => text !== '');
}

function functionPart({ types, importedFunctions, codes, names }: Sections, type: number, number: number): Part {
  const index = importedFunctions + number;
  const name = names.get(index);
  return {
    name: `function ${index}${name === undefined ? '' : ` ${name}`}`,
    text: [show(types[type]!), ...codes[number]!].join('\n'),
  };
}
