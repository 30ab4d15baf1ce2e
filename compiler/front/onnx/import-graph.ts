// One attempt to import a graph: inputs and initializers become values, nodes become layers one after the other, and
// every node that cannot be imported is a problem of its own.
import { error, type Problem } from '../../../dsl/problem.ts';
import type { AnyOperator } from '../../operators/operator.ts';
import type { Shape } from '../../tensor.ts';
import { constantOf, sized } from './constants.ts';
import { folds } from './fold.ts';
import { type ImportedLayer, type ImportedValue, Importer } from './importer.ts';
import { batchAxis, type Layout } from './mapping.ts';
import { mergedBias } from './merge-bias.ts';
import type { OnnxNode } from './model.ts';
import { NodeReader } from './node-reader.ts';
import { rearrangingOf } from './rearranging.ts';
import { Refusal } from './refusal.ts';
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

/** Where an input or output of ONNX is in ours. */
export interface Boundary {
  /** ONNX's name. */
  readonly name: string;
  /** ONNX's sizes. */
  readonly dims: readonly number[];
  /** A layer's id or the input itself. */
  readonly id: string;
  readonly shape: Shape;
  readonly layout: Layout;
}

export interface Attempt {
  readonly inputs: readonly Boundary[];
  readonly outputs: readonly Boundary[];
  readonly layers: readonly ImportedLayer[];
  readonly problems: readonly Problem[];
  readonly batch: number;
}

/** Operators of ONNX that say which axis the channels are: behind the batch, before the space. */
const channelsFirst =
  /Conv|Pool|BatchNorm|InstanceNorm|GroupNorm|^LRN$|DepthToSpace|SpaceToDepth|^Upsample$|^Resize$|^PRelu$|^MeanVariance/;

export function importGraph(graph: SortedGraph, operators: Iterable<AnyOperator>, batch: number): Attempt {
  const importer = new Importer(operators, batch, graph);
  const problems: Problem[] = [];
  for (const [name, { shape, data }] of graph.constants) importer.values.set(name, constantOf(shape, data));
  const inputs = graph.inputs.map((input) => importInput(input, graph, importer));
  for (const node of graph.nodes) {
    try {
      importNode(node, graph, importer);
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      problems.push(nodeProblem(node, graph.file, refusal));
    }
  }
  const outputs = graph.outputs.flatMap((output) => {
    try {
      return exportedValue(output, graph, importer) ?? [];
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal;
      problems.push(error(refusal.code, `output ${JSON.stringify(output.name)} of ${graph.file} ${refusal.message}`));
      return [];
    }
  });
  return { inputs, outputs, layers: importer.layers, problems, batch };
}

function nodeProblem(node: OnnxNode, file: string, { code, message, wanted }: Refusal): Problem {
  const which =
    node.name === '' ? `the node of ${JSON.stringify(node.outputs[0] ?? '')}` : `node ${JSON.stringify(node.name)}`;
  return error(code, `${which} (${node.operator}) of ${file} ${message}`, undefined, {
    notes: wanted === undefined ? [] : [`what would work: ${wanted}`],
  });
}

