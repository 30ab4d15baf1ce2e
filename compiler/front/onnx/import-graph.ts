// One attempt to import a graph: inputs and initializers become values, nodes become layers one after the other, and
// every node that cannot be imported is a problem of its own.
import { addInput, addOutput } from '../importing/boundary.ts';
import { constantOf, isFloating } from '../importing/constants.ts';
import { Importer } from '../importing/importer.ts';
import { asKnown } from '../importing/known-layers.ts';
import { mergeBias } from '../importing/merge-bias.ts';
import { Refusal } from '../importing/refusal.ts';
import type { ImportedValue, LayerValue } from '../importing/values.ts';
import { folds } from './fold.ts';
import { importsOf, patternsOf } from './mappings/index.ts';
import type { OnnxNode } from './model.ts';
import { type ImportState, NodeReader } from './node-reader.ts';
import { rearrangingOf } from './rearranging.ts';
import type { TensorValue } from './tensor.ts';

export interface SortedBoundary {
  readonly name: string;
  /** Whether the file says that axis 1 holds the channels. */
  readonly channelsSecond: boolean;
}

/** A graph whose names and order are settled. */
export interface SortedGraph {
  readonly file: string;
  /** In an order in which each node stands behind those it reads. */
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly (SortedBoundary & { readonly dims: readonly number[] })[];
  readonly outputs: readonly SortedBoundary[];
  readonly constants: ReadonlyMap<string, TensorValue>;
  /** By domain. */
  readonly versions: ReadonlyMap<string, number>;
}

/** Operators of ONNX that say which axis the channels are: behind the batch, before the space. */
const channelsFirst =
  /Conv|Pool|BatchNorm|InstanceNorm|GroupNorm|^LRN$|DepthToSpace|SpaceToDepth|^Upsample$|^Resize$|^PRelu$|^MeanVariance/;

export function importGraph(graph: SortedGraph, batch: number): Importer {
  const { file, nodes, inputs, outputs } = graph;
  const reads = [...nodes.flatMap(({ inputs }) => inputs), ...outputs.map(({ name }) => name)];
  const importer = new Importer({ file, batch, reads, codes: 'onnx' });
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  for (const [name, { shape, data }] of graph.constants) importer.values.set(name, constantOf(shape, data));
  for (const input of inputs) {
    const { name, dims, channelsSecond } = input;
    addInput(importer, name, dims, channelsSecond || readsChannelsFirst(name, dims.length, graph) ? 'first' : 'last');
  }
  const read = new Set(reads);
  const state = { importer, producers, isRead: (name: string) => read.has(name) };
  for (const node of nodes) importer.attempt(nodeSubject(node), () => importNode(node, graph, state));
  for (const { name, channelsSecond } of outputs) {
    importer.attempt(`output ${JSON.stringify(name)}`, () => {
      const isImage = channelsSecond || hasChannelsFirst(importer.dims(importer.value(name)).length, graph);
      addOutput(importer, name, isImage ? 'first' : 'last');
    });
  }
  return importer;
}

function nodeSubject({ name, outputs, operator }: OnnxNode): string {
  const which = name === '' ? `the node of ${JSON.stringify(outputs[0] ?? '')}` : `node ${JSON.stringify(name)}`;
  return `${which} (${operator})`;
}

/** Images are [batch, channels, height, width], unless the model itself begins by turning them from channels last. */
function readsChannelsFirst(name: string, rank: number, graph: SortedGraph): boolean {
  const readers = graph.nodes.filter((node) => node.inputs.includes(name));
  const turned =
    readers.length > 0 && readers.every((node) => node.operator === 'Transpose' && bringsChannelsFirst(node, rank));
  return !turned && hasChannelsFirst(rank, graph);
}

/** What has four axes or more is an image; what has three may be a signal, if some node says which axis its channels are. */
const hasChannelsFirst = (rank: number, graph: SortedGraph): boolean =>
  rank > 3 || (rank === 3 && graph.nodes.some((node) => channelsFirst.test(node.operator)));

