// Every word that occurs in emitted modules, as the name of a model, of an input, of a layer and of a result: what a module
// calls its own is never hidden by a name of the user's. The modules are compiled and run.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Compiled,
  check,
  compile,
  type EmitOptions,
  type GeneratedFile,
  type Target,
} from '../../compiler/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'atrous-names-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Way {
  readonly name: string;
  readonly target: Target;
  readonly options: EmitOptions;
}

const ways: readonly Way[] = (['always', 'never'] as const).flatMap((inlineWeights) => [
  { name: `ts-${inlineWeights}`, target: 'ts', options: { inlineWeights } } as const,
  { name: `wasm-${inlineWeights}`, target: 'wasm', options: { inlineWeights } } as const,
  { name: `fallback-${inlineWeights}`, target: 'wasm', options: { inlineWeights, fallback: true } } as const,
]);

const known = new Map<string, Compiled>();

function filesOf(text: string, target: Target, options: EmitOptions): Promise<readonly GeneratedFile[]> {
  const key = `${target} ${text}`;
  const compiled = known.get(key) ?? compiledOf(text, target);
  known.set(key, compiled);
  return compiled.files(options);
}

function compiledOf(text: string, target: Target): Compiled {
  const compiled = compile(text, { target, init: 'he' });
  if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join('; '));
  return compiled.model;
}

/** Kernels of every sort: helpers of the runtime, a table, a halo, vectors, a setup. */
const rich = `model rich(image: [12, 12, 4]) -> (out: [1728], up: [17, 17, 4]) {
  conv(8, kernel: 3, padding: same) |> gelu |> conv(12, kernel: 3, padding: same) |> round |> sigmoid as last
  image |> resize(size: [17, 17], mode: nearest) as up
  last |> flatten as out
  return out: out, up: up
}`;

const wordsOf = (text: string): readonly string[] => {
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '').replace(/'[A-Za-z0-9+/=]{20,}'/g, '');
  return code.match(/[\p{ID_Start}_$][\p{ID_Continue}$]*/gu) ?? [];
};

/** `sum_12` and `sum_34` are alike. */
const shapeOf = (word: string): string => word.replace(/\d+/g, '0');

const firstOfEach = (list: readonly string[], key: (word: string) => string): readonly string[] => [
  ...new Map(list.toReversed().map((word) => [key(word), word])).values(),
];

const capital = (word: string): string => word.replace(/^./u, (first) => first.toUpperCase());

/** What the language lets a value be called. */
const isName = (word: string): boolean =>
  check(`model m(${word}: [1]) -> (o: [1]) {\n  relu as l\n  return o: l\n}`).table !== undefined &&
  check(`model m(i: [1]) -> (${word}: [1]) {\n  relu as ${word}\n  return ${word}: ${word}\n}`).table !== undefined;

let words: readonly string[] = [];

beforeAll(async () => {
  const found = new Set<string>();
  for (const { target, options } of ways) {
    for (const emit of ['ts', 'js'] as const) {
      const selfTest = { inputs: {}, outputs: {}, tolerance: 0 };
      for (const { path, content } of await filesOf(rich, target, { ...options, emit, selfTest })) {
        if (!path.endsWith('.weights')) for (const word of wordsOf(String(content))) found.add(word);
      }
    }
  }
  const others = ['sum_0', 'x_0', 'next_0', 'table_1', 'n0', 'w0', 't0', 'row', '__proto__', 'constructor', 'toString'];
  words = [...new Set([...firstOfEach([...found].sort(), shapeOf), ...others])].filter(isName);
});

/** Input k holds k + 1 and its negative; result k has them doubled and without what is negative. */
function model(inputs: readonly string[], outputs: readonly string[]): string {
  const parts = inputs.map((input, k) => `  ${input} |> add(it, it) |> relu as ${outputs[k]}`);
  return `model m(weighed: [3], ${inputs.map((name) => `${name}: [2]`).join(', ')}) -> (dense_result: [2], ${outputs
    .map((name) => `${name}: [2]`)
    .join(', ')}) {
  weighed |> dense(2) as dense_result
${parts.join('\n')}
  return dense_result: dense_result, ${outputs.map((name) => `${name}: ${name}`).join(', ')}
}`;
}

const numbered = (stem: string): readonly string[] => words.map((_, k) => `${stem}${k}_`);

const nets = (): Readonly<
  Record<string, readonly [text: string, inputs: readonly string[], outputs: readonly string[]]>
> => ({
  inputs: [model(words, numbered('out')), words, numbered('out')],
  outputs: [model(numbered('in'), words), numbered('in'), words],
});

interface Module {
  create(weights?: Uint8Array): Model;
  load(): Promise<Model>;
}

interface Model {
  run(inputs: object): Record<string, Float32Array>;
}

