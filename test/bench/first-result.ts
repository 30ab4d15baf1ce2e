// How long it takes from nothing to a first result: `node first-result.js KIND FOLDER MODULE` in a process of its own
// prints milliseconds, from before the import of the library to the output in hand. Files are read from FOLDER.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Recipe } from './recipe.ts';

const [kind, folder, module] = process.argv.slice(2) as [string, string, string];
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(join(folder, name)));
const numbersOf = (name: string): Float32Array => new Float32Array(bytesOf(name).buffer);
const textOf = (name: string): string => readFileSync(join(folder, name), 'utf8');

async function firstResult(): Promise<number> {
  const { input, channels } = JSON.parse(textOf('recipe.json')) as Recipe & { channels: number };
  const data = numbersOf('input.f32');
  const start = performance.now();
  if (kind === 'atrous') {
    const { load } = await import(pathToFileURL(module).href);
    const model = await load();
    model.run({ [input.name]: data });
  } else if (kind === 'onnxruntime-web') {
    const { webEntrant } = await import('./onnxruntime.ts');
    const entrant = await webEntrant(bytesOf('model.onnx'), { ...input, data }, channels);
    await entrant.run();
  } else {
    const { tensorflowEntrant } = await import('./tfjs.ts');
    const recipe = { ...JSON.parse(textOf('recipe.json')), numbers: numbersOf('weights.f32') } as Recipe;
    const entrant = await tensorflowEntrant(recipe, data, kind === 'tfjs-cpu' ? 'cpu' : 'wasm');
    entrant.run();
  }
  return performance.now() - start;
}

console.log(String(await firstResult()));
process.exit(0);
