// Imported layers as text: chains where a value is used once, names where it is used again, blocks where layers repeat,
// and the weights under those names.
import * as build from '../../../dsl/build.ts';
import { print } from '../../../dsl/print.ts';
import type { Statement } from '../../../dsl/syntax.ts';
import type { TensorData } from '../../files/safetensors.ts';
import { operators } from '../../operators/index.ts';
import type { Boundary } from './boundary.ts';
import { chainOrder, type Imported, neededLayers } from './chain-order.ts';
import type { ImportedLayer } from './importer.ts';
import { cleanName, isChosen, Names } from './names.ts';
import { findBlocks, type NetworkItem } from './repeated.ts';
import { roundNames, type WrittenBlock, writeBlocks, writeCalls } from './write-blocks.ts';
import { type Called, joins, linksOf } from './write-statement.ts';

/** An input or output of the imported network. */
export interface ImportedBoundary extends Omit<Boundary, 'id'> {
  /** Its name in the text. */
  readonly as: string;
}

export interface WrittenNetwork {
  readonly text: string;
  readonly weights: ReadonlyMap<string, TensorData>;
  readonly inputs: readonly ImportedBoundary[];
  readonly outputs: readonly ImportedBoundary[];
}

/** A boundary with its name in the text. */
export type NamedBoundary = Boundary & { readonly as: string };

const words =
  'model block param import from if else inf repeat as return weights it input and or not true false round floor ceil min max output';

export function writeNetwork(imported: Imported, name: string): WrittenNetwork {
  const names = new Names([...words.split(' '), ...operators.keys(), name]);
  const inputs = imported.inputs.map((input) => ({ ...input, as: names.claim(inputName(input)) }));
  const layers = withoutCommonPrefix(chainOrder(neededLayers(imported)));
  const results = new Set(imported.outputs.map(({ id }) => id));
  const items = findBlocks(layers, results, inputs.length === 1 ? inputs[0]!.id : undefined);
  const blocks = writeBlocks(items, names);
  const called = nameItems(items, blocks, imported, inputs, names);
  const outputs = nameOutputs(imported.outputs);
  const statements = [
    ...(layers.some(hasWeights) ? [build.weights(`${name}.safetensors`)] : []),
    ...writeItems(items, blocks, called, inputs, remoteUses(items, imported.outputs), names),
    ...writeReturn(items, called, outputs, inputs),
  ];
  const header = inputs.map((input) => build.input(input.as, input.shape));
  const shapes = isPlain(outputs) ? outputs[0]!.shape : outputs.map(({ as, shape }) => build.input(as, shape));
  const model = build.model(name, header, statements, { outputs: shapes });
  return {
    text: print(build.file([model, ...blocks.map((block) => block.item)])),
    weights: collectWeights(items, blocks, called),
    inputs: inputs.map(boundary),
    outputs: outputs.map(boundary),
  };
}

/** The name `input` has a meaning in the language. */
function inputName({ name, shape }: Boundary): string {
  const clean = cleanName(name);
  if (clean !== undefined && clean !== 'input') return clean;
  return shape.length === 3 && [1, 3, 4].includes(shape.at(-1)!) ? 'image' : 'x';
}

const boundary = ({ name, dims, shape, layout, as }: NamedBoundary): ImportedBoundary => ({
  name,
  dims,
  shape,
  layout,
  as,
});

const hasWeights = (layer: ImportedLayer): boolean => Object.keys(layer.weights).length > 0;

/** `gpu_0_conv1`, `gpu_0_conv2` as `conv1`, `conv2`: what every name begins with tells nothing apart. */
function withoutCommonPrefix(layers: readonly ImportedLayer[]): ImportedLayer[] {
  const names = layers.filter(hasWeights).flatMap(({ name }) => name ?? []);
  const [first = ''] = names;
  let prefix = '';
  for (const match of first.matchAll(/_/g)) {
    const longer = first.slice(0, match.index + 1);
    if (names.length > 1 && names.every((name) => name.startsWith(longer))) prefix = longer;
  }
  return layers.map((layer) => {
    const short = layer.name?.startsWith(prefix) ? layer.name.slice(prefix.length) : layer.name;
    return { ...layer, name: short === undefined || /^[a-zA-Z]/.test(short) ? short : layer.name };
  });
}

/** Names by the values' ids: for layers with weights, and for values that are used anywhere but in the next statement. */
function nameItems(
  items: readonly NetworkItem[],
  blocks: readonly WrittenBlock[],
  { outputs }: Imported,
  inputs: readonly NamedBoundary[],
  names: Names,
): Called {
  const called = new Map(inputs.map((input) => [input.id, input.as]));
  const isRemote = remoteUses(items, outputs);
  const rounds = roundNames(items, blocks, (id) => isRemote.has(id));
  const results = new Map(outputs.map(({ id, name }) => [id, outputs.length > 1 ? cleanName(name) : undefined]));
  for (const item of items) {
    if (item.kind === 'call') {
      const block = blocks.find(({ block }) => block === item.block)!;
      const name = rounds.get(item.id) ?? block.callNames.get(item.id);
      if (name !== undefined) called.set(item.id, names.claim(name));
      else if (isRemote.has(item.id)) called.set(item.id, names.number(block.name));
      continue;
    }
    const { layer } = item;
    if (!hasWeights(layer) && !isRemote.has(layer.id)) continue;
    const name = layer.name ?? results.get(layer.id);
    called.set(layer.id, name === undefined ? names.number(layer.operator.name) : names.claim(name));
  }
  return called;
}