/** Chooses the arrangement of an input, once: what follows adapts to it. */
function importInput(
  { name, dims, channelsSecond }: SortedGraph['inputs'][number],
  graph: SortedGraph,
  importer: Importer,
): Boundary {
  const { batch } = importer;
  const isLead = dims.length > 1 && dims[0] === batch;
  const lead = isLead ? (batch > 1 ? [batchAxis] : []) : undefined;
  const rest = lead ? dims.slice(1) : dims;
  const last = lead && dims.length >= 3 && (channelsSecond || readsChannelsFirst(name, dims.length, graph));
  const ours = last ? [...rest.slice(1), rest[0]!] : rest;
  const axisOf = (axis: number) => (last ? (axis === 0 ? rest.length - 1 : axis - 1) : axis);
  const layout = [...(lead ? [lead] : []), ...rest.map((_, axis) => [axisOf(axis)])];
  const shape = ours.length === 0 ? [1] : ours;
  const id = `input ${name}`;
  importer.values.set(name, { kind: 'layer', id, shape, layout });
  return { name, dims, id, shape, layout };
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

function importNode(node: OnnxNode, graph: SortedGraph, importer: Importer): void {
  const inputs = node.inputs.map((name) => importer.values.get(name));
  // What a refused node should have made is missing: its own problem is enough.
  if (node.inputs.some((name, at) => name !== '' && !inputs[at])) return;
  const isOnnx = node.domain === '' || node.domain === 'ai.onnx';
  const version = graph.versions.get(isOnnx ? '' : node.domain) ?? 1;
  const reader = new NodeReader(node, version, importer);
  const results = importedOutputs(node, isOnnx, inputs, reader, importer);
  const [unread] = reader.attributes.unread();
  if (unread !== undefined) {
    throw new Refusal(
      `has the attribute ${unread}, which is not supported`,
      `the node without ${unread}`,
      'onnx/attribute',
    );
  }
  node.outputs.forEach((name, at) => {
    const value = results[at];
    if (value && name !== '') importer.set(name, value, node.inputs);
    else if (name !== '' && isRead(name, graph)) {
      throw new Refusal(
        `has a result ${at} (${JSON.stringify(name)}) that is not supported`,
        'a model that uses its first result only',
      );
    }
  });
}

const isRead = (name: string, graph: SortedGraph): boolean =>
  graph.outputs.some((output) => output.name === name) || graph.nodes.some((node) => node.inputs.includes(name));

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
  const sum = isOnnx ? mergedBias(reader, importer) : undefined;
  if (sum) return [sum];
  for (const { operator, read } of importer.patternsOf(name)) {
    const result = read(reader.as(operator));
    if (result) return listOf(result);
  }
  const rearrange = isOnnx ? rearrangingOf(node.operator) : undefined;
  if (rearrange && first?.kind === 'layer') return [rearrange(first, shaping, importer, reader)];
  for (const { operator, read } of importer.importsOf(name)) {
    const result = read(reader.as(operator));
    if (result) return listOf(result);
  }
  const known = importer.importsOf(name).length > 0;
  throw new Refusal(
    known
      ? 'has inputs or attributes in a combination that is not supported'
      : `uses the operator ${name}, which is not supported`,
    known ? undefined : 'the same computation from operators that are',
    'onnx/operator',
  );
}

const listOf = (result: ImportedValue | readonly ImportedValue[]): readonly ImportedValue[] =>
  'kind' in result ? [result] : result;

/**
 * A graph's output in an arrangement that a person expects: channels last or in ONNX's order, as it already is; else
 * channels last where it is an image. A constant becomes a layer.
 */
function exportedValue(
  { name, channelsSecond }: SortedBoundary,
  graph: SortedGraph,
  importer: Importer,
): Boundary | undefined {
  const value = importer.values.get(name);
  if (!value) return undefined;
  const dims = importer.dims(value);
  sized(dims);
  const axes = dims.map((_, axis) => axis);
  const layer = value.kind === 'layer' ? value : importer.constantLayer(value, axes);
  const lead = dims.length > 1 && importer.isLeading(layer, 0);
  const inOrder = lead ? axes.slice(1) : axes;
  const channelsLast = lead && dims.length > 2 ? [...inOrder.slice(1), inOrder[0]!] : inOrder;
  const isAlready = [channelsLast, inOrder].some((order) => isArrangedAs(layer.layout, order, layer.shape, dims));
  const result =
    isAlready || dims.length === 0
      ? layer
      : importer.arrange(layer, channelsSecond || hasChannelsFirst(dims.length, graph) ? channelsLast : inOrder);
  return { name, dims, id: result.id, shape: result.shape, layout: result.layout };
}

/** Whether the value has exactly one axis for each entry of `order`. */
const isArrangedAs = (layout: Layout, order: readonly number[], shape: Shape, dims: readonly number[]): boolean =>
  order.length === shape.length &&
  order.every(
    (axis, place) => dims[axis] === shape[place] && (dims[axis] === 1 || layout[axis]!.join() === `${place}`),
  );
