// How the tree is built, as ARCHITECTURE.md says it: floors, tables that are folder listings, functions one can read.
import { join } from 'node:path';
import { parseAst } from 'rolldown/parseAst';
import { describe, expect, it } from 'vitest';
import { lintNames, modelLints } from '../../compiler/analysis/lints/index.ts';
import { operators } from '../../compiler/operators/index.ts';
import { passes } from '../../compiler/passes/index.ts';
import { filesUnder, importsOf, isOurs, root, textOf } from './tree.ts';

/** From the ground up: a file imports from its own floor and those below. */
const floors = [
  'runtime/',
  'dsl/',
  'compiler/tensor.ts',
  'compiler/algebra/',
  'compiler/files/',
  'compiler/operators/',
  'compiler/graph/',
  'compiler/program/',
  'compiler/scheduling/',
  'compiler/tiler/',
  'compiler/plan/',
  'compiler/options.ts',
  'compiler/passes/',
  'compiler/analysis/',
  'compiler/front/',
  'compiler/targets/',
  'compiler/compile.ts',
  'compiler/presentation/',
  'compiler/index.ts',
  'compiler/drivers/',
];
const floorOf = (file: string): number => floors.findIndex((floor) => file.startsWith(floor));
const files = ['runtime', 'dsl', 'compiler'].flatMap(filesUnder);

describe('every file stands on a floor', () => {
  it.each(files)('%s, and imports from no higher one', (file) => {
    expect(floorOf(file)).toBeGreaterThanOrEqual(0);
    // The options of a compilation are declared once, for every floor they concern: of those it knows types alone, and
    // the names of the targets.
    const isOptions = file === 'compiler/options.ts';
    const text = isOptions ? textOf(file).replace(/^import type [^;]*;/gm, '') : textOf(file);
    const higher = importsOf(file, text).filter((name) => isOurs(name) && floorOf(name) > floorOf(file));
    expect(higher).toEqual(isOptions ? ['compiler/targets/index.ts'] : []);
  });

  it('and none is missing from the list', () => {
    const used = new Set(files.map(floorOf));
    expect(floors.filter((_, floor) => !used.has(floor))).toEqual([]);
  });
});

describe('tables are folder listings', () => {
  it('of operators: whatever a file exports that is one', async () => {
    const modules = await Promise.all(
      filesUnder('compiler/operators').map((file) => import(join(root, file)) as Promise<Record<string, unknown>>),
    );
    const isOperator = (value: unknown): value is { readonly name: string } =>
      typeof value === 'object' && value !== null && 'infer' in value && 'family' in value && 'name' in value;
    const exported = modules.flatMap((module) => Object.values(module).filter(isOperator));
    expect(new Set(exported.map(({ name }) => name))).toEqual(new Set(operators.keys()));
    expect(exported.length).toBeGreaterThan(90);
  });

  it('of passes: whatever a file exports that is one', async () => {
    const modules = await Promise.all(
      filesUnder('compiler/passes').map((file) => import(join(root, file)) as Promise<Record<string, unknown>>),
    );
    const isPass = (value: unknown): value is { readonly name: string } =>
      typeof value === 'object' && value !== null && 'run' in value && 'from' in value && 'to' in value;
    const exported = modules.flatMap((module) => Object.values(module).filter(isPass));
    expect(new Set(exported)).toEqual(new Set(passes));
  });
});

describe('lints stand in one table', () => {
  it('those over a whole model are a folder listing', async () => {
    const modules = await Promise.all(
      filesUnder('compiler/analysis/lints').map((file) => import(join(root, file)) as Promise<Record<string, unknown>>),
    );
    const isLint = (value: unknown): value is { readonly name: string } =>
      typeof value === 'object' && value !== null && 'find' in value && 'name' in value;
    const exported = modules.flatMap((module) => Object.values(module).filter(isLint));
    expect(new Set(exported)).toEqual(new Set(modelLints));
  });

  it('and every code `lint/…` of the source is there, by a name that silences it', () => {
    const named = files.flatMap((file) => [...textOf(file).matchAll(/'lint\/([a-z-]+)'/g)].map((match) => match[1]!));
    expect([...new Set(named)].sort()).toEqual(lintNames);
  });
});

describe('every pass has a test of its own', () => {
  const tests = filesUnder('test/passes').map(textOf);

  it.each(passes.map(({ name }) => name))('%s', (name) => {
    const imported = new RegExp(`import \\{[^}]*\\b${name}\\b[^}]*\\} from '../../compiler/passes/`);
    expect(tests.some((text) => imported.test(text) && /\bexpect/.test(text))).toBe(true);
  });
});

describe('functions can be read at once', () => {
  const longest = 45;

  interface Node {
    readonly type: string;
    readonly start: number;
    readonly end: number;
    readonly body?: Node;
    readonly callee?: Node & { readonly name?: string; readonly object?: Node & { readonly name?: string } };
    readonly arguments?: readonly Node[];
  }

  const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;
  const childrenOf = (node: Node): Node[] => Object.values(node).flat().filter(isNode);
  /** With statements: what is one expression is a table or a description. */
  const isFunction = ({ type, body }: Node): boolean =>
    /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(type) &&
    /^(BlockStatement|FunctionBody)$/.test(body?.type ?? '');

  /** The body of `describe` is a list of tests, not a function to read. */
  function describedBy(node: Node): readonly Node[] {
    const name = (callee: Node['callee']): string | undefined =>
      callee?.name ?? callee?.object?.name ?? (callee?.callee && name(callee.callee));
    return node.type === 'CallExpression' && name(node.callee) === 'describe' ? (node.arguments ?? []) : [];
  }

  function longFunctions(file: string): string[] {
    const text = textOf(file);
    const lineOf = (offset: number): number => text.slice(0, offset).split('\n').length;
    const found: string[] = [];
    const visit = (node: Node, skipped: readonly Node[]): void => {
      const lines = lineOf(node.end) - lineOf(node.start) + 1;
      if (isFunction(node) && !skipped.includes(node) && lines > longest)
        found.push(`${file}:${lineOf(node.start)} has ${lines} lines`);
      for (const child of childrenOf(node)) visit(child, describedBy(node));
    };
    visit(parseAst(text, { lang: 'ts' }) as unknown as Node, []);
    return found;
  }

  it.each(['runtime', 'dsl', 'compiler', 'scripts'])(`none in %s has more than ${longest} lines`, (folder) => {
    expect(filesUnder(folder).flatMap(longFunctions)).toEqual([]);
  });

  /** Mostly data, written out; the list may only become shorter. */
  const long = [
    'test/bench/tfjs.ts',
    'test/golden/module/net.ts',
    'test/property/kernel-cases.ts',
    'test/tflite/write.ts',
    'test/unit/module-emit.test.ts',
    'test/unit/module-plans.ts',
  ];

  it('of the tests, few have more', () => {
    const found = filesUnder('test').flatMap(longFunctions);
    expect([...new Set(found.map((place) => place.replace(/:.*/, '')))]).toEqual(long);
  });
});