const operandsOf = (item: NetworkItem): readonly string[] =>
  item.kind === 'call' ? [item.entry] : item.layer.operands;

/** Values that are read where they are not the current value. */
function remoteUses(items: readonly NetworkItem[], outputs: readonly Boundary[]): Set<string> {
  const remote = new Set<string>();
  let current: string | undefined;
  for (const item of items) {
    for (const operand of operandsOf(item)) if (operand !== current) remote.add(operand);
    current = item.id;
  }
  for (const { id } of outputs) if (id !== current) remote.add(id);
  return remote;
}

/** The only output of a model is called `output` where the name says no more. */
const keepsName = (name: string): boolean =>
  isChosen(name) && !/^outputs?_?\d*$/i.test(name) && !words.split(' ').includes(name);

const isPlain = ([first, ...more]: readonly NamedBoundary[]): boolean => more.length === 0 && first?.as === 'output';

function nameOutputs(outputs: readonly Boundary[]): NamedBoundary[] {
  const [first] = outputs;
  if (outputs.length === 1) return [{ ...first!, as: keepsName(first!.name) ? first!.name : 'output' }];
  const names = new Names([]);
  return outputs.map((output) => ({ ...output, as: names.claim(cleanName(output.name) ?? 'result') }));
}

function writeItems(
  items: readonly NetworkItem[],
  blocks: readonly WrittenBlock[],
  called: Called,
  inputs: readonly NamedBoundary[],
  remote: ReadonlySet<string>,
  names: Names,
): Statement[] {
  const statements: Statement[] = [];
  let current = inputs.length === 1 ? inputs[0]!.id : undefined;
  const counts = new Map<string, number>();
  const seen = new Set([...inputs.map(({ as }) => as), ...blocks.map(({ name }) => name)]);
  for (let at = 0; at < items.length; ) {
    const item = items[at]!;
    if (item.kind === 'call') {
      const written = writeCalls(
        items,
        at,
        blocks,
        called,
        current,
        (id) => remote.has(id),
        (name) => seen.has(name) || names.isReserved(name),
      );
      statements.push(written.statement);
      at += written.count;
    } else {
      // The name that the layer has anyway need not be written, unless the value is read somewhere else.
      const { name } = item.layer.operator;
      const number = counts.get(name) ?? 0;
      const given = called.get(item.id);
      const as = given === `${name}_${number}` && !remote.has(item.id) ? undefined : given;
      if (as === undefined) counts.set(name, number + 1);
      const links = linksOf(item.layer, current, (id) => called.get(id)!);
      const joined = items[at - 1]?.kind === 'layer' && links.length === 1 && joins(item.layer);
      statements.push(build.statement(links, { joined, ...(as !== undefined && { as }) }));
      at++;
    }
    current = items[at - 1]!.id;
    seen.add(called.get(current) ?? '');
  }
  return statements;
}

function writeReturn(
  items: readonly NetworkItem[],
  called: Called,
  outputs: readonly NamedBoundary[],
  inputs: readonly NamedBoundary[],
): Statement[] {
  const last = items.at(-1)?.id ?? inputs[0]?.id;
  const [first] = outputs;
  if (isPlain(outputs))
    return first!.id === last && items.length > 0 ? [] : [build.statement([build.layer(called.get(first!.id)!)])];
  const value = (id: string) => (id === last ? 'it' : called.get(id)!);
  return [build.results(Object.fromEntries(outputs.map(({ as, id }) => [as, value(id)])))];
}

function collectWeights(
  items: readonly NetworkItem[],
  blocks: readonly WrittenBlock[],
  called: Called,
): Map<string, TensorData> {
  const weights = new Map<string, TensorData>();
  const add = (path: string, layer: ImportedLayer) => {
    for (const [name, value] of Object.entries(layer.weights)) weights.set(`${path}.${name}`, value);
  };
  const unnamed = new Map<WrittenBlock, number>();
  for (const item of items) {
    if (item.kind === 'layer') {
      add(called.get(item.id)!, item.layer);
      continue;
    }
    const block = blocks.find(({ block }) => block === item.block)!;
    const number = unnamed.get(block) ?? 0;
    // A call without a name gets the block's, with a running number.
    const path = called.get(item.id) ?? `${block.name}_${number}`;
    if (!called.has(item.id)) unnamed.set(block, number + 1);
    item.layers.forEach((layer, n) => {
      add(`${path}.${block.layerNames[n]}`, layer);
    });
  }
  return weights;
}
