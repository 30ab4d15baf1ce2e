// A constant added to every channel of a layer that has room for a bias, and none, is its bias: exporters write the sum as a
// node of its own.
//
//   Conv(x, kernel) → c        Add(c, [1, channels, 1, 1])         →        conv with that bias

import type { Importer } from './importer.ts';
import type { LayerValue, WeightData } from './mapping.ts';
import type { NodeReader } from './node-reader.ts';

/** The layer's value, now with the bias; undefined where the sum is anything else. */
export function mergedBias(reader: NodeReader, importer: Importer): LayerValue | undefined {
  if (reader.operator !== 'Add' || reader.inputs !== 2) return undefined;
  for (const [at, other] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const value = reader.imported(at);
    const constant = reader.known(other);
    if (value.kind !== 'layer' || !constant) continue;
    const place = importer.layers.findLastIndex(({ id }) => id === value.id);
    const layer = importer.layers[place];
    if (layer?.given.bias !== false || !importer.isReadOnce(value.id)) continue;
    const bias = perChannel(reader, value, other, constant.shape.length);
    if (!bias) continue;
    importer.layers[place] = { ...layer, given: { ...layer.given, bias: true }, weights: { ...layer.weights, bias } };
    return value;
  }
  return undefined;
}

/** One number for each cell of the last axis, from a constant that varies along no other. */
function perChannel(
  reader: NodeReader,
  value: LayerValue,
  input: number,
  constantRank: number,
): WeightData | undefined {
  const channels = value.shape.at(-1)!;
  const own = value.layout.findIndex((axes) => axes.join() === `${value.shape.length - 1}`);
  const shift = value.layout.length - constantRank;
  const { shape } = reader.constant(input);
  const varies = shape.flatMap((size, axis) => (size === 1 ? [] : [axis + shift]));
  if (shift < 0 || varies.some((axis) => axis !== own)) return undefined;
  const { data } = reader.constant(input);
  if (data.length !== 1 && data.length !== channels) return undefined;
  return {
    shape: [channels],
    data: Float32Array.from({ length: channels }, (_, n) => data[data.length === 1 ? 0 : n]!),
  };
}
