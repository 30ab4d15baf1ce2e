// `npm run bench`: the networks on our targets and on their peers, interleaved in one process.
//
//   npm run bench -- --nets resnet18,unet --rounds 15
//   npm run bench -- --target ts          the plain target against tfjs-cpu
//   npm run bench -- --clock cpu          on a busy machine: processor time in place of time
//   npm run bench -- --layers             single layers against the multiply-add limit
//   npx -y node@24 dist/test/bench/main.js
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { BackendName } from '../../compiler/backends/index.ts';
import { chart } from './chart.ts';
import { type Measurement, measure } from './measurement.ts';
import { loadNet, netNames } from './nets.ts';
import { loadNative } from './onnxruntime.ts';
import { costTable, geometricMean, ratioOf, timeTable } from './report.ts';

const { values: given } = parseArgs({
  options: {
    nets: { type: 'string', default: netNames.join(',') },
    target: { type: 'string', default: 'wasm,ts' },
    rounds: { type: 'string' },
    clock: { type: 'string', default: 'wall' },
    quick: { type: 'boolean', default: false },
    reference: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    svg: { type: 'string' },
    layers: { type: 'boolean', default: false },
  },
});

const version = (name: string): string => {
  const path = createRequire(import.meta.url)
    .resolve(name)
    .split(`/node_modules/${name}/`)[0]!;
  return createRequire(import.meta.url)(`${path}/node_modules/${name}/package.json`).version as string;
};

async function machine(): Promise<Record<string, string>> {
  return {
    processor: `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, one used`,
    node: `${process.versions.node} (V8 ${process.versions.v8})`,
    'onnxruntime-web': version('onnxruntime-web'),
    tfjs: version('@tensorflow/tfjs-core'),
    'onnxruntime-node': (await loadNative()) ? 'present' : 'not installed (npm install --no-save onnxruntime-node)',
  };
}

async function measureAll(folder: string): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const name of given.nets.split(',')) {
    if (!given.json) process.stderr.write(`measuring ${name}\n`);
    const net = await loadNet(name);
    measurements.push(
      await measure(net, {
        targets: given.target.split(',') as BackendName[],
        rounds: Number(given.rounds ?? (given.quick ? 5 : 15)),
        clock: given.clock === 'cpu' ? 'cpu' : 'wall',
        start: !given.quick,
        reference: given.reference,
        folder,
      }),
    );
  }
  return measurements;
}

function summary(measurements: readonly Measurement[]): object {
  const ratios = (target: 'wasm' | 'ts') => measurements.flatMap((measurement) => ratioOf(measurement, target) ?? []);
  const mean = (values: readonly number[]) => (values.length > 0 ? geometricMean(values) : undefined);
  return { wasm: mean(ratios('wasm')), ts: mean(ratios('ts')) };
}

async function main(): Promise<void> {
  if (given.layers) {
    await import('./layers.ts');
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'atrous-bench-'));
  try {
    const about = await machine();
    const measurements = await measureAll(folder);
    if (given.svg)
      writeFileSync(given.svg, chart(measurements, `GFLOP/s, one thread, ${about.processor}, Node ${about.node}`));
    if (given.json)
      console.log(JSON.stringify({ machine: about, measurements, geometricMean: summary(measurements) }, null, 2));
    else {
      console.log(
        Object.entries(about)
          .map(([name, value]) => `${name.padEnd(18)}${value}`)
          .join('\n'),
      );
      console.log(`\n${timeTable(measurements).join('\n')}\n\n${costTable(measurements).join('\n')}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

await main();
