// `npm run bench`: the networks on our targets and on their peers, interleaved in one process.
//
//   npm run bench -- --nets resnet18,unet --rounds 15
//   npm run bench -- --target ts          the plain target against tfjs-cpu
//   npm run bench -- --clock cpu          on a busy machine: processor time in place of time
//   npm run bench -- --browser            in a page of Chromium: the WebAssembly target and its peers
//   npm run bench -- --layers             single layers against the multiply-add limit
//   npx -y node@24 dist/test/bench/main.js
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { BackendName } from '../../compiler/targets/index.ts';
import { chart } from './chart.ts';
import { type Measurement, measure } from './measurement.ts';
import { loadNet, netNames } from './nets.ts';
import { loadNative } from './onnxruntime.ts';
import { costTable, geometricMean, ratioOf, timeTable } from './report.ts';
import { version } from './versions.ts';

const given = options();

function options() {
  try {
    return parseArgs({
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
        browser: { type: 'boolean', default: false },
      },
    }).values;
  } catch (problem) {
    console.error(problem instanceof Error ? problem.message : problem);
    process.exit(1);
  }
}

async function machine(where: Record<string, string>): Promise<Record<string, string>> {
  return {
    processor: `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, one used`,
    ...where,
    'onnxruntime-web': version('onnxruntime-web'),
    tfjs: version('@tensorflow/tfjs-core'),
  };
}

const inNode = async (): Promise<Record<string, string>> => ({
  ...(await machine({ node: `${process.versions.node} (V8 ${process.versions.v8})` })),
  'onnxruntime-node': (await loadNative()) ? 'present' : 'not installed (npm install --no-save onnxruntime-node)',
});

const rounds = Number(given.rounds ?? (given.quick ? 5 : 15));

async function eachNet(measureNet: (name: string) => Promise<Measurement>): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const name of given.nets.split(',')) {
    if (!given.json) process.stderr.write(`measuring ${name}\n`);
    measurements.push(await measureNet(name));
  }
  return measurements;
}

const measureAll = (folder: string): Promise<Measurement[]> =>
  eachNet(async (name) =>
    measure(await loadNet(name), {
      targets: given.target.split(',') as BackendName[],
      rounds,
      clock: given.clock === 'cpu' ? 'cpu' : 'wall',
      start: !given.quick,
      reference: given.reference,
      folder,
    }),
  );

async function measureInBrowser(folder: string): Promise<{ version: string; measurements: Measurement[] }> {
  const { openBrowser } = await import('./browser.ts');
  const browser = await openBrowser(folder);
  try {
    return { version: browser.version, measurements: await eachNet((name) => browser.measure(name, rounds)) };
  } finally {
    await browser.close();
  }
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
    if (given.browser) {
      const { version, measurements } = await measureInBrowser(folder);
      report(await machine({ chromium: version }), measurements, `Chromium ${version}`);
    } else {
      const about = await inNode();
      report(about, await measureAll(folder), `Node ${about.node}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function report(about: Record<string, string>, measurements: readonly Measurement[], engine: string): void {
  if (given.svg) writeFileSync(given.svg, chart(measurements, `GFLOP/s, one thread, ${about.processor}, ${engine}`));
  if (given.json) {
    console.log(JSON.stringify({ machine: about, measurements, geometricMean: summary(measurements) }, null, 2));
    return;
  }
  const lines = Object.entries(about).map(([name, value]) => `${name.padEnd(18)}${value}`);
  console.log(lines.join('\n'));
  console.log(`\n${timeTable(measurements).join('\n')}\n\n${costTable(measurements).join('\n')}`);
}

try {
  await main();
} catch (problem) {
  // A network that is not there, a browser that is missing.
  console.error(problem instanceof Error ? problem.message : problem);
  process.exitCode = 1;
}
