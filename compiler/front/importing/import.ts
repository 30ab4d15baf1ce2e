// The end of every import: the text and the weights, or the problems.
//
//   importedModel(importer, 'digits')  →  { text: 'model digits(image: [28, 28, 1]) -> [10] { …', weights, … }
import { failure, type Result, success } from '../../../dsl/problem.ts';
import { hash } from '../../algebra/pseudo-random.ts';
import type { TensorData } from '../../files/safetensors.ts';
import type { Importer } from './importer.ts';
import { cleanName } from './names.ts';
import { type ImportedBoundary, writeNetwork } from './write-network.ts';

export interface ImportedModel {
  readonly name: string;
  /** The `.convnet` text; it names the weights file `NAME.safetensors`. */
  readonly text: string;
  /** By the layers' paths. */
  readonly weights: ReadonlyMap<string, TensorData>;
  readonly inputs: readonly ImportedBoundary[];
  readonly outputs: readonly ImportedBoundary[];
  /** How many samples the file's model takes at once; the network takes one of them. */
  readonly batch: number;
}

export function importedModel(importer: Importer, name: string): Result<ImportedModel> {
  if (importer.refused > 0) return failure(importer.problems);
  return success({ ...writeNetwork(importer, name), name, batch: importer.batch });
}

/** A model's name from that of its file: `folder/net-2.onnx` is `net_2`. */
export function modelName(file: string): string {
  const base = file
    .split('/')
    .at(-1)!
    .replace(/\.[A-Za-z0-9]+$/, '');
  return cleanName(base) ?? `network_${hash(base).toString(16)}`;
}

/**
 * The best of two attempts where all inputs have the same several samples: as the file is, and then one sample at a time.
 *
 * @param inputs their sizes, the batch included
 */
export function importBatch(inputs: readonly (readonly number[])[], attempt: (batch: number) => Importer): Importer {
  const [first] = inputs;
  const samples = first && first.length > 1 ? first[0]! : 1;
  const isBatch = samples > 1 && inputs.every((dims) => dims.length > 1 && dims[0] === samples);
  const whole = attempt(1);
  if (!isBatch || whole.refused === 0) return whole;
  const single = attempt(samples);
  return single.refused < whole.refused ? single : whole;
}
