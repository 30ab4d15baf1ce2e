// Inputs of every kind of window, copied in by the module as it is written: the same results as the instance in this process,
// also from one run to the next.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { analyse, compileModel } from '../../compiler/compile.ts';
import { type BackendName, loadBackend } from '../../compiler/targets/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'atrous-inputs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const chains = {
  spread: 'model net(x: [6, 9, 11]) -> [_, _, _] { conv(4, kernel: 3, padding: same) }',
  before: 'model net(x: [6, 9, 11]) -> [_, _, _] { conv(4, kernel: 3, padding: [[2, 0], [2, 0]]) }',
  after: 'model net(x: [6, 9, 11]) -> [_, _, _] { conv(4, kernel: [1, 3], padding: [[0, 0], [0, 2]]) }',
  volume: 'model net(x: [3, 4, 9, 11]) -> [_, _, _, _] { conv(4, kernel: 3, padding: same) }',
  line: 'model net(x: [9, 70]) -> [_, _] { conv(4, kernel: 3, padding: causal) }',
  narrow: 'model net(x: [9, 9, 3]) -> [_, _, _] { conv(4, kernel: 3, padding: same) }',
  together: 'model net(x: [5, 9, 8], y: [5, 9, 8]) -> [_, _, _] { concat(x, y); conv(4, kernel: 3, padding: same) }',
} as const;

async function compiledFor(target: BackendName, text: string) {
  const backend = await loadBackend(target);
  const models = analyse({ file: 'net.convnet', text });
  if (!models.ok) throw new Error(models.problems.map(({ message }) => message).join());
  const compiled = compileModel(models.value[0]!, backend, { init: { scheme: 'he', seed: 1 }, sourceHash: '' });
  if (!compiled.ok) throw new Error(`${target}: ${compiled.problems.map(({ message }) => message).join()}`);
  return compiled.value;
}

test.each(
  Object.entries(chains).flatMap(([name, text]) =>
    (['wasm', 'ts'] as const).map((target) => [name, target, text] as const),
  ),
)('%s, %s', async (name, target, text) => {
  const compiled = await compiledFor(target, text);
  const [script] = await compiled.files({ emit: 'js', inlineWeights: 'always' });
  const path = join(folder, `${name}-${target}.mjs`);
  writeFileSync(path, script!.content);
  if (target === 'wasm')
    expect(String(script!.content).includes('copyWithin')).toBe(['spread', 'before', 'after'].includes(name));
  const model = (await import(pathToFileURL(path).href)).create();
  const instance = compiled.instantiate();
  for (const factor of [7, 11]) {
    const inputs = Object.fromEntries(
      compiled.planned.plan.inputs.map(({ name: input, shape }, n) => [
        input,
        Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, at) => ((at * factor + n) % 13) - 6),
      ]),
    );
    expect(model.run(inputs)).toEqual(instance.run(inputs));
  }
});

/** In WebAssembly by a function of its own; the file is written with the plain one. */
test.each(['wasm', 'ts'] as const)('weights apart are taken and every other bit refused, %s', async (target) => {
  const compiled = await compiledFor(target, chains.narrow);
  const [script, , weights] = await compiled.files({ emit: 'js', inlineWeights: 'never' });
  const path = join(folder, `apart-${target}.mjs`);
  writeFileSync(path, script!.content);
  writeFileSync(join(folder, 'net.weights'), weights!.content);
  const { create, load } = await import(pathToFileURL(path).href);
  const file = weights!.content as Uint8Array;
  const inputs = { x: Float32Array.from({ length: 243 }, (_, n) => n % 5) };
  const expected = compiled.instantiate().run(inputs);
  expect(create(file).run(inputs)).toEqual(expected);
  expect((await load()).run(inputs)).toEqual(expected);
  for (let at = 64; at < file.length; at += 7) {
    const changed = file.with(at, file[at]! ^ 4);
    expect(() => create(changed)).toThrow('the checksum does not fit');
    await expect(load({ weights: changed })).rejects.toThrow('the checksum does not fit');
  }
});
