// The part of the browser's benchmark that runs in the page: the same entrants and the same rounds as in Node. Bare imports
// go where the page's import map says.
import { differencesOf, type Entrant, outputsOf } from './contestant.ts';
import { webEntrant } from './onnxruntime.ts';
import { ourEntrant } from './our-module.ts';
import type { Recipe } from './recipe.ts';
import { type Measured, race } from './rounds.ts';
import { tensorflowEntrant } from './tfjs.ts';

export interface PageResult {
  readonly times: readonly Measured[];
  readonly differences: Readonly<Record<string, number>>;
}

/** @param folder where the network lies in everybody's form; @param module its module there */
export async function measureInPage(folder: string, module: string, rounds: number): Promise<PageResult> {
  const entrants = await enter(folder, module);
  const outputs = await outputsOf(entrants);
  const times = await race(entrants, rounds, 'wall');
  return { times, differences: differencesOf(outputs) };
}

async function enter(folder: string, module: string): Promise<Entrant[]> {
  const bytesOf = async (name: string): Promise<ArrayBuffer> => (await fetch(`${folder}/${name}`)).arrayBuffer();
  const numbersOf = async (name: string): Promise<Float32Array> => new Float32Array(await bytesOf(name));
  const written = JSON.parse(new TextDecoder().decode(await bytesOf('recipe.json')));
  const recipe: Recipe = { ...written, numbers: await numbersOf('weights.f32') };
  const data = await numbersOf('input.f32');
  const model = new Uint8Array(await bytesOf('model.onnx'));
  return [
    await ourEntrant('wasm', new URL(`${folder}/${module}`, location.href).href, { [recipe.input.name]: data }),
    await webEntrant(model, { ...recipe.input, data }, written.channels),
    await tensorflowEntrant(recipe, data, 'wasm'),
  ];
}
