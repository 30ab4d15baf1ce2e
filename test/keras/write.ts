// Files as Keras writes them, put together by hand: HDF5 by the HDF Group's own library (h5wasm), archives by fflate.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import h5wasm from 'h5wasm/node';
import type { TensorData } from '../../compiler/files/safetensors.ts';

await h5wasm.ready;

export interface Hdf5Options {
  /** In chunks that do not divide the dataset, deflated. */
  readonly packed?: boolean;
  readonly latest?: boolean;
}

type Hdf5Writer = InstanceType<typeof h5wasm.File>;

/** The bytes of a file that `fill` has filled. */
export function hdf5(fill: (file: Hdf5Writer) => void, { latest = false }: Hdf5Options = {}): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'atrous-hdf5-'));
  try {
    const path = join(folder, 'file.h5');
    const file = new h5wasm.File(path, 'w', { libver: latest ? 'latest' : ['earliest', 'latest'] });
    fill(file);
    file.close();
    return new Uint8Array(readFileSync(path));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Group = Pick<Hdf5Writer, 'create_group' | 'create_dataset' | 'get' | 'create_attribute'>;

function groupAt(root: Group, path: readonly string[]): Group {
  return path.reduce<Group>((group, name) => (group.get(name) ?? group.create_group(name)) as unknown as Group, root);
}

export function dataset(
  root: Group,
  path: string,
  { shape, data }: TensorData,
  { packed = false }: Hdf5Options = {},
): void {
  const parts = path.split('/');
  const chunks = shape.map((size) => Math.ceil(size / 2));
  const packing = packed ? { chunks, compression: 'gzip' as const, compression_opts: 4 } : {};
  groupAt(root, parts.slice(0, -1)).create_dataset({ name: parts.at(-1)!, data, shape: [...shape], ...packing });
}

/** Keras 2: a group for each layer of the model, its tensors in the order of `weight_names`. */
export function kerasHdf5(
  config: unknown,
  layers: Readonly<Record<string, Readonly<Record<string, TensorData>>>>,
  { version = '2.15.0', ...options }: Hdf5Options & { readonly version?: string } = {},
): Uint8Array {
  return hdf5((file) => {
    file.create_attribute('keras_version', version);
    file.create_attribute('backend', 'tensorflow');
    file.create_attribute('model_config', JSON.stringify(config));
    const root = file.create_group('model_weights');
    root.create_attribute('layer_names', Object.keys(layers));
    for (const [layer, tensors] of Object.entries(layers)) {
      const group = root.create_group(layer);
      const names = Object.keys(tensors);
      if (names.length > 0) group.create_attribute('weight_names', names);
      for (const [name, tensor] of Object.entries(tensors)) dataset(group as unknown as Group, name, tensor, options);
    }
  }, options);
}

/** Keras 3: tensors by their whole path in `model.weights.h5`, such as `layers/conv2d_1/vars/0`. */
export function kerasArchive(
  config: unknown,
  tensors: Readonly<Record<string, TensorData>>,
  options: Hdf5Options = {},
): Uint8Array {
  const weights = hdf5((file) => {
    for (const [path, tensor] of Object.entries(tensors)) dataset(file, path, tensor, options);
  }, options);
  const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  return zipSync(
    { 'metadata.json': text({ keras_version: '3.6.0' }), 'config.json': text(config), 'model.weights.h5': weights },
    { level: 0, mtime: new Date(2020, 0, 1) },
  );
}
