// Turns runtime/*.ts into compiler/targets/shared/runtime-text.ts, from which modules are written:
// each declaration with its text in both dialects and the declarations that it uses. Run in the project's folder:
//
//   npm run build && node dist/scripts/inline-runtime.js
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Project, type SourceFile, SyntaxKind, ts } from 'ts-morph';

const target = 'compiler/targets/shared/runtime-text.ts';

interface Piece {
  readonly name: string;
  readonly typesOnly: boolean;
  readonly ts: string;
  readonly js: string;
}

function piecesOf(file: SourceFile): Piece[] {
  const declarations = file.getStatements().filter((statement) => !statement.isKind(SyntaxKind.ImportDeclaration));
  return declarations.map((statement) => {
    const node =
      statement.asKind(SyntaxKind.FunctionDeclaration) ??
      statement.asKind(SyntaxKind.VariableStatement) ??
      statement.asKindOrThrow(SyntaxKind.InterfaceDeclaration);
    const text = node
      .getFullText()
      .replace(/^\/\/.*\n/gm, '')
      .trim()
      .replace(/^(export )/m, '');
    const typesOnly = node.isKind(SyntaxKind.InterfaceDeclaration) || node.hasDeclareKeyword();
    const named = node.isKind(SyntaxKind.VariableStatement) ? node.getDeclarations()[0]! : node;
    return { name: named.getName() ?? '', typesOnly, ts: text, js: typesOnly ? '' : javaScript(text) };
  });
}

/** TypeScript's printer indents by four. */
function javaScript(text: string): string {
  const compilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    newLine: ts.NewLineKind.LineFeed,
  };
  const { outputText } = ts.transpileModule(text, { compilerOptions });
  return outputText
    .replace(/^"use strict";\n/, '')
    .trim()
    .replace(/^( {4})+/gm, (spaces) => ' '.repeat(spaces.length / 2));
}

export function runtimeText(): string {
  const project = new Project({ useInMemoryFileSystem: true });
  const names = readdirSync('runtime')
    .filter((name) => name.endsWith('.ts'))
    .sort();
  const pieces = names.flatMap((name) =>
    piecesOf(project.createSourceFile(name, readFileSync(`runtime/${name}`, 'utf8'))),
  );
  const entries = pieces.map((piece) => {
    const uses = pieces.filter((other) => other !== piece && new RegExp(`\\b${other.name}\\b`).test(piece.ts));
    return `  ${piece.name}: ${JSON.stringify({ ...piece, uses: uses.map((other) => other.name) }, null, 2)},`;
  });
  return [
    '// biome-ignore-all format: generated text',
    '// biome-ignore-all lint: generated text',
    '// Written by scripts/inline-runtime.ts from runtime/*.ts: run it again after a change there.',
    '',
    '/** One declaration of the runtime, as it stands in modules. */',
    'export interface RuntimePiece {',
    '  readonly name: string;',
    '  readonly typesOnly: boolean;',
    '  readonly ts: string;',
    '  readonly js: string;',
    '  readonly uses: readonly string[];',
    '}',
    '',
    `export type RuntimeName = ${pieces.map((piece) => `'${piece.name}'`).join(' | ')};`,
    '',
    'export const runtimePieces: Readonly<Record<RuntimeName, RuntimePiece>> = {',
    ...entries,
    '};',
    '',
  ].join('\n');
}

if (process.argv[1]?.includes('inline-runtime')) writeFileSync(target, runtimeText());
