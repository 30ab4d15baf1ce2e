// What users of a module get wrong: every exported function, on both targets, with the weights inlined and apart.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { command, inFolder } from '../golden/cli/run.ts';

const net = 'model net(image: [6, 6, 2]) -> [4, 4, 3] {\n  conv(3, kernel: 3); relu\n}\n';
const transferred = (buffer: ArrayBuffer): ArrayBuffer => {
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
};

interface Module {
  create(weights?: unknown): { run(inputs: unknown, outputs?: unknown): Record<string, Float32Array> };
  load(options?: unknown): Promise<ReturnType<Module['create']>>;
  selfTest(model?: unknown): { readonly passed: boolean };
}

describe.each([
  ['ts', 'always'],
  ['ts', 'never'],
  ['wasm', 'always'],
  ['wasm', 'never'],
])('a module of %s, weights inlined: %s', (target, inline) => {
  const withModule = (use: (module: Module, bytes: Uint8Array | undefined) => Promise<void>): Promise<void> =>
    inFolder({ 'net.convnet': net, 'package.json': '{ "type": "module" }' }, async (folder) => {
      await command(`build net.convnet --init he --target ${target} --inline-weights ${inline} --self-test`);
      const bytes = inline === 'never' ? new Uint8Array(readFileSync('net.weights')) : undefined;
      await use(await import(pathToFileURL(join(folder, 'net.js')).href), bytes);
    });

  test('selfTest says what to pass', () =>
    withModule(async (module, bytes) => {
      const model = module.create(bytes);
      expect(module.selfTest(model).passed).toBe(true);
      if (inline === 'always') expect(module.selfTest().passed).toBe(true);
      const wrong = [null, 3, 'net', {}, [], Promise.resolve(model), { run: 3 }, ...(bytes ? [undefined] : [])];
      for (const given of wrong) {
        expect(() => module.selfTest(given)).toThrow(TypeError);
        expect(() => module.selfTest(given)).toThrow('selfTest: expected a model of net, from `create()`');
      }
      for (const found of [undefined, {}, { output: new Float32Array(3) }]) {
        expect(() => module.selfTest({ run: () => found })).toThrow(TypeError);
        expect(() => module.selfTest({ run: () => found })).toThrow('the model given is another one');
      }
    }));

  test('load refuses what it would ignore', () =>
    withModule(async (module) => {
      const wrong: readonly (readonly [given: unknown, message: string])[] = [
        [null, 'load: expected options { weights, signal, onProgress }, got null'],
        ['net.weights', 'got a string'],
        [new Uint8Array(3), 'got Uint8Array of 3'],
        [new ArrayBuffer(3), 'got ArrayBuffer'],
        [new URL('file:///net.weights'), 'got URL'],
        [{ weight: 'net.weights' }, 'load: no option is called "weight": expected weights, signal, onProgress'],
        [{ weights: null }, 'load: weights are a URL, a path, an ArrayBuffer or a Uint8Array, got null'],
        [{ weights: new Response('') }, 'got Response'],
        [{ signal: 3 }, 'load: signal is an AbortSignal, got a number'],
        [{ onProgress: {} }, 'load: onProgress is a function, got Object'],
      ];
      for (const [given, message] of wrong) {
        await expect(module.load(given)).rejects.toThrow(TypeError);
        await expect(module.load(given)).rejects.toThrow(message);
      }
      expect((await module.load()).run({ image: new Float32Array(72) }).output).toHaveLength(48);
    }));

  test('buffers that were transferred are told', () =>
    withModule(async (module, bytes) => {
      const gone = transferred(new ArrayBuffer(64));
      expect(() => module.create(gone)).toThrow('refused: the file is empty, or its buffer was transferred');
      await expect(module.load({ weights: gone })).rejects.toThrow('its buffer was transferred');
      const image = new Float32Array(72);
      transferred(image.buffer);
      expect(() => module.create(bytes).run({ image })).toThrow('shape [6, 6, 2], got Float32Array of 0');
    }));

  test('create and run refuse what does not fit', () =>
    withModule(async (module, bytes) => {
      for (const given of [null, 3, 'net.weights', {}, [], ...(bytes ? [undefined] : [])])
        expect(() => module.create(given)).toThrow('weights: expected an ArrayBuffer or a Uint8Array, got');
      const model = module.create(bytes);
      const image = new Float32Array(72);
      for (const given of [undefined, null, 3, [], {}, { image: [] }, { image: image.buffer }, { image, more: image }])
        expect(() => model.run(given)).toThrow(TypeError);
      for (const given of [null, 3, [], {}, { output: new Float32Array(47) }, { output: image, more: image }])
        expect(() => model.run({ image }, given)).toThrow(TypeError);
    }));
});
