// Emitted TypeScript and declarations in other people's projects: the strictest flags, with the types of a browser and without
// any, in the TypeScript that is installed and in an older one.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Project, ts } from 'ts-morph';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Compiled, compile, type EmitOptions, type Target } from '../../compiler/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'atrous-types-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Layers with halos, lanes that are not stored, functions of the runtime, an index table, a setup. */
const small = `model small(image: [5, 6, 3]) -> (out: [5, 6, 2], up: [7, 7, 3]) {
  conv(6, kernel: 3, padding: same) |> gelu |> batchNorm |> round |> conv(2, kernel: 1) as last
  image |> resize(size: [7, 7], mode: nearest) as up
  return out: last, up: up
}`;

const sources: Readonly<Record<string, string>> = {
  small,
  dilated: readFileSync('examples/dilated.convnet', 'utf8'),
  separable: readFileSync('examples/separable.convnet', 'utf8'),
};

const files: string[] = [];

beforeAll(async () => {
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  for (const [name, text] of Object.entries(sources)) {
    for (const target of ['ts', 'wasm'] as const) {
      const compiled = compile(text, { target, init: 'he' });
      if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join('; '));
      await writeAll(name, target, compiled.model);
    }
  }
  const use = (path: string) => `
    import { create, load, type UrlLike } from './${path}';
    const outputs = create(new Uint8Array()).run({ image: new Float32Array(90) });
    declare const address: UrlLike;
    export const all: readonly (Float32Array | Promise<unknown>)[] = [outputs.out, outputs.up, load({ weights: address })];
    // @ts-expect-error: no such result
    outputs.down;
  `;
  write('use-ts.ts', use('small-ts-0-ts/small.ts'));
  write('use-js.ts', use('small-wasm-2-js/small.js'));
});

const selfTest = { inputs: { image: new Float32Array(1) }, outputs: {}, tolerance: 0 };
const ways: readonly EmitOptions[] = [
  {},
  { inlineWeights: 'never' },
  { fallback: true },
  { selfTest },
  { selfTest, inlineWeights: 'never' },
];

async function writeAll(name: string, target: Target, model: Compiled): Promise<void> {
  for (const [n, way] of ways.entries()) {
    if (way.fallback && target === 'ts') continue;
    for (const emit of ['ts', 'js'] as const) {
      for (const { path, content } of await model.files({ ...way, emit })) {
        if (path.endsWith('.weights')) continue;
        write(`${name}-${target}-${n}-${emit}/${path}`, String(content));
      }
    }
  }
}

function write(path: string, content: string): void {
  const place = join(folder, path);
  mkdirSync(join(place, '..'), { recursive: true });
  writeFileSync(place, content);
  if (path.endsWith('.ts')) files.push(place);
}

const switches = [
  ...['strict', 'noUnusedLocals', 'noUnusedParameters', 'noUncheckedIndexedAccess', 'exactOptionalPropertyTypes'],
  ...['noImplicitReturns', 'noImplicitOverride', 'noPropertyAccessFromIndexSignature', 'noFallthroughCasesInSwitch'],
  ...['isolatedDeclarations', 'declaration', 'erasableSyntaxOnly', 'verbatimModuleSyntax'],
  ...['allowImportingTsExtensions', 'noEmit'],
];

describe.each([
  ['of a browser', ['es2022', 'dom']],
  ['of the language alone', ['es2022']],
] as const)('with the types %s', (_, libraries) => {
  test('modules compile in the TypeScript of this project', () => {
    const flags = ['--ignoreConfig', ...switches.map((name) => `--${name}`), '--target', 'es2022', '--types', ''];
    const rest = ['--module', 'nodenext', '--lib', libraries.join(), ...files];
    expect(outputOf('node_modules/.bin/tsc', [...flags, ...rest])).toBe('');
  });

  test('and in an older one, as bundlers use it', () => {
    const compilerOptions = {
      ...Object.fromEntries(switches.map((name) => [name, true])),
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      types: [],
      lib: libraries.map((name) => `lib.${name}.d.ts`),
    };
    const project = new Project({ compilerOptions });
    project.addSourceFilesAtPaths(files);
    expect(project.formatDiagnosticsWithColorAndContext(project.getPreEmitDiagnostics())).toBe('');
  });
});

function outputOf(command: string, parameters: readonly string[]): string {
  try {
    return execFileSync(command, parameters, { encoding: 'utf8', stdio: 'pipe' });
  } catch (failure) {
    return String((failure as { stdout: unknown }).stdout);
  }
}

test('every file begins with the marks of generated code', () => {
  const marks = ['// @generated', '/* eslint-disable */', '// biome-ignore-all assist: generated code'];
  for (const file of files.filter((path) => !path.includes('use-'))) {
    expect(readFileSync(file, 'utf8').split('\n').slice(0, 3)).toEqual(marks);
  }
  const script = readFileSync(join(folder, 'small-wasm-2-js/small.js'), 'utf8').split('\n');
  expect(script.slice(0, 2)).toEqual(['// @ts-self-types="./small.d.ts"', '// @generated']);
});