function bringsChannelsFirst({ attributes }: OnnxNode, rank: number): boolean {
  const permutation = attributes.find(({ name }) => name === 'perm')?.ints ?? [];
  return permutation.join() === [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, axis) => axis + 1)].join();
}

function importNode(node: OnnxNode, graph: SortedGraph, state: ImportState): void {
  const { importer } = state;
  const isOnnx = node.domain === '' || node.domain === 'ai.onnx';
  const called = isOnnx ? node.operator : `${node.domain}:${node.operator}`;
  if (!isKnown(called)) throw unknownOperator(called);
  const inputs = node.inputs.map((name) => (name === '' ? undefined : importer.value(name)));
  const version = graph.versions.get(isOnnx ? '' : node.domain) ?? 1;
  const reader = new NodeReader(node, version, state);
  const start = importer.layers.length;
  const imported = importedOutputs(node, isOnnx, inputs, reader, importer);
  const given = inputs.filter((value) => value !== undefined);
  const known = given.length > 0 && given.every((value) => value.kind === 'constant');
  const whole = known && !given.some(isFloating);
  const results = known ? asKnown(importer, start, imported, whole) : imported;
  const [unread] = reader.attributes.unread();
  if (unread !== undefined) {
    throw new Refusal(`has the attribute ${unread}, which is not supported`, `the node without ${unread}`, 'attribute');
  }
  node.outputs.forEach((name, at) => {
    const value = results[at];
    if (value && name !== '') importer.set(name, value, node.inputs[0]);
    else if (name !== '' && state.isRead(name)) {
      throw new Refusal(
        `has a result ${at} (${JSON.stringify(name)}) that is not supported`,
        'a model that uses its first result only',
      );
    }
  });
}

/** Whether nodes of this operator are ever imported. */
const isKnown = (operator: string): boolean =>
  folds.has(operator) ||
  rearrangingOf(operator) !== undefined ||
  importsOf(operator).length > 0 ||
  patternsOf(operator).length > 0;

function importedOutputs(
  node: OnnxNode,
  isOnnx: boolean,
  inputs: readonly (ImportedValue | undefined)[],
  reader: NodeReader,
  importer: Importer,
): readonly ImportedValue[] {
  const constants = inputs.map((value) => (value?.kind === 'constant' ? value : undefined));
  const shaping = { attributes: reader.attributes, inputs: constants };
  const [first] = inputs;
  const fold = isOnnx ? folds.get(node.operator) : undefined;
  if (fold && inputs.every((value, at) => constants[at] || (at > 0 && !value))) return [fold(shaping)];
  const name = isOnnx ? node.operator : `${node.domain}:${node.operator}`;
  const sum = isOnnx ? sumAsBias(reader, importer) : undefined;
  if (sum) return [sum];
  for (const { operator, read } of patternsOf(name)) {
    const result = read(reader.as(operator));
    if (result) return listOf(result);
  }
  const rearrange = isOnnx ? rearrangingOf(node.operator) : undefined;
  if (rearrange && first?.kind === 'layer') return [rearrange(first, shaping, importer, reader)];
  for (const { operator, read } of importsOf(name)) {
    const result = read(reader.as(operator));
    if (result) return listOf(result);
  }
  if (importsOf(name).length === 0) throw unknownOperator(name);
  throw new Refusal('has inputs or attributes in a combination that is not supported', undefined, 'operator');
}

const unknownOperator = (name: string): Refusal =>
  new Refusal(
    `uses the operator ${name}, which is not supported`,
    'the same computation from operators that are',
    'operator',
  );

const listOf = (result: ImportedValue | readonly ImportedValue[]): readonly ImportedValue[] =>
  'kind' in result ? [result] : result;

/** A sum with a constant that is the bias of the layer before it. */
function sumAsBias(reader: NodeReader, importer: Importer): LayerValue | undefined {
  if (reader.operator !== 'Add' || reader.inputs !== 2) return undefined;
  const [first, second] = [reader.imported(0), reader.imported(1)];
  if (first.kind === 'layer' && second.kind === 'constant') return mergeBias(importer, first, second);
  if (first.kind === 'constant' && second.kind === 'layer') return mergeBias(importer, second, first);
  return undefined;
}
