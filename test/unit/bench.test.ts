// The benchmark of the networks, as `npm run bench` starts it, on the smallest network and in a single round.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { chromiumPath } from '../chromium.ts';

const main = join(import.meta.dirname, '../../dist/test/bench/main.js');

interface Report {
  readonly measurements: readonly {
    readonly net: string;
    readonly times: readonly { readonly name: string; readonly median: number }[];
    readonly differences: Readonly<Record<string, number>>;
  }[];
}

/** What the report says of lenet; every entrant's output must be ours. */
async function measured(...more: string[]): Promise<string[]> {
  const given = [main, '--nets', 'lenet', '--quick', '--rounds', '1', '--json', ...more];
  const { stdout } = await promisify(execFile)(process.execPath, given);
  const [lenet] = (JSON.parse(stdout) as Report).measurements;
  expect(lenet).toMatchObject({ net: 'lenet' });
  for (const { median } of lenet!.times) expect(median).toBeGreaterThan(0);
  for (const difference of Object.values(lenet!.differences)) expect(difference).toBeLessThan(1e-5);
  return lenet!.times.map(({ name }) => name).filter((name) => name !== 'onnxruntime-node');
}

test('the benchmark runs both targets beside their peers', async () => {
  const names = ['atrous wasm', 'atrous ts', 'onnxruntime-web', 'tfjs-wasm', 'tfjs-cpu'];
  expect(await measured()).toEqual(names);
});

test.skipIf(!existsSync(chromiumPath))('and the vector target in a page', async () => {
  expect(await measured('--browser')).toEqual(['atrous wasm', 'onnxruntime-web', 'tfjs-wasm']);
});

test('a network that is not there is named', async () => {
  await expect(promisify(execFile)(process.execPath, [main, '--nets', 'nonet'])).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('nonet'),
  });
});
