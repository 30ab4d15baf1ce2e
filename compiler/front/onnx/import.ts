// ONNX models as networks of the language: the text that a person would like to read, and its weights.
//
//   importModel(model, 'digits.onnx') → { text: 'model digits(image: [28, 28, 1]) -> [10] { …', weights }
//
// Values are channels last and without the batch; what ONNX has in other places is turned once, at the border.
import { error, failure, type Problem, type Result, success, warning } from '../../../dsl/problem.ts';
import type { SiblingFiles } from '../../files/sibling.ts';
import { sizeFault } from '../../operators/shared/size-limit.ts';
import { type ImportedModel, importBatch, importedModel, modelName } from '../importing/import.ts';
import { importGraph } from './import-graph.ts';
import type { OnnxModel } from './model.ts';
import { batchSettings, sortGraph } from './sort.ts';
import type { TensorValue } from './tensor.ts';

export interface ImportOptions {
  /** Sizes of dimensions that the model leaves open, by name. */
  readonly set?: Readonly<Record<string, number>>;
  /** Files beside the model. */
  readonly external?: SiblingFiles;
  /** Inputs of the graph that are to be constants: kernels, limits, sizes. */
  readonly constants?: ReadonlyMap<string, TensorValue>;
  /** The name of the model; from the file's where it is left out. */
  readonly name?: string;
}

/**
 * Imports a decoded model. Problems: those of names and order (`onnx/duplicate-name`, `onnx/missing-value`,
 * `onnx/cycle`, `onnx/dimension`, …), of tensors, and for each node that cannot be imported one of `onnx/operator`,
 * `onnx/attribute`, `onnx/unsupported`, `onnx/shape`.
 */
export function importModel(model: OnnxModel, file: string, options: ImportOptions = {}): Result<ImportedModel> {
  const { set = {}, external, constants = new Map() } = options;
  const sorted = sortGraph(model, file, { set, external, constants });
  if (!sorted.ok) return sorted;
  const { inputs } = sorted.value;
  const tooLarge = inputs.flatMap(({ name, dims }) => {
    const fault = sizeFault(dims, `input ${JSON.stringify(name)} of ${file}`);
    return fault ? [error('onnx/too-large', fault.message, undefined, { notes: fault.notes ?? [] })] : [];
  });
  if (tooLarge.length > 0) return failure(tooLarge);
  const importer = importBatch(
    inputs.map(({ dims }) => dims),
    (batch) => importGraph(sorted.value, batch),
  );
  const imported = importedModel(importer, options.name ?? modelName(file));
  if (!imported.ok) return imported;
  const idle = importer.batch > 1 ? batchSettings(model.graph?.inputs ?? [], set) : [];
  return success(imported.value, idle.map(withoutEffect));
}

function withoutEffect(setting: string): Problem {
  const notes = ['run it once for each sample'];
  const message = `\`${setting}\` is the size of the batch and has no effect: the network takes one sample`;
  return warning('set/batch', message, undefined, { notes });
}
