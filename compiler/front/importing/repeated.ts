// Repeated structures of an imported network: runs of layers with one value in and one value out that occur several
// times, exactly the same but for some numbers, become blocks with those numbers as parameters.
//
//   conv 64, norm, relu, conv 64, norm, add, relu      block residual(filters, stride) { … }
//   conv 128 stride 2, …                               residual(64, stride: 1)  residual(128, stride: 2)

import type { Static } from '../../operators/parameters.ts';
import { readersOf } from './chain-order.ts';
import type { ImportedLayer } from './importer.ts';
import type { Arguments } from './values.ts';

export interface Block {
  /** In the order of their first use. */
  readonly parameters: readonly string[];
  /** The first occurrence, its varying numbers replaced by names of parameters. */
  readonly layers: readonly ImportedLayer[];
}

/** One occurrence of a block. */
export interface BlockCall {
  readonly kind: 'call';
  readonly block: Block;
  /** One for each parameter. */
  readonly values: readonly number[];
  /** The value it reads, and the value it makes. */
  readonly entry: string;
  readonly id: string;
  readonly layers: readonly ImportedLayer[];
}

export interface SingleLayer {
  readonly kind: 'layer';
  readonly id: string;
  readonly layer: ImportedLayer;
}

export type NetworkItem = SingleLayer | BlockCall;

/** A block shorter than this is no easier to read than its layers. */
const fewestLayers = 4;
const mostLayers = 40;
const mostParameters = 3;
const mostBlocks = 8;

/**
 * The layers in their order, the repeated ones as calls.
 * @param begin the value that the first layer may read as the current one
 */
export function findBlocks(
  layers: readonly ImportedLayer[],
  outputs: ReadonlySet<string>,
  begin: string | undefined,
): NetworkItem[] {
  let items: NetworkItem[] = layers.map((layer) => ({ kind: 'layer', id: layer.id, layer }));
  const readers = readersOf(layers);
  for (let round = 0; round < mostBlocks; round++) {
    const best = bestGroup(items, readers, outputs, begin);
    if (!best) return items;
    items = withCalls(items, best);
  }
  return items;
}

interface Segment {
  readonly start: number;
  readonly end: number;
  readonly entry: string;
  readonly layers: readonly ImportedLayer[];
  /** Every number among the arguments, in the order of the layers. */
  readonly numbers: readonly number[];
}

interface Group {
  readonly segments: readonly Segment[];
  readonly block: Block;
  readonly values: readonly (readonly number[])[];
  /** How much shorter the text becomes, and how well the block begins and ends. */
  readonly worth: number;
}

function bestGroup(
  items: readonly NetworkItem[],
  readers: ReadonlyMap<string, readonly ImportedLayer[]>,
  outputs: ReadonlySet<string>,
  begin: string | undefined,
): Group | undefined {
  const byShape = new Map<string, Segment[]>();
  for (let start = 0; start < items.length; start++) {
    const entry = start === 0 ? begin : items[start - 1]!.id;
    if (entry !== undefined) collectSegments(items, start, entry, readers, outputs, byShape);
  }
  let best: Group | undefined;
  for (const segments of byShape.values()) {
    if (segments.length < 2) continue;
    const group = groupOf(segments);
    if (group && group.worth > (best?.worth ?? 0)) best = group;
  }
  return best;
}

