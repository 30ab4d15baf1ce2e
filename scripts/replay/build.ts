// Builds all models of a file in all ways. The one place of the replay that knows the compiler: when files move there, or
// names change, this is what follows.

import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { analyse, type Compiled, compileModel, sourceHash } from '../../compiler/compile.ts';
import { findWeights, loadModels } from '../../compiler/drivers/models.ts';
import { infer } from '../../compiler/passes/infer.ts';
import { type BackendName, loadBackend } from '../../compiler/targets/index.ts';
import type { Backend, EmitOptions, GeneratedFile } from '../../compiler/targets/target.ts';
import type { Problem, Result } from '../../dsl/problem.ts';
import type { Case } from '../../test/conformance/runner/case.ts';
import { importRecorded } from '../../test/conformance/runner/models.ts';
import { Refused } from '../../test/conformance/runner/network.ts';
import { planOf } from '../../test/conformance/runner/plan.ts';
import { Unsupported } from '../../test/conformance/runner/translation.ts';

export interface Build {
  readonly file: string;
  /** Empty where no model could be read. */
  readonly model: string;
  /** The target and what was asked of it. */
  readonly way: string;
  /** Codes, in order. */
  readonly problems: readonly string[];
  /** The weights memory. */
  readonly weights?: Uint8Array;
  readonly files: readonly GeneratedFile[];
}

interface Way {
  readonly name: string;
  readonly options: EmitOptions;
}

const ways: Readonly<Record<BackendName, readonly Way[]>> = {
  ts: [{ name: 'ts', options: {} }],
  wasm: [
    { name: 'wasm', options: {} },
    { name: 'wasm with fallback', options: { fallback: true } },
    { name: 'wasm with fallback, in TypeScript', options: { fallback: true, emit: 'ts' } },
  ],
};

/** For what has none of its own. */
const randomWeights = { scheme: 'he', seed: 1 } as const;

/** A model that waits for a target. */
interface Pending {
  readonly model: string;
  readonly compile: (backend: Backend) => Result<Compiled>;
}

export async function* buildsOf(file: string): AsyncGenerator<Build> {
  const read = await guarded(() => readModels(file));
  if (!Array.isArray(read)) return yield { file, model: '', way: 'reading', problems: read.problems, files: [] };
  for (const { model, compile } of read as Pending[]) {
    for (const [target, asked] of Object.entries(ways)) {
      const backend = await loadBackend(target as BackendName);
      const compiled = await guarded(() => compile(backend));
      for (const { name, options } of asked) yield { file, model, way: name, ...(await written(compiled, options)) };
    }
  }
}

interface Failed {
  readonly problems: readonly string[];
}

const codes = (problems: readonly Problem[]): string[] => problems.map(({ code }) => code);

/** What is refused or goes wrong within is also something to compare. */
async function guarded<T>(work: () => T | Promise<T>): Promise<T | Failed> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof Refused) return { problems: codes(thrown.problems) };
    if (thrown instanceof Unsupported) return { problems: [`unsupported: ${thrown.message}`] };
    return { problems: [`internal error: ${thrown instanceof Error ? thrown.message : thrown}`] };
  }
}

async function written(
  compiled: Result<Compiled> | Failed,
  options: EmitOptions,
): Promise<Pick<Build, 'problems' | 'weights' | 'files'>> {
  if (!('ok' in compiled)) return { problems: compiled.problems, files: [] };
  const problems = codes(compiled.problems);
  if (!compiled.ok) return { problems, files: [] };
  const { weights } = compiled.value;
  const files = await guarded(() => compiled.value.files(options));
  if ('problems' in files) return { problems: [...problems, ...files.problems], files: [] };
  return { problems, weights: new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength), files };
}

async function readModels(file: string): Promise<Pending[] | Failed> {
  if (file.endsWith('.json')) return readCases(file);
  const loaded = await loadModels(file);
  // A test of a single operator feeds kernels and sizes as inputs.
  if (!loaded.ok && file.endsWith('model.onnx')) return readRecorded(file);
  if (!loaded.ok) return { problems: codes(loaded.problems) };
  return Promise.all(
    loaded.value.models.map(async (model): Promise<Pending> => {
      const found = await findWeights(loaded.value, model, {});
      const hasWeights = found.ok && found.value.weights !== undefined;
      const options = {
        ...(hasWeights ? found.value : { init: randomWeights }),
        sourceHash: sourceHash(loaded.value.source.text),
      };
      return { model: model.name, compile: (backend) => compileModel(model, backend, options) };
    }),
  );
}

function readRecorded(file: string): Pending[] | Failed {
  const { imported } = importRecorded(dirname(file));
  if (!imported.ok) return { problems: codes(imported.problems) };
  const { text, weights } = imported.value;
  const shaped = analyse({ file: 'model.convnet', text });
  if (!shaped.ok) return { problems: codes(shaped.problems) };
  const options = { weights, sourceHash: sourceHash(text) };
  return shaped.value.map((model) => ({
    model: model.name,
    compile: (backend) => compileModel(model, backend, options),
  }));
}

/** Operator cases, as the conformance runner makes models of them. */
function readCases(file: string): Pending[] {
  const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: readonly Case[] };
  return cases.map((stated) => ({
    model: stated.name,
    compile: (backend) => {
      const { model, weights } = planOf(stated);
      const tensors = [...weights].flatMap(([name, { shape, data }]) =>
        data ? [[name, { shape, data }] as const] : [],
      );
      const shaped = infer.run(model);
      if (!shaped.ok) return shaped;
      const options = { weights: new Map(tensors), init: randomWeights, sourceHash: sourceHash(model.name) };
      return compileModel(shaped.value, backend, options);
    },
  }));
}
