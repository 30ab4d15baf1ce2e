// The main job, start to end: compile the digits network, import the module it became, classify digits from image files,
// and measure it on all test rows.
//
//   npm run demo
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { decode } from 'fast-png';
import { readDigits, trainingRows } from './data.ts';

/** What the generated module gives; its own `.d.ts` says the same, with literal shapes. */
interface DigitsModule {
  create(): {
    run(inputs: { image: Float32Array }, outputs?: { probabilities: Float32Array }): { probabilities: Float32Array };
  };
}

const root = new URL('../../../', import.meta.url);
const folder = new URL('examples/digits/', root);
const built = new URL('dist/examples/digits/module/', root);

const command = fileURLToPath(new URL('dist/compiler/drivers/cli/main.js', root));
const source = fileURLToPath(new URL('digits.convnet', folder));
console.log('atrous build examples/digits/digits.convnet\n');
const build = spawnSync(process.execPath, [command, 'build', source, '--out', fileURLToPath(built)], {
  stdio: 'inherit',
});
if (build.status !== 0) process.exit(build.status ?? 1);

const { create } = (await import(new URL('digits.js', built).href)) as DigitsModule;
const digits = create();

for (const file of readdirSync(new URL('images/', folder)).sort()) {
  const { width, height, channels, data } = decode(readFileSync(new URL(`images/${file}`, folder)));
  const image = Float32Array.from({ length: width * height }, (_, at) => data[at * channels]! / 255);
  draw(file, image, digits.run({ image }).probabilities);
}

const tests = readDigits(new URL('digits.csv', folder)).slice(trainingRows);
const right = tests.filter(
  ({ pixels, label }) => largest(digits.run({ image: pixels }).probabilities) === label,
).length;
const size = statSync(new URL('digits.js', built)).size;
const gzip = gzipSync(readFileSync(new URL('digits.js', built)), { level: 9 }).length;
console.log(`accuracy   ${((100 * right) / tests.length).toFixed(2)} % (${right} of ${tests.length} test rows)`);
console.log(
  `module     ${size.toLocaleString('en')} bytes with its weights, ${gzip.toLocaleString('en')} gzipped, no dependencies`,
);
console.log(`time       ${microsecondsPerDigit().toFixed(1)} µs a digit (Node ${process.versions.node}, one thread)`);

/** An 8×8 picture of half blocks beside the ten probabilities. */
function draw(file: string, image: Float32Array, probabilities: Float32Array): void {
  const shades = ' ░▒▓█';
  const shade = (grey: number): string => shades[Math.round(grey * (shades.length - 1))]!.repeat(2);
  const guess = largest(probabilities);
  console.log(`${file}: ${guess}`);
  for (let row = 0; row < 10; row++) {
    const pixels = Array.from({ length: 8 }, (_, x) => (row < 8 ? shade(image[row * 8 + x]!) : '  ')).join('');
    const probability = probabilities[row]!;
    const bar = '█'.repeat(Math.round(probability * 24));
    console.log(`  ${pixels}   ${row} ${bar}${bar && ' '}${(100 * probability).toFixed(1)} %`);
  }
  console.log();
}

function largest(values: Float32Array): number {
  return values.reduce((best, value, at) => (value > values[best]! ? at : best), 0);
}

/** The median over rounds, after a warm-up. */
function microsecondsPerDigit(): number {
  const outputs = { probabilities: new Float32Array(10) };
  const rounds = Array.from({ length: 21 }, () => {
    const start = performance.now();
    for (const { pixels } of tests) digits.run({ image: pixels }, outputs);
    return (1000 * (performance.now() - start)) / tests.length;
  });
  return rounds.sort((a, b) => a - b)[10]!;
}