/** Every run from `start` that reads nothing but its entry and whose only value read elsewhere is its last. */
function collectSegments(
  items: readonly NetworkItem[],
  start: number,
  entry: string,
  readers: ReadonlyMap<string, readonly ImportedLayer[]>,
  outputs: ReadonlySet<string>,
  byShape: Map<string, Segment[]>,
): void {
  const place = new Map([[entry, -1]]);
  const layers: ImportedLayer[] = [];
  const numbers: number[] = [];
  let shape = '';
  let unread = 0;
  for (let end = start; end < Math.min(items.length, start + mostLayers); end++) {
    const item = items[end]!;
    if (item.kind === 'call' || item.layer.operands.length === 0) return;
    const operands = item.layer.operands.map((operand) => place.get(operand));
    if (operands.includes(undefined)) return;
    // Values inside that still wait for a reader keep the run open.
    if (layers.length > 0 && outputs.has(layers.at(-1)!.id)) return;
    for (const operand of new Set(item.layer.operands)) if (place.get(operand)! >= 0) unread--;
    unread += readers.get(item.id)?.length ?? 0;
    place.set(item.id, layers.length);
    layers.push(item.layer);
    shape += `${item.layer.operator.name}(${operands.join()})${shapeOf(item.layer.given, numbers)};`;
    const isClosed = unread === (readers.get(item.id)?.length ?? 0);
    if (!isClosed || layers.length < fewestLayers || layers.filter(hasWeights).length < 2) continue;
    const segment = { start, end: end + 1, entry, layers: [...layers], numbers: [...numbers] };
    byShape.set(shape, [...(byShape.get(shape) ?? []), segment]);
  }
}

const hasWeights = (layer: ImportedLayer): boolean => Object.keys(layer.weights).length > 0;

/** The arguments with every plain number as N; the numbers go into the list. */
function shapeOf(given: Arguments, numbers: number[]): string {
  return Object.entries(given)
    .map(([name, value]) => {
      if (typeof value !== 'number') return `${name}:${JSON.stringify(value)}`;
      numbers.push(value);
      return `${name}:N`;
    })
    .join();
}

/** Occurrences that do not overlap, first come first served, and the block that they share. */
function groupOf(all: readonly Segment[]): Group | undefined {
  const segments: Segment[] = [];
  for (const segment of all) if (segment.start >= (segments.at(-1)?.end ?? 0)) segments.push(segment);
  const [first] = segments;
  if (!first || segments.length < 2) return undefined;
  const names: string[] = [];
  const vectors: (readonly number[])[] = [];
  let at = 0;
  const layers = first.layers.map((layer) => ({
    ...layer,
    given: Object.fromEntries(
      Object.entries(layer.given).map(([name, value]): [string, Static] => {
        if (typeof value !== 'number') return [name, value];
        const vector = segments.map(({ numbers }) => numbers[at]!);
        at++;
        return vector.every((number) => number === value) ? [name, value] : [name, parameterFor(name, vector)];
      }),
    ),
  }));
  function parameterFor(argument: string, vector: readonly number[]): string {
    const same = names.findIndex(
      (name, n) => name.replace(/\d+$/, '') === argument && vectors[n]!.join() === vector.join(),
    );
    if (same >= 0) return names[same]!;
    const count = names.filter((name) => name.replace(/\d+$/, '') === argument).length;
    names.push(count === 0 ? argument : `${argument}${count + 1}`);
    vectors.push(vector);
    return names.at(-1)!;
  }
  const length = first.layers.length;
  const saved = (segments.length - 1) * length - 2 - names.length;
  if (names.length > mostParameters || saved < 1) return undefined;
  return {
    segments,
    block: { parameters: names, layers },
    values: segments.map((_, n) => vectors.map((vector) => vector[n]!)),
    worth: saved + shapeliness(first.layers) + length / 100,
  };
}

/** People begin a block with a layer that computes, and end it with the activation or the sum behind one. */
function shapeliness(layers: readonly ImportedLayer[]): number {
  const [first, last] = [layers[0]!.operator.family, layers.at(-1)!.operator.family];
  const begins = first === 'convolution' || first === 'dense';
  const ends = last !== 'convolution' && last !== 'dense';
  return (begins ? 2 : 0) + (ends ? 1 : 0);
}

function withCalls(items: readonly NetworkItem[], { segments, block, values }: Group): NetworkItem[] {
  const result: NetworkItem[] = [];
  let next = 0;
  segments.forEach(({ start, end, entry, layers }, n) => {
    result.push(...items.slice(next, start));
    result.push({ kind: 'call', block, values: values[n]!, entry, id: layers.at(-1)!.id, layers });
    next = end;
  });
  return [...result, ...items.slice(next)];
}
