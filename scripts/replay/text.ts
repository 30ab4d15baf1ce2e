// A written module (JavaScript, TypeScript or declarations) as parts: its statements as TypeScript's printer prints them,
// without comments, with what it carries as base64 taken out.
import { ts } from 'ts-morph';
import { fingerprint } from './fingerprint.ts';
import type { Part } from './part.ts';

export interface ReadText {
  readonly parts: readonly Part[];
  /** WebAssembly modules that the text carries, in order. */
  readonly wasm: readonly Uint8Array[];
}

/** What begins with the four bytes of every WebAssembly module. */
const isWasm = (bytes: Uint8Array): boolean =>
  bytes[0] === 0 && bytes[1] === 0x61 && bytes[2] === 0x73 && bytes[3] === 0x6d;

export function readText(path: string, text: string): ReadText {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022);
  const printer = ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.LineFeed });
  const wasm: Uint8Array[] = [];
  const printed = file.statements.map((statement, number) => ({
    name: nameOf(statement, file) ?? `statement ${number}`,
    text: withoutBase64(printer.printNode(ts.EmitHint.Unspecified, statement, file), wasm),
  }));
  return { parts: printed.map(({ name, text }) => ({ name, text: withoutLengths(text, wasm) })), wasm };
}

function withoutBase64(text: string, wasm: Uint8Array[]): string {
  return text.replace(/(['"])([A-Za-z0-9+/]{40,}={0,2})\1/g, (_, _quote, base64: string) => {
    const bytes = Buffer.from(base64, 'base64');
    if (!isWasm(bytes)) return `<${bytes.length} bytes ${fingerprint(bytes)}>`;
    wasm.push(bytes);
    return '<WebAssembly>';
  });
}

/** How long the encoded WebAssembly is belongs to its encoder. */
const withoutLengths = (text: string, wasm: readonly Uint8Array[]): string =>
  wasm.reduce(
    (rest, { length }) => rest.replaceAll(`new Uint8Array(${length})`, 'new Uint8Array(<WebAssembly>)'),
    text,
  );

function nameOf(statement: ts.Statement, file: ts.SourceFile): string | undefined {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText(file)).join(', ');
  const { name } = statement as { name?: ts.Node };
  return name?.getText(file);
}
