// The files that Keras itself writes. Keras 2, and Keras 3 on request, writes one HDF5 file: the configuration is an attribute,
// and each layer has a group of its name, which lists its tensors. Keras 3 writes an archive of a configuration and an HDF5
// file, in which layers stand by class and number.
import { error, failure, type Result } from '../../../dsl/problem.ts';
import { type Hdf5Object, withHdf5 } from '../../files/hdf5/read.ts';
import { fieldsOf, parseJson } from '../../files/json.ts';
import { readZip, type ZipArchive } from '../../files/zip.ts';
import { type ImportedModel, modelName } from '../importing/import.ts';
import { importKeras } from './import.ts';
import { readTopology } from './topology.ts';
import type { KerasFile } from './walk.ts';
import { type KerasTensor, type KerasWeights, weightsByName } from './weights.ts';

export interface SavedModelOptions {
  readonly set?: Readonly<Record<string, number>>;
}

const problem = (code: string, message: string, note?: string) =>
  failure([
    error(`keras/${code}`, message, undefined, note === undefined ? {} : { notes: [`what would work: ${note}`] }),
  ]);

/** A `.h5` file. Problems: `hdf5/file`, `keras/config`, and those of `importKeras`. */
export const importKerasHdf5 = (
  bytes: Uint8Array,
  file: string,
  options: SavedModelOptions = {},
): Result<ImportedModel> =>
  withHdf5(bytes, file, (root) => {
    const config = root.texts('model_config')?.[0];
    if (config === undefined)
      return problem(
        'config',
        `${file} holds no model, only weights or something else`,
        'a file of model.save("model.h5")',
      );
    const topology = parsed(config, file, 'model_config');
    if (!topology.ok) return topology;
    const model = readTopology(topology.value, file);
    if (!model.ok) return model;
    const tensors = tensorsByName(root.get('model_weights') ?? root);
    const dialect = dialectOf(root.texts('keras_version')?.[0]);
    return finished({ model: model.value, weights: weightsByName(tensors), dialect }, file, options);
  });

const dialectOf = (version: unknown): 'keras2' | 'keras3' =>
  typeof version === 'string' && Number.parseInt(version, 10) >= 3 ? 'keras3' : 'keras2';

const finished = (source: KerasFile, file: string, { set = {} }: SavedModelOptions) =>
  importKeras(source, file, { set, name: modelName(file) });

function parsed(text: string | Uint8Array, file: string, part: string): Result<unknown> {
  const json = parseJson(typeof text === 'string' ? new TextEncoder().encode(text) : text);
  return json.ok
    ? { ok: true, value: json.value, problems: [] }
    : problem('config', `${part} of ${file} ${json.reason}`);
}

/** By `LAYER/` and the name that the layer gives. */
function tensorsByName(root: Hdf5Object): ReadonlyMap<string, KerasTensor> {
  const tensors = new Map<string, KerasTensor>();
  for (const layer of listed(root, 'layer_names')) {
    const group = root.get(layer);
    for (const name of group ? listed(group, 'weight_names') : []) {
      const dataset = group!.get(...name.split('/'));
      if (dataset) tensors.set(`${layer}/${name}`, tensorOf(dataset));
    }
  }
  return tensors;
}

const tensorOf = (dataset: Hdf5Object): KerasTensor => ({ shape: dataset.shape, read: () => dataset.read() });

/** A list that is too long for one attribute is several, numbered. */
function listed(group: Hdf5Object, attribute: string): readonly string[] {
  const whole = group.texts(attribute);
  if (whole) return whole;
  const names: string[] = [];
  for (let n = 0; ; n++) {
    const part = group.texts(`${attribute}${n}`);
    if (!part) return names;
    names.push(...part);
  }
}

/** A `.keras` archive. Problems: `zip/…`, `hdf5/file`, `keras/config`, `keras/weights`, and those of `importKeras`. */
export function importKerasArchive(
  bytes: Uint8Array,
  file: string,
  options: SavedModelOptions = {},
): Result<ImportedModel> {
  const archive = readZip(bytes, file);
  if (!archive.ok) return archive;
  const config = archive.value.read('config.json');
  if (!config.ok) return config;
  const topology = parsed(config.value, file, 'config.json');
  if (!topology.ok) return topology;
  const model = readTopology(topology.value, file);
  if (!model.ok) return model;
  if (!archive.value.has('model.weights.h5')) return withoutWeights(archive.value, file);
  const weights = archive.value.read('model.weights.h5');
  if (!weights.ok) return weights;
  const dialect = dialectOf(versionIn(archive.value));
  return withHdf5(weights.value, `model.weights.h5 in ${file}`, (root) =>
    finished({ model: model.value, weights: weightsByPlace(root), dialect }, file, options),
  );
}

function withoutWeights({ has }: ZipArchive, file: string) {
  if (!has('model.weights.json'))
    return problem('weights', `${file} has no weights (model.weights.h5)`, 'a file of model.save("model.keras")');
  return problem(
    'weights',
    `${file} has its weights in several files, which is not supported`,
    'model.save without max_shard_size',
  );
}

function versionIn(archive: ZipArchive): unknown {
  const metadata = archive.has('metadata.json') ? archive.read('metadata.json') : undefined;
  const json = metadata?.ok ? parseJson(metadata.value) : undefined;
  return json?.ok ? fieldsOf(json.value)?.get('keras_version') : undefined;
}

/** How containers have been called. */
const containers = ['layers', '_layer_checkpoint_dependencies'];

/** `layers/functional/layers/conv2d_1/vars/0`: the n-th tensor of a layer is called n. */
function weightsByPlace(root: Hdf5Object): KerasWeights {
  const container = containers.find((name) => root.get(name) !== undefined) ?? containers[0]!;
  return {
    of(path, names, part) {
      const folders = path.flatMap(({ place }) => [container, place]);
      const group = root.get(...folders, ...(part?.split('/') ?? []), 'vars');
      return new Map(
        names.flatMap((name, n) => {
          const dataset = group?.get(`${n}`);
          return dataset ? [[name, tensorOf(dataset)] as const] : [];
        }),
      );
    },
  };
}
