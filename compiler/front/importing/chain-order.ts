// In which order imported layers are written: as the model has them, but chains stay together.
import type { Boundary } from './boundary.ts';
import type { ImportedLayer } from './importer.ts';

/** All that was imported. */
export interface Imported {
  readonly inputs: readonly Boundary[];
  readonly outputs: readonly Boundary[];
  readonly layers: readonly ImportedLayer[];
}

/** Layers that some output depends on, in their order. */
export function neededLayers({ layers, outputs }: Imported): ImportedLayer[] {
  const needed = new Set(outputs.map((output) => output.id));
  const kept: ImportedLayer[] = [];
  for (const layer of layers.toReversed()) {
    if (!needed.has(layer.id)) continue;
    kept.push(layer);
    for (const operand of layer.operands) needed.add(operand);
  }
  return kept.reverse();
}

/** Constants first; then each layer is followed by one that reads it, if one is ready, so that chains stay together. */
export function chainOrder(layers: readonly ImportedLayer[]): ImportedLayer[] {
  const order = layers.filter((layer) => layer.operands.length === 0);
  const waiting = new Set(layers.filter((layer) => layer.operands.length > 0));
  const pending = new Set([...waiting].map((layer) => layer.id));
  const isReady = (layer: ImportedLayer) => layer.operands.every((operand) => !pending.has(operand));
  const readers = readersOf(layers);
  for (let current: string | undefined; waiting.size > 0; ) {
    const following = (current === undefined ? [] : (readers.get(current) ?? [])).find(
      (layer) => waiting.has(layer) && isReady(layer),
    );
    const next: ImportedLayer = following ?? firstReady(waiting, isReady);
    order.push(next);
    waiting.delete(next);
    pending.delete(next.id);
    current = next.id;
  }
  return order;
}

export function readersOf(layers: readonly ImportedLayer[]): Map<string, ImportedLayer[]> {
  const readers = new Map<string, ImportedLayer[]>();
  for (const layer of layers) {
    for (const operand of new Set(layer.operands)) {
      const list = readers.get(operand);
      if (list) list.push(layer);
      else readers.set(operand, [layer]);
    }
  }
  return readers;
}

function firstReady(waiting: ReadonlySet<ImportedLayer>, isReady: (layer: ImportedLayer) => boolean): ImportedLayer {
  for (const layer of waiting) if (isReady(layer)) return layer;
  throw new Error('imported layers depend on each other');
}
