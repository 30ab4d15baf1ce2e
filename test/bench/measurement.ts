// Everything that is measured of one network, beside its peers.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { evaluateOutputs } from '../../compiler/analysis/reference.ts';
import { encodeModel } from '../../compiler/front/onnx/codec.ts';
import { exportModel } from '../../compiler/front/onnx/export.ts';
import type { BackendName } from '../../compiler/targets/index.ts';
import { differencesOf, type Entrant, outputsOf, relativeError } from './contestant.ts';
import type { Net } from './nets.ts';
import { nodeEntrant, webEntrant } from './onnxruntime.ts';
import { ourEntrant } from './our-module.ts';
import { type Built, build, compileTime } from './ours.ts';
import { type Recipe, writeRecipe } from './recipe.ts';
import { type Clock, type Measured, race } from './rounds.ts';
import { type TensorflowBackend, tensorflowEntrant } from './tfjs.ts';

export interface Wishes {
  readonly targets: readonly BackendName[];
  readonly rounds: number;
  readonly clock: Clock;
  /** Compile time and first results, which take processes of their own. */
  readonly start: boolean;
  /** The error against double precision of nets of any size; otherwise of small ones. */
  readonly reference: boolean;
  /** Where modules and models are written. */
  readonly folder: string;
}

export interface Measurement {
  readonly net: string;
  readonly multiplyAccumulates: number;
  readonly built: readonly Built[];
  readonly times: readonly Measured[];
  /** The largest difference of each entrant's output from the first's, relative to the largest number. */
  readonly differences: Readonly<Record<string, number>>;
  /** Of our outputs against sums in double precision. */
  readonly errors: Readonly<Record<string, number>>;
  /** Milliseconds from source to module text. */
  readonly compile: Readonly<Record<string, number>>;
  /** Milliseconds from nothing to the first result. */
  readonly first: Readonly<Record<string, number>>;
}

export async function measure(net: Net, wishes: Wishes): Promise<Measurement> {
  const folder = join(wishes.folder, net.name);
  const { built, recipe, model } = await prepare(net, wishes.targets, folder);
  const entrants = await enter(net, built, recipe, model);
  const outputs = await outputsOf(entrants);
  const times = await race(entrants, wishes.rounds, wishes.clock);
  for (const { dispose } of entrants) await dispose?.();
  return {
    net: net.name,
    multiplyAccumulates: built[0]!.multiplyAccumulates,
    built,
    times,
    differences: differencesOf(outputs),
    errors: errorsOf(net, outputs, wishes.reference || built[0]!.multiplyAccumulates < 2e6),
    compile: wishes.start ? await compileTimes(net, wishes.targets) : {},
    first: wishes.start ? firstResults(built, folder) : {},
  };
}

/** The network in everybody's form, in memory and as files of a folder. */
export async function prepare(
  net: Net,
  targets: readonly BackendName[],
  folder: string,
): Promise<{ built: readonly Built[]; recipe: Recipe; model: Uint8Array }> {
  const built: Built[] = [];
  for (const target of targets) built.push(await build(net, target, join(folder, target)));
  const recipe = writeRecipe(net.model, net.weights);
  const onnx = exportModel(net.model, net.weights);
  if (!onnx.ok) throw new Error(onnx.problems.map(({ message }) => message).join('; '));
  const model = encodeModel(onnx.value);
  writeForPeers(net, recipe, model, folder);
  return { built, recipe, model };
}

function inputOf({ model, inputs }: Net): { name: string; shape: readonly number[]; data: Float32Array } {
  const { name, shape } = model.inputs[0]!;
  return { name, shape, data: inputs[name]! };
}

const outputChannels = ({ model }: Net): number => model.graph.node(model.outputs[0]!.value)!.inference.output.at(-1)!;

function writeForPeers(net: Net, { numbers, ...recipe }: Recipe, model: Uint8Array, folder: string): void {
  writeFileSync(join(folder, 'recipe.json'), JSON.stringify({ ...recipe, channels: outputChannels(net) }));
  writeFileSync(join(folder, 'weights.f32'), new Uint8Array(numbers.buffer));
  writeFileSync(join(folder, 'input.f32'), new Uint8Array(inputOf(net).data.buffer));
  writeFileSync(join(folder, 'model.onnx'), model);
}

/** Ours first. The WebAssembly target meets the peers in WebAssembly, the plain one those in plain JavaScript. */
async function enter(net: Net, built: readonly Built[], recipe: Recipe, model: Uint8Array): Promise<Entrant[]> {
  const input = inputOf(net);
  const targets = new Set(built.map(({ target }) => target));
  const entrants: Entrant[] = [];
  for (const { target, module } of built)
    entrants.push(await ourEntrant(target, pathToFileURL(module).href, net.inputs));
  const tensorflow = (backend: TensorflowBackend) => tensorflowEntrant(recipe, input.data, backend);
  if (targets.has('wasm')) {
    entrants.push(await webEntrant(model, input, outputChannels(net)), await tensorflow('wasm'));
    const native = await nodeEntrant(model, input, outputChannels(net));
    if (native) entrants.push(native);
  }
  if (targets.has('ts')) entrants.push(await tensorflow('cpu'));
  return entrants;
}

function errorsOf(net: Net, outputs: ReadonlyMap<string, Float32Array>, wanted: boolean): Record<string, number> {
  if (!wanted) return {};
  const expected = Object.values(evaluateOutputs(net.model, net.weights, net.inputs))[0]!;
  return Object.fromEntries([...outputs].map(([name, found]) => [name, relativeError(found, expected)]));
}

async function compileTimes(net: Net, targets: readonly BackendName[]): Promise<Record<string, number>> {
  const times: Record<string, number> = {};
  for (const target of targets) times[target] = await compileTime(net, target);
  return times;
}

/** The faster of two fresh processes each. */
function firstResults(built: readonly Built[], folder: string): Record<string, number> {
  const script = fileURLToPath(new URL('./first-result.js', import.meta.url));
  const start = (kind: string, module: string): number => {
    const once = (): number =>
      Number(execFileSync(process.execPath, [script, kind, folder, module], { stdio: ['ignore', 'pipe', 'ignore'] }));
    return Math.min(once(), once());
  };
  const targets = new Set(built.map(({ target }) => target));
  const ours = built.map(({ target, module }) => [`atrous ${target}`, start('atrous', module)]);
  const web = targets.has('wasm') ? ['onnxruntime-web', 'tfjs-wasm'] : [];
  const peers = [...web, ...(targets.has('ts') ? ['tfjs-cpu'] : [])];
  return Object.fromEntries([...ours, ...peers.map((kind) => [kind, start(kind, '')])]);
}
