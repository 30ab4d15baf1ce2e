// Emitted modules: type-checked under strict flags, imported in Node, asked the wrong things, run until they would leak.

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Affine } from '../../compiler/algebra/affine.ts';
import type { Plan } from '../../compiler/plan/plan.ts';
import { bytesOf } from '../../compiler/targets/shared/weights-file.ts';
import type { EmitOptions } from '../../compiler/targets/target.ts';
import { emitTypescript } from '../../compiler/targets/typescript/emit.ts';
import { emitWasm } from '../../compiler/targets/wasm/emit.ts';
import { withTableParameters } from '../../compiler/tiler/tables.ts';
import { at, convolutionPlan, load as loadFrom, loop, store, vectorNest, vectorPlan } from './module-plans.ts';

const folder = mkdtempSync(join(tmpdir(), 'atrous-module-'));
afterAll(() => rmSync(folder, { recursive: true }));

const plan = convolutionPlan({ height: 4, width: 4, channels: 4, filters: 2 });
const weights = bytesOf(Float32Array.from({ length: plan.weights.storedBytes / 4 }, (_, n) => (n % 7) - 3));
const image = Float32Array.from({ length: 64 }, (_, n) => (n % 5) - 2);

/** Another model: names that are no identifiers or words of the language, an output that is not dense, documentation. */
const awkward: Plan = {
  ...plan,
  name: 'promise',
  documentation: 'Ends a comment */ and goes on.\n\n@param none',
  inputs: [{ ...plan.inputs[0]!, name: 'class' }],
  outputs: [
    { ...plan.outputs[0]!, name: 'out.1' },
    { ...plan.inputs[0]!, name: '__proto__' },
  ],
};

/** A loop nest that takes its table, called with another. */
const row = loop('n', 3, store(1, at(0, { n: 1 }), loadFrom(0, Affine.table('n', [2, 0, 1]))));
const resized = vectorPlan(withTableParameters(vectorNest(row)), { input: 3, output: 3 });
const tabled: Plan = {
  ...resized,
  weights: plan.weights,
  invocations: resized.invocations.map((call) => ({ ...call, tables: [[1, 2, 0]] })),
};

function write(name: string, model: Plan, options: EmitOptions = {}, emit = emitTypescript): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  const files = emit(model, weights, { emit: 'js', inlineWeights: 'auto', ...options });
  for (const file of files) writeFileSync(join(path, file.path), file.content);
  return path;
}

interface Module {
  create(weights?: unknown): { run(inputs: unknown, outputs?: unknown): Record<string, Float32Array> };
  load(options?: object): Promise<ReturnType<Module['create']>>;
  selfTest(): { passed: boolean };
  info: Record<string, unknown>;
}

const load = (path: string): Promise<Module> => import(/* @vite-ignore */ pathToFileURL(path).href);

beforeAll(() => {
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  write('inlined', plan);
  write('apart', plan, { inlineWeights: 'never' });
  write('typed', plan, { emit: 'ts' });
  const tested = { inputs: { image }, outputs: { mask: image }, tolerance: 0 };
  write('typed-tested', plan, { emit: 'ts', selfTest: tested });
  write('typed-tested-apart', plan, { emit: 'ts', inlineWeights: 'never', selfTest: tested });
  write('typed-apart', plan, { emit: 'ts', inlineWeights: 'never' });
  write('tabled', tabled);
  write('tabled-typed', tabled, { emit: 'ts' });
  write('fallback', plan, { fallback: true }, emitWasm);
  write('fallback-typed', plan, { fallback: true, emit: 'ts' }, emitWasm);
  write('awkward', awkward);
  write('awkward-typed', awkward, { emit: 'ts' });
});

test('the files are those promised', () => {
  const names = (options: EmitOptions) =>
    emitTypescript(plan, weights, { emit: 'js', inlineWeights: 'auto', ...options }).map(({ path }) => path);
  expect(names({})).toEqual(['net.js', 'net.d.ts']);
  expect(names({ emit: 'ts' })).toEqual(['net.ts']);
  expect(names({ inlineWeights: 'never' })).toEqual(['net.js', 'net.d.ts', 'net.weights']);
  const large = convolutionPlan({ height: 4, width: 4, channels: 32, filters: 128 });
  const files = emitTypescript(large, new Uint8Array(large.weights.storedBytes), { emit: 'ts', inlineWeights: 'auto' });
  expect(files.map(({ path }) => path)).toEqual(['net.ts', 'net.weights']);
  expect(files[1]!.content).toHaveLength(64 + large.weights.storedBytes);
});

