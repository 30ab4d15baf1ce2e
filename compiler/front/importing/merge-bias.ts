// A constant added to every channel of a layer that has room for a bias, and none, is its bias: exporters write the sum as a
// node of its own.
//
//   conv(x, kernel) → c        c + [channels, 1, 1]         →        conv with that bias

import type { Importer } from './importer.ts';
import type { ConstantValue, LayerValue, WeightData } from './values.ts';

/** The layer's value, now with the bias; undefined where the sum is anything else, or something else reads the layer too. */
export function mergeBias(importer: Importer, value: LayerValue, summand: ConstantValue): LayerValue | undefined {
  const place = importer.layers.findLastIndex(({ id }) => id === value.id);
  const layer = importer.layers[place];
  if (layer?.given.bias !== false || !importer.isReadOnce(value.id)) return undefined;
  const bias = perChannel(value, summand);
  if (!bias) return undefined;
  importer.layers[place] = { ...layer, given: { ...layer.given, bias: true }, weights: { ...layer.weights, bias } };
  return value;
}

/** One number for each cell of the last axis, from a constant that varies along no other. */
function perChannel(value: LayerValue, { shape, data }: ConstantValue): WeightData | undefined {
  const channels = value.shape.at(-1)!;
  const own = value.layout.findIndex((axes) => axes.join() === `${value.shape.length - 1}`);
  const shift = value.layout.length - shape.length;
  const varies = shape.flatMap((size, axis) => (size === 1 ? [] : [axis + shift]));
  if (shift < 0 || varies.some((axis) => axis !== own)) return undefined;
  if (data.length !== 1 && data.length !== channels) return undefined;
  return {
    shape: [channels],
    data: Float32Array.from({ length: channels }, (_, n) => data[data.length === 1 ? 0 : n]!),
  };
}