/** Strictly, into JavaScript; what the compiler says. */
function compileTypes(files: readonly string[], outDir: string): string {
  const flags = `--ignoreConfig --strict --noUncheckedIndexedAccess --target es2022
    --module nodenext --lib es2022,dom --types node --rootDir ${folder} --outDir ${outDir}`;
  try {
    return execFileSync('node_modules/.bin/tsc', [...flags.split(/\s+/), ...files], { encoding: 'utf8' });
  } catch (failure) {
    return String((failure as { stdout: unknown }).stdout);
  }
}

const allocate = (names: readonly string[], of: (k: number) => readonly number[]): object =>
  Object.fromEntries(names.map((name, k) => [name, Float32Array.from(of(k))]));

async function checkRun(path: string, weights: string, inputs: readonly string[], outputs: readonly string[]) {
  const { create }: Module = await import(/* @vite-ignore */ pathToFileURL(path).href);
  const network = weights === '' ? create() : create(readFileSync(weights));
  const given = { weighed: new Float32Array(3), ...allocate(inputs, (k) => [k + 1, -k - 1]) };
  const { dense_result: _, ...found } = network.run(given);
  expect(found).toEqual(allocate(outputs, (k) => [2 * k + 2, 0]));
}

describe('words of modules', () => {
  test('are many, and among them those that modules once hid', () => {
    expect(words.length).toBeGreaterThan(150);
    for (const word of ['info', 'inlined', 'checkTensors', 'decodeBase64', 'vectorEngine', 'Float32Array', 'Math'])
      expect(words).toContain(word);
  });

  test('are names of inputs, layers and results, which the module still computes', { timeout: 400_000 }, async () => {
    const sources: string[] = [];
    const runs: (() => Promise<void>)[] = [];
    for (const [net, [text, inputs, outputs]] of Object.entries(nets())) {
      for (const { name, target, options } of ways) {
        const place = join(folder, `${net}-${name}`);
        mkdirSync(place);
        const emitted = [
          ...(await filesOf(text, target, { ...options, emit: 'ts' })),
          ...(await filesOf(text, target, { ...options, emit: 'js' })),
        ].filter(({ path }) => path !== 'm.d.ts');
        for (const { path, content } of emitted) writeFileSync(join(place, path), content);
        sources.push(join(place, 'm.ts'));
        const weights = options.inlineWeights === 'never' ? join(place, 'm.weights') : '';
        runs.push(() => checkRun(join(place, 'm.js'), weights, inputs, outputs));
        runs.push(() => checkRun(join(folder, 'compiled', `${net}-${name}`, 'm.js'), weights, inputs, outputs));
      }
    }
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    expect(compileTypes(sources, join(folder, 'compiled'))).toBe('');
    for (const run of runs) await run();
    const { WebAssembly: present } = globalThis;
    Reflect.deleteProperty(globalThis, 'WebAssembly');
    try {
      for (const run of runs.filter((_, n) => ways[(n >> 1) % ways.length]!.options.fallback)) await run();
    } finally {
      globalThis.WebAssembly = present;
    }
  });

  test('are names of models, whose types compile', async () => {
    const sources: string[] = [];
    // The word stands in the module as the type of the model, of its inputs or of its outputs.
    const types = firstOfEach(words, capital).filter((word) => words.includes(capital(word)));
    expect(types.length).toBeGreaterThan(30);
    const inlined = ways.filter(({ options }) => options.inlineWeights === 'always');
    for (const [k, word] of types.entries()) {
      const text = `model ${word}(i: [2]) -> (o: [2]) {\n  gelu\n  return o: it\n}`;
      const { target, options } = inlined[k % inlined.length]!;
      const place = join(folder, `model-${k}`);
      mkdirSync(place);
      const [file] = await filesOf(text, target, { ...options, emit: 'ts' });
      writeFileSync(join(place, 'module.ts'), file!.content);
      sources.push(join(place, 'module.ts'));
    }
    expect(compileTypes(sources, join(folder, 'compiled-models'))).toBe('');
    for (const k of types.keys()) {
      const { create }: Module = await import(
        /* @vite-ignore */ pathToFileURL(join(folder, 'compiled-models', `model-${k}`, 'module.js')).href
      );
      expect(create().run({ i: Float32Array.of(0, 100) }).o).toEqual(Float32Array.of(0, 100));
    }
  });
});

test('a result called `info` is computed', async () => {
  const text = readFileSync('test/golden/module/output-named-info.convnet', 'utf8');
  for (const { name, target, options } of ways) {
    const place = join(folder, `info-${name}`);
    mkdirSync(place);
    for (const { path, content } of await filesOf(text, target, { ...options, emit: 'js' }))
      writeFileSync(join(place, path), content);
    const { load }: Module = await import(/* @vite-ignore */ pathToFileURL(join(place, 'm.js')).href);
    expect((await load()).run({ a: Float32Array.of(1, -2, 3, -4) })).toEqual({ info: Float32Array.of(1, 0, 3, 0) });
  }
});
