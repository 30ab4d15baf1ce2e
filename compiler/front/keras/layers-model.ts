// TensorFlow.js layers models: `model.json`, which Teachable Machine and ml5 write too, and shards beside it.
import { error, failure, type Result, success } from '../../../dsl/problem.ts';
import { fieldsOf, parseJson } from '../../files/json.ts';
import type { SiblingFiles } from '../../files/sibling.ts';
import { type ImportedModel, modelName } from '../importing/import.ts';
import { modelFile } from '../tfjs/name.ts';
import { numbersOf, readWeights } from '../tfjs/weights.ts';
import { importKeras } from './import.ts';
import { readTopology } from './topology.ts';
import type { KerasFile } from './walk.ts';
import { weightsByName } from './weights.ts';

/** What the converter writes has the configuration one level deeper than what TensorFlow.js itself saves. */
const configurationOf = (model: unknown): unknown => {
  const topology = fieldsOf(model)?.get('modelTopology');
  return fieldsOf(topology)?.get('model_config') ?? topology;
};

/** Whether a parsed `model.json` is a layers model; else it may be a graph model. */
export const isLayersModel = (model: unknown): boolean => fieldsOf(configurationOf(model))?.has('class_name') === true;

/** @param model the parsed `model.json` */
export function readLayersModel(model: unknown, file: string, files: SiblingFiles): Result<KerasFile> {
  const topology = readTopology(configurationOf(model), file);
  const tensors = readWeights(fieldsOf(model)?.get('weightsManifest'), file, files);
  if (!topology.ok || !tensors.ok) return failure([...topology.problems, ...tensors.problems]);
  const named = new Map(
    [...tensors.value].map(([name, tensor]) => [
      name,
      { shape: tensor.shape, read: () => ({ shape: tensor.shape, data: numbersOf(tensor) }) },
    ]),
  );
  return success({ model: topology.value, weights: weightsByName(named), dialect: 'tfjs' });
}

export interface LayersModelOptions {
  readonly files: SiblingFiles;
  readonly set?: Readonly<Record<string, number>>;
}

/** Problem: `tfjs/format` for what is no model; else those of the parts and of `importKeras`. */
export function importLayersModel(
  bytes: Uint8Array,
  file: string,
  { files, set = {} }: LayersModelOptions,
): Result<ImportedModel> {
  const json = parseJson(bytes);
  if (!json.ok) return failure([error('tfjs/format', `${file} ${json.reason}`)]);
  const read = readLayersModel(json.value, file, files);
  return read.ok ? importKeras(read.value, file, { set, name: modelName(modelFile(file)) }) : read;
}