test('modules and declarations pass the strictest flags, and users get types that help', () => {
  const use = (module: string) => `
    import { create, info, load, type Net } from '${module}';
    const shape: readonly [4, 4, 4] = info.inputs.image.shape;
    const name: 'net' = info.name;
    export async function use(bytes: ArrayBuffer): Promise<Float32Array> {
      const net: Net = create(bytes);
      const other = await load({ weights: bytes, onProgress: (done, total) => { void [done, total]; } });
      // @ts-expect-error: a misspelt input
      other.run({ imge: new Float32Array(shape.length) });
      // @ts-expect-error: another type of numbers
      other.run({ image: new Float64Array(64) });
      const { mask } = net.run({ image: new Float32Array(64) }, { mask: new Float32Array(32) });
      void name;
      return mask;
    }
  `;
  const apart = (module: string) => `
    import { create } from '${module}';
    // @ts-expect-error: the weights are in a file
    create();
  `;
  const sources = {
    'use-js.ts': use('./inlined/net.js'),
    'use-ts.ts': use('./typed/net.ts'),
    'apart-js.ts': apart('./apart/net.js'),
    'apart-ts.ts': apart('./typed-apart/net.ts'),
    'use-fallback.ts': use('./fallback-typed/net.ts'),
    'tested.ts': use('./typed-tested/net.ts'),
    'tested-apart.ts': apart('./typed-tested-apart/net.ts'),
    'tabled.ts': `import './tabled-typed/vector.ts';`,
    'awkward.ts': `
      import { create, type PromiseModel } from './awkward/promise.js';
      import './awkward-typed/promise.ts';
      const model: PromiseModel = create();
      export const result: Float32Array = model.run({ class: new Float32Array(64) })['out.1'];
    `,
  };
  for (const [name, text] of Object.entries(sources)) writeFileSync(join(folder, name), text);
  const flags =
    `--ignoreConfig --noEmit --strict --noUncheckedIndexedAccess --exactOptionalPropertyTypes --noUnusedLocals
    --noUnusedParameters --noImplicitReturns --noImplicitOverride --verbatimModuleSyntax --erasableSyntaxOnly
    --isolatedDeclarations --declaration --allowImportingTsExtensions --target es2022 --module nodenext
    --moduleResolution nodenext --lib es2022,dom --types`.split(/\s+/);
  const report = runTool('node_modules/.bin/tsc', [
    ...flags,
    '',
    ...Object.keys(sources).map((name) => join(folder, name)),
  ]);
  expect(report).toBe('');
});

/** What a command prints, also when it fails. */
function runTool(command: string, parameters: readonly string[]): string {
  try {
    return execFileSync(command, parameters, { encoding: 'utf8', stdio: 'pipe' });
  } catch (failure) {
    return String((failure as { stdout: unknown }).stdout) + String((failure as { stderr: unknown }).stderr);
  }
}

