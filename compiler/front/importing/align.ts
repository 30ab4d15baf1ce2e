// Values of different ranks and arrangements, brought into one for broadcasting.
//
//   an image, in the file [1, channels, height, width], as [height, width, channels], scale [channels, 1, 1]   →   [height, width, channels], [channels]

import type { Importer } from './importer.ts';
import { batchAxis, type Layout, sameShape } from './layout.ts';
import { Refusal } from './refusal.ts';
import type { ImportedValue, LayerValue } from './values.ts';

export interface Aligned {
  readonly operands: readonly LayerValue[];
  /** Of the result. */
  readonly layout: Layout;
}

/**
 * All values with the same axes, ready for broadcasting as the file has it: at the last axes.
 *
 * @param names for constants that become layers
 * @param wanted an axis that must be there even if it is thin
 */
export function align(
  importer: Importer,
  values: readonly ImportedValue[],
  names: readonly (string | undefined)[] = [],
  wanted?: number,
): Aligned {
  const rank = Math.max(...values.map((value) => importer.dims(value).length));
  const layers = values.filter((value) => value.kind === 'layer');
  const [first] = layers;
  const alike = (value: LayerValue) =>
    first && value.layout.join('|') === first.layout.join('|') && sameShape(value.shape, first.shape);
  if (first && wanted === undefined && layers.length === values.length && layers.every(alike))
    return { operands: layers, layout: first.layout };
  const batch = batchAxes(importer, values, rank);
  const order = commonOrder(importer, values, rank, wanted);
  const operands = values.map((value, n) => {
    const shift = rank - importer.dims(value).length;
    const own = order.map((axis) => (axis < shift ? undefined : axis - shift));
    if (value.kind === 'layer') return importer.arrange(value, own);
    if (wanted !== undefined) return importer.constantLayer(value, own, names[n]);
    // Leading axes of size 1 are left out: [1, 1, channels] reads better as [channels].
    const dims = importer.dims(value);
    const firstThick = own.findIndex((axis) => axis !== undefined && dims[axis] !== 1);
    return importer.constantLayer(value, firstThick < 0 ? own.slice(-1) : own.slice(firstThick), names[n]);
  });
  const layout = Array.from({ length: rank }, (_, axis) =>
    order.includes(axis) ? [order.indexOf(axis)] : batch.has(axis) ? [batchAxis] : [],
  );
  return { operands, layout };
}

/** The file's axes (of the widest rank) in the order that the largest layer already has; missing thick axes come first. */
function commonOrder(importer: Importer, values: readonly ImportedValue[], rank: number, wanted?: number): number[] {
  const size = (value: ImportedValue) => importer.dims(value).reduce((product, dim) => product * dim, 1);
  const layers = values
    .filter((value) => value.kind === 'layer')
    .sort((a, b) => size(b) - size(a) || b.layout.length - a.layout.length);
  const [largest] = layers;
  const shift = rank - (largest?.layout.length ?? 0);
  const places = (largest?.layout ?? [])
    .map((axes, axis) => ({ axis: axis + shift, first: axes[0] ?? batchAxis }))
    .filter(({ first }) => first !== batchAxis)
    .sort((a, b) => a.first - b.first)
    .map(({ axis }) => axis);
  const missing = Array.from({ length: rank }, (_, axis) => axis).filter(
    (axis) =>
      !places.includes(axis) && (axis === wanted || values.some((value) => needsAxis(importer, value, axis - rank))),
  );
  const order = [...missing, ...places];
  if (order.length > 0) return order;
  if (rank > 0) return [rank - 1];
  return [];
}

/** Whether a value has more than one element along an axis, counted from the end, that is not the batch. */
function needsAxis(importer: Importer, value: ImportedValue, fromEnd: number): boolean {
  const dims = importer.dims(value);
  const axis = dims.length + fromEnd;
  if (axis < 0 || dims[axis] === 1) return false;
  return value.kind === 'constant' || !value.layout[axis]!.includes(batchAxis);
}

/** The axes, of the widest rank, along which some value has the samples of the batch; nothing else may be thick there. */
function batchAxes(importer: Importer, values: readonly ImportedValue[], rank: number): Set<number> {
  const found = new Set<number>();
  for (const value of values) {
    if (value.kind === 'constant') continue;
    value.layout.forEach((axes, axis) => {
      if (axes.includes(batchAxis)) found.add(axis + rank - value.layout.length);
    });
  }
  for (const value of values) {
    for (const axis of found) {
      if (needsAxis(importer, value, axis - rank)) {
        throw new Refusal(
          'combines samples of the batch with other numbers',
          'a model for one sample: a batch axis of 1',
        );
      }
    }
  }
  return found;
}
