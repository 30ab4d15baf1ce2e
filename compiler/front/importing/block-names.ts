// Names for blocks and for what is in them, from the names that the model gives its layers.
//
//   layer1_0_conv1, layer1_0_bn1 | layer1_1_conv1, layer1_1_bn1     block layer: conv1, bn1; calls layer1_0, layer1_1
import type { ImportedLayer } from './importer.ts';
import type { Block, BlockCall } from './repeated.ts';

export interface BlockNames {
  /** For each layer of the block, as far as the model names it. */
  readonly layers: readonly (string | undefined)[];
  /** For each call; absent where the model has no common name for its layers. */
  readonly calls?: readonly string[];
}

/**
 * What the layers of each call begin with is the call's name, if the rest is the same everywhere.
 * @param isWord whether a name means something else within the block
 */
export function blockNames(block: Block, calls: readonly BlockCall[], isWord: (name: string) => boolean): BlockNames {
  const none: BlockNames = { layers: block.layers.map(() => undefined) };
  const named = block.layers.map((layer) => Object.keys(layer.weights).length > 0);
  const isName = (name: string | undefined): boolean => name === undefined || (/^[A-Za-z]/.test(name) && !isWord(name));
  const prefixes = calls.map((call) =>
    commonPrefix(
      call.layers.filter((_, n) => named[n]),
      isName,
    ),
  );
  if (prefixes.some((prefix) => prefix === undefined) || new Set(prefixes).size < prefixes.length) return none;
  const inner = calls.map((call, n) =>
    call.layers.map((layer, at) => (named[at] ? layer.name!.slice(prefixes[n]!.length) : undefined)),
  );
  const [first] = inner;
  const alike = inner.every((names) => names.join() === first!.join());
  if (!alike || new Set(first!.filter(Boolean)).size < first!.filter(Boolean).length) return none;
  return { layers: first!, calls: prefixes.map((prefix) => prefix!.slice(0, -1)) };
}

/** The longest beginning up to an underscore that all names share, and behind which all go on with a name. */
function commonPrefix(layers: readonly ImportedLayer[], isName: (rest: string) => boolean): string | undefined {
  const names = layers.flatMap(({ name }) => name ?? []);
  const [first] = names;
  if (first === undefined || names.length < layers.length) return undefined;
  const ends = [...first.matchAll(/_/g)].map((match) => match.index + 1).reverse();
  return ends
    .map((end) => first.slice(0, end))
    .find((start) => names.every((name) => name.startsWith(start) && isName(name.slice(start.length))));
}