describe('a module in Node', () => {
  test('computes the same with inlined weights, given ones and loaded ones', async () => {
    const inlined = await load(join(folder, 'inlined/net.js'));
    const apart = await load(join(folder, 'apart/net.js'));
    const [, , file] = emitTypescript(plan, weights, { emit: 'js', inlineWeights: 'never' });
    const wanted = inlined.create().run({ image });
    expect(wanted.mask!.some((value) => value !== 0)).toBe(true);
    expect(apart.create(file!.content).run({ image })).toEqual(wanted);
    expect((await apart.load()).run({ image })).toEqual(wanted);
    expect((await inlined.load()).run({ image })).toEqual(wanted);
    expect((await inlined.load({ weights: join(folder, 'apart/net.weights') })).run({ image })).toEqual(wanted);
    expect(inlined.info).toMatchObject({
      name: 'net',
      target: 'ts',
      inputs: { image: { shape: [4, 4, 4], length: 64 } },
    });
  });

  test('writes into the outputs given, and else into arrays of the caller alone', async () => {
    const net = (await load(join(folder, 'inlined/net.js'))).create();
    const first = net.run({ image });
    const copy = first.mask!.slice();
    expect(net.run({ image: new Float32Array(64) }).mask).not.toEqual(copy);
    expect(first.mask).toEqual(copy);
    const outputs = { mask: new Float32Array(32) };
    expect(net.run({ image }, outputs)).toBe(outputs);
    expect(outputs.mask).toEqual(copy);
  });

  test('has instances that share nothing', async () => {
    const { create } = await load(join(folder, 'apart/net.js'));
    const [, , file] = emitTypescript(plan, weights, { emit: 'js', inlineWeights: 'never' });
    const bytes = (file!.content as Uint8Array).slice();
    const [one, two] = [create(bytes), create(bytes)];
    const wanted = one.run({ image });
    bytes.fill(0);
    two.run({ image: new Float32Array(64) });
    expect(one.run({ image })).toEqual(wanted);
  });

  test('refuses what is wrong, and says what it expects', async () => {
    const { create } = await load(join(folder, 'apart/net.js'));
    expect(() => create()).toThrow('weights: expected an ArrayBuffer or a Uint8Array, got undefined');
    expect(() => create(new Uint8Array(10))).toThrow('weights of net refused: this is not a weights file of atrous');
    const net = (await load(join(folder, 'inlined/net.js'))).create();
    expect(() => net.run({ picture: image })).toThrow('no input is called "picture"');
    expect(() => net.run({ image: new Float32Array(3) })).toThrow('a Float32Array of 64 numbers, shape [4, 4, 4]');
    expect(() => net.run({ image }, { mask: new Float32Array(3) })).toThrow('output "mask": expected mask');
    expect(() => net.run({ image }, {})).toThrow(TypeError);
  });

  test('takes names that are no identifiers', async () => {
    const model = (await load(join(folder, 'awkward/promise.js'))).create();
    const outputs = model.run({ class: image });
    expect(Object.keys(outputs)).toEqual(['out.1', '__proto__']);
    expect(outputs['out.1']!.some((value) => value !== 0)).toBe(true);
    expect(Object.getOwnPropertyDescriptor(outputs, '__proto__')!.value).toEqual(image);
  });

  test('takes the tables of a call', async () => {
    const { create } = await load(join(folder, 'tabled/vector.js'));
    expect(create().run({ x: Float32Array.of(5, 6, 7) }).y).toEqual(Float32Array.of(6, 7, 5));
  });

  test('checks itself where it was given a test', async () => {
    const { mask } = (await load(join(folder, 'inlined/net.js'))).create().run({ image });
    const check = (outputs: Record<string, Float32Array>) => ({ inputs: { image }, outputs, tolerance: 1e-6 });
    write('tested', plan, { selfTest: check({ mask: mask! }) });
    write('mistaken', plan, { selfTest: check({ mask: mask!.map((value) => value + 1) }) });
    expect((await load(join(folder, 'tested/net.js'))).selfTest()).toMatchObject({ passed: true, worst: 0 });
    expect((await load(join(folder, 'mistaken/net.js'))).selfTest().passed).toBe(false);
  });

  test('allocates nothing where outputs are given', () => {
    const script = `
      import { create } from './inlined/net.js';
      const net = create();
      const inputs = { image: new Float32Array(64) };
      const outputs = { mask: new Float32Array(32) };
      const used = () => (gc(), process.memoryUsage().heapUsed);
      const allocated = () => {
        const before = process.memoryUsage().heapUsed;
        for (let n = 0; n < 10000; n++) net.run(inputs, outputs);
        return process.memoryUsage().heapUsed - before;
      };
      allocated(); used(); allocated(); used();
      console.log(Math.min(allocated(), allocated(), allocated()));
    `;
    writeFileSync(join(folder, 'allocation.js'), script);
    const printed = execFileSync('node', ['--expose-gc', join(folder, 'allocation.js')], { encoding: 'utf8' });
    expect(Number(printed) / 10000).toBeLessThan(1);
  });
});

test('a vector module with a fallback runs where WebAssembly does not', async () => {
  const module = await load(join(folder, 'fallback/net.js'));
  const wanted = (await load(join(folder, 'inlined/net.js'))).create().run({ image });
  expect(module.info.target).toBe('wasm');
  expect(module.create().run({ image })).toEqual(wanted);
  const { WebAssembly: present } = globalThis;
  Reflect.deleteProperty(globalThis, 'WebAssembly');
  try {
    expect(module.create().run({ image })).toEqual(wanted);
    expect((await module.load()).run({ image })).toEqual(wanted);
  } finally {
    globalThis.WebAssembly = present;
  }
});

test('the same plan gives the same bytes', () => {
  const options: EmitOptions = { emit: 'ts', inlineWeights: 'always' };
  expect(emitTypescript(plan, weights, options)).toEqual(emitTypescript(plan, weights.slice(), options));
});

test('the top level only declares, and nothing is imported', () => {
  const text = String(emitTypescript(plan, weights, { emit: 'js', inlineWeights: 'auto' })[0]!.content);
  const top = text.split('\n').filter((line) => /^[a-z]/.test(line));
  for (const line of top) expect(line).toMatch(/^(export )?(async )?(function\*? |const (info|inlined) = )/);
  expect(text).not.toMatch(/\beval\b|new Function|^import /m);
});

test('a written module, to be read', async () => {
  const small = convolutionPlan({ height: 2, width: 2, channels: 4, filters: 2 });
  const numbers = bytesOf(new Float32Array(small.weights.storedBytes / 4).fill(1));
  for (const emit of ['ts', 'js'] as const) {
    for (const { path, content } of emitTypescript(small, numbers, { emit, inlineWeights: 'auto' })) {
      await expect(content).toMatchFileSnapshot(`../golden/module/${path}`);
    }
  }
});
