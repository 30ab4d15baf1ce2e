// ONNX models as networks of the language: the text that a person would like to read, and its weights.
//
//   importModel(model, 'digits.onnx', { operators }) → { text: 'model digits(image: [28, 28, 1]) -> [10] { …', weights }
//
// Values are channels last and without the batch; what ONNX has in other places is turned once, at the border.
import { error, failure, type Problem, type Result, success, warning } from '../../../dsl/problem.ts';
import { hash } from '../../algebra/pseudo-random.ts';
import type { TensorData } from '../../files/safetensors.ts';
import type { AnyOperator } from '../../operators/operator.ts';
import { sizeFault } from '../../operators/shared/size-limit.ts';
import type { ExternalFiles } from './external.ts';
import { type Attempt, importGraph } from './import-graph.ts';
import type { OnnxModel } from './model.ts';
import { cleanName } from './names.ts';
import { batchSettings, sortGraph } from './sort.ts';
import type { TensorValue } from './tensor.ts';
import { type ImportedBoundary, writeNetwork } from './write-network.ts';

export interface ImportOptions {
  readonly operators: ReadonlyMap<string, AnyOperator>;
  /** Sizes of dimensions that the model leaves open, by name. */
  readonly set?: Readonly<Record<string, number>>;
  /** Files beside the model. */
  readonly external?: ExternalFiles;
  /** Inputs of the graph that are to be constants: kernels, limits, sizes. */
  readonly constants?: ReadonlyMap<string, TensorValue>;
  /** The name of the model; from the file's where it is left out. */
  readonly name?: string;
}

export interface ImportedModel {
  readonly name: string;
  /** The `.convnet` text; it names the weights file `NAME.safetensors`. */
  readonly text: string;
  /** By the layers' paths. */
  readonly weights: ReadonlyMap<string, TensorData>;
  readonly inputs: readonly ImportedBoundary[];
  readonly outputs: readonly ImportedBoundary[];
  /** How many samples the ONNX model takes at once; the network takes one of them. */
  readonly batch: number;
}

/**
 * Imports a decoded model. Problems: those of names and order (`onnx/duplicate-name`, `onnx/missing-value`,
 * `onnx/cycle`, `onnx/dimension`, …), of tensors, and for each node that cannot be imported one of `onnx/operator`,
 * `onnx/attribute`, `onnx/unsupported`, `onnx/shape`.
 */
export function importModel(model: OnnxModel, file: string, options: ImportOptions): Result<ImportedModel> {
  const { set = {}, external, constants = new Map() } = options;
  const sorted = sortGraph(model, file, { set, external, constants });
  if (!sorted.ok) return sorted;
  const { inputs } = sorted.value;
  const tooLarge = inputs.flatMap(({ name, dims }) => {
    const fault = sizeFault(dims, `input ${JSON.stringify(name)} of ${file}`);
    return fault ? [error('onnx/too-large', fault.message, undefined, { notes: fault.notes ?? [] })] : [];
  });
  if (tooLarge.length > 0) return failure(tooLarge);
  const attempts: Attempt[] = [];
  for (const batch of batchSizes(inputs)) {
    const attempt = importGraph(sorted.value, options.operators.values(), batch);
    attempts.push(attempt);
    if (attempt.problems.length === 0) break;
  }
  const best = attempts.reduce((best, next) => (next.problems.length < best.problems.length ? next : best));
  if (best.problems.length > 0) return failure(best.problems);
  const base = file
    .split('/')
    .at(-1)!
    .replace(/\.onnx$/i, '');
  const name = options.name ?? cleanName(base) ?? `network_${hash(base).toString(16)}`;
  const idle = best.batch > 1 ? batchSettings(model.graph?.inputs ?? [], set) : [];
  return success({ ...writeNetwork(best, name, options.operators), name, batch: best.batch }, idle.map(withoutEffect));
}

function withoutEffect(setting: string): Problem {
  const notes = ['run it once for each sample'];
  const message = `\`${setting}\` is the size of the batch and has no effect: the network takes one sample`;
  return warning('set/batch', message, undefined, { notes });
}

/** As the model is; or, where all inputs have several samples, one sample at a time. */
function batchSizes(inputs: readonly { readonly dims: readonly number[] }[]): number[] {
  const [first] = inputs;
  const samples = first && first.dims.length > 1 ? first.dims[0]! : 1;
  const isBatch = samples > 1 && inputs.every(({ dims }) => dims.length > 1 && dims[0] === samples);
  return isBatch ? [1, samples] : [1];
}
