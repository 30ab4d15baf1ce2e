// Raw ONNX models: a folder with `model.onnx`, recorded inputs and outputs beside it or in `test_data_set_0`. Each is
// imported, compiled for the target and run; a model for several samples is run for each of them.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { evaluateOutputs } from '../../../compiler/analysis/reference.ts';
import { analyse, compileModel, sourceHash } from '../../../compiler/compile.ts';
import { fromForeign, toForeign } from '../../../compiler/front/importing/border.ts';
import type { ImportedModel } from '../../../compiler/front/importing/import.ts';
import { decodeModel, decodeTensor } from '../../../compiler/front/onnx/codec.ts';
import { importModel } from '../../../compiler/front/onnx/import.ts';
import type { OnnxModel } from '../../../compiler/front/onnx/model.ts';
import { readTensor, type TensorValue } from '../../../compiler/front/onnx/tensor.ts';
import { loadBackend } from '../../../compiler/targets/index.ts';
import type { Backend } from '../../../compiler/targets/target.ts';
import type { Problem, Result } from '../../../dsl/problem.ts';
import type { Case, Tolerance } from './case.ts';
import { difference } from './compare.ts';
import type { Target } from './execute.ts';
import type { Outcome } from './judge.ts';
import type { Judged } from './report.ts';

/** Every model below the folder, in a fixed order. */
export async function judgeModels(folder: string, target: Target, only?: string): Promise<Judged[]> {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  const models = entries.filter((entry) => entry.isFile() && entry.name === 'model.onnx');
  const folders = models.map((entry) => entry.parentPath).sort();
  const tolerances = readTolerances(
    entries.filter(({ name }) => /^index.*\.json$/.test(name)).map((entry) => join(entry.parentPath, entry.name)),
  );
  const backend = target === 'reference' ? undefined : await loadBackend(target);
  return folders
    .map((place) => ({ place, file: relative(folder, place) }))
    .filter(({ file }) => !only || file.includes(only))
    .map(({ place, file }) => ({
      file,
      stated: statedModel(file),
      peculiar: undefined,
      outcome: judgeModel(place, backend, tolerances.get(place) ?? { type: 'abs-rel', abs: 1e-7, rel: 1e-3 }),
    }));
}

const statedModel = (name: string): Case => ({ source: 'onnx', name, op: 'model', inputs: {}, expected: {} });

/** By folder, from the indexes that name the models beside them. */
function readTolerances(indexes: readonly string[]): Map<string, Tolerance> {
  const tolerances = new Map<string, Tolerance>();
  for (const index of indexes) {
    const content: unknown = JSON.parse(readFileSync(index, 'utf8'));
    if (!Array.isArray(content)) continue;
    for (const { name, tolerance } of content as { name?: string; tolerance?: { abs: number; rel: number } }[]) {
      if (name && tolerance) tolerances.set(join(dirname(index), name), { type: 'abs-rel', ...tolerance });
    }
  }
  return tolerances;
}

function judgeModel(folder: string, backend: Backend | undefined, tolerance: Tolerance): Outcome {
  try {
    const { imported, recorded } = importRecorded(folder);
    if (!imported.ok) return { result: 'unsupported', reason: words(imported.problems) };
    const results = run(imported.value, recorded, backend);
    for (const [n, output] of imported.value.outputs.entries()) {
      const wanted = recordedTensor(folder, `output_${n}.pb`);
      if (!wanted) return { result: 'failed', reason: `there is no output_${n}.pb` };
      const found = {
        shape: output.dims,
        data: toForeign(
          results.map((result) => result[output.as]!),
          output,
        ),
      };
      const wrong = difference(found, { shape: wanted.shape, data: Float32Array.from(wanted.data) }, tolerance);
      if (wrong) return { result: 'failed', reason: `${output.name}: ${wrong}` };
    }
    return { result: 'passed', reason: '' };
  } catch (thrown) {
    const reason = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    return { result: 'failed', reason: reason.split('\n').slice(0, 3).join(' ') };
  }
}

const bytesOf = (file: string): Uint8Array => new Uint8Array(readFileSync(file));
const words = (problems: readonly Problem[]): string => problems.map(({ message }) => message).join('; ');

function value<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(words(result.problems));
}

function recordedTensor(folder: string, name: string): TensorValue | undefined {
  const file = [join(folder, 'test_data_set_0', name), join(folder, name)].find(existsSync);
  return file === undefined ? undefined : value(readTensor(value(decodeTensor(bytesOf(file), name)), name));
}

/** By name; an input that was not recorded is the ramp i/n. */
function recordedInputs({ graph }: OnnxModel, folder: string): Map<string, TensorValue> {
  const initialised = new Set(graph!.initializers.map(({ name }) => name));
  const inputs = graph!.inputs.filter(({ name }) => !initialised.has(name));
  return new Map(
    inputs.map(({ name, type }, n) => {
      const dims = type?.tensor?.shape?.dimensions.map(({ size }) => size ?? 1) ?? [];
      return [name, recordedTensor(folder, `input_${n}.pb`) ?? ramp(dims)];
    }),
  );
}

function ramp(shape: readonly number[]): TensorValue {
  const count = shape.reduce((product, size) => product * size, 1);
  return { kind: 'float', shape, data: Float32Array.from({ length: count }, (_, i) => i / count) };
}

/** The model of a folder, read with what was recorded beside it. */
export function importRecorded(folder: string): {
  readonly imported: Result<ImportedModel>;
  readonly recorded: ReadonlyMap<string, TensorValue>;
} {
  const model = value(decodeModel(bytesOf(join(folder, 'model.onnx')), 'model.onnx'));
  const recorded = recordedInputs(model, folder);
  return { imported: importWith(model, recorded), recorded };
}

/** Tests of single nodes feed kernels and sizes as inputs: all but the first are then constants. */
function importWith(model: OnnxModel, recorded: ReadonlyMap<string, TensorValue>): Result<ImportedModel> {
  const imported = importModel(model, 'model.onnx');
  if (imported.ok || recorded.size < 2) return imported;
  return importModel(model, 'model.onnx', { constants: new Map([...recorded].slice(1)) });
}

/** The results of each sample. */
function run(
  { text, weights, inputs, batch }: ImportedModel,
  recorded: ReadonlyMap<string, TensorValue>,
  backend: Backend | undefined,
): Record<string, Float32Array>[] {
  const [model] = value(analyse({ file: 'model.convnet', text }));
  const compiled = backend && value(compileModel(model!, backend, { weights, sourceHash: sourceHash(text) }));
  const instance = compiled?.instantiate();
  return Array.from({ length: batch }, (_, sample) => {
    const given = Object.fromEntries(
      inputs.map((input) => [input.as, fromForeign(recorded.get(input.name)!.data, input, sample)]),
    );
    return instance ? instance.run(given) : evaluateOutputs(model!, weights, given);
  });
}
