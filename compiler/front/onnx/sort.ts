// Names and order in a graph, checked before anything is computed: every value is made once, by a node that
// does not depend on itself, and every name that is read is made somewhere.
import { error, failure, type Problem, type Result, success } from '../../../dsl/problem.ts';
import type { SiblingFiles } from '../../files/sibling.ts';
import { cleanName } from '../importing/names.ts';
import type { SortedGraph } from './import-graph.ts';
import type { OnnxDimension, OnnxGraph, OnnxModel, OnnxNode, OnnxValue } from './model.ts';
import { elementTypeOf, isFloat, readTensor, type TensorValue } from './tensor.ts';

export interface SortOptions {
  /** Sizes of named dimensions. */
  readonly set: Readonly<Record<string, number>>;
  readonly external: SiblingFiles | undefined;
  /** Inputs that are to be constants. */
  readonly constants: ReadonlyMap<string, TensorValue>;
}

/**
 * The nodes that the outputs need, each behind those it reads. Problems: `onnx/duplicate-name`, `onnx/missing-value`,
 * `onnx/cycle`, `onnx/no-output`, `onnx/dimension`, `onnx/input-type`, those of tensors.
 */
export function sortGraph(model: OnnxModel, file: string, options: SortOptions): Result<SortedGraph> {
  const graph = model.graph!;
  const problems: Problem[] = [];
  const producers = findProducers(graph, file, problems);
  const constants = new Map(options.constants);
  const unread: Problem[] = [];
  for (const tensor of graph.initializers) {
    const value = readTensor(tensor, file, options.external);
    if (!value.ok) unread.push(...value.problems);
    else if (!constants.has(tensor.name)) constants.set(tensor.name, value.value);
  }
  problems.push(...oneOfEach(unread));
  if (graph.outputs.length === 0) problems.push(error('onnx/no-output', `${file} has no outputs`));
  const inputs = graph.inputs.filter((input) => !constants.has(input.name));
  // What cannot be read is no value that nothing makes.
  const stored = graph.initializers.map(({ name }) => name);
  const known = new Set(['', ...constants.keys(), ...stored, ...inputs.map((input) => input.name)]);
  const nodes = sortNodes(graph, producers, known, file, problems);
  const bound = inputs.map((input) => bindInput(input, file, options.set, problems));
  problems.push(...unknownSettings(inputs, file, options.set));
  if (problems.length > 0) return failure(problems);
  return success({
    file,
    nodes,
    inputs: bound,
    outputs: graph.outputs.map((output) => ({ name: output.name, channelsSecond: saysChannelsSecond(output) })),
    constants,
    versions: new Map(model.operatorSets.map(({ domain, version }) => [domain === 'ai.onnx' ? '' : domain, version])),
  });
}

/** A file that is missing or cut off is a problem of many tensors: the first of each kind is told, the rest are counted. */
function oneOfEach(problems: readonly Problem[]): readonly Problem[] {
  return [...new Set(problems.map(({ code }) => code))].map((code) => {
    const [first, ...more] = problems.filter((problem) => problem.code === code) as [Problem, ...Problem[]];
    const others = `${more.length} more ${more.length === 1 ? 'tensor has' : 'tensors have'} this problem`;
    return more.length === 0 ? first : { ...first, notes: [...first.notes, others] };
  });
}

function findProducers(graph: OnnxGraph, file: string, problems: Problem[]): Map<string, OnnxNode> {
  const report = (kind: string, name: string) =>
    problems.push(error('onnx/duplicate-name', `${file} has two ${kind} called ${JSON.stringify(name)}`));
  const producers = new Map<string, OnnxNode>();
  const given = new Set<string>();
  for (const [kind, values] of [
    ['inputs', graph.inputs],
    ['initializers', graph.initializers],
  ] as const) {
    const names = new Set<string>();
    for (const { name } of values) {
      if (names.has(name)) report(kind, name);
      names.add(name);
      given.add(name);
    }
  }
  for (const node of graph.nodes) {
    for (const name of node.outputs) {
      if (name === '') continue;
      if (producers.has(name) || given.has(name)) report('values', name);
      producers.set(name, node);
    }
  }
  const results = graph.outputs.map((output) => output.name);
  for (const name of results.filter((name, at) => results.indexOf(name) !== at)) report('outputs', name);
  return producers;
}

/** Depth first from the outputs, without recursion: a model may be a chain of a million nodes. */
function sortNodes(
  graph: OnnxGraph,
  producers: ReadonlyMap<string, OnnxNode>,
  known: ReadonlySet<string>,
  file: string,
  problems: Problem[],
): OnnxNode[] {
  const state = new Map<OnnxNode, 'open' | 'done'>();
  const missing = new Set<string>();
  const place = new Map(graph.nodes.map((node, at) => [node, at]));
  const open: { readonly node: OnnxNode; next: number }[] = [];
  const enter = (name: string, reader: string) => {
    const node = producers.get(name);
    if (known.has(name) && (name !== '' || reader !== 'an output')) return;
    if (!node) {
      if (!missing.has(name))
        problems.push(
          error('onnx/missing-value', `${reader} of ${file} reads ${JSON.stringify(name)}, which nothing makes`),
        );
      missing.add(name);
    } else if (state.get(node) === 'open') {
      problems.push(error('onnx/cycle', `the value ${JSON.stringify(name)} of ${file} depends on itself`));
    } else if (!state.has(node)) {
      state.set(node, 'open');
      open.push({ node, next: 0 });
    }
  };
  for (const output of graph.outputs) {
    enter(output.name, 'an output');
    for (let top = open.at(-1); top; top = open.at(-1)) {
      const name = top.node.inputs[top.next++];
      if (name !== undefined) enter(name, `a ${top.node.operator} node`);
      else {
        state.set(top.node, 'done');
        open.pop();
      }
    }
  }
  // The file's order is kept where it is an order, since exporters write what belongs together side by side.
  const needed = [...state.keys()];
  const inFileOrder = needed.toSorted((a, b) => place.get(a)! - place.get(b)!);
  return isOrder(inFileOrder, producers) ? inFileOrder : topological(needed, producers);
}

function isOrder(nodes: readonly OnnxNode[], producers: ReadonlyMap<string, OnnxNode>): boolean {
  const seen = new Set<OnnxNode>();
  return nodes.every((node) => {
    seen.add(node);
    return node.inputs.every((name) => {
      const producer = producers.get(name);
      return producer === undefined || (producer !== node && seen.has(producer));
    });
  });
}

/** Rounds of nodes whose inputs are ready; what is on a cycle was reported and is left out. */
function topological(nodes: readonly OnnxNode[], producers: ReadonlyMap<string, OnnxNode>): OnnxNode[] {
  const waiting = new Map<OnnxNode, number>();
  const readers = new Map<OnnxNode, OnnxNode[]>();
  for (const node of nodes) {
    const before = new Set(node.inputs.flatMap((name) => producers.get(name) ?? []));
    waiting.set(node, before.size);
    for (const producer of before) readers.set(producer, [...(readers.get(producer) ?? []), node]);
  }
  const order = nodes.filter((node) => waiting.get(node) === 0);
  for (let at = 0; at < order.length; at++) {
    for (const reader of readers.get(order[at]!) ?? []) {
      const left = waiting.get(reader)! - 1;
      waiting.set(reader, left);
      if (left === 0) order.push(reader);
    }
  }
  return order;
}

/** The sizes of an input, named ones looked up; the batch, where it is open, is 1. */
function bindInput(
  value: OnnxValue,
  file: string,
  set: Readonly<Record<string, number>>,
  problems: Problem[],
): SortedGraph['inputs'][number] {
  const { name, type } = value;
  const report = (code: string, message: string, notes: readonly string[] = []) =>
    problems.push(error(`onnx/${code}`, `input ${JSON.stringify(name)} of ${file} ${message}`, undefined, { notes }));
  const elementType = elementTypeOf(type?.tensor?.elementType ?? 0);
  if (!elementType)
    report('input-type', `has element type ${type?.tensor?.elementType ?? 'unknown'}, which is not supported`);
  else if (!isFloat(elementType) && elementType !== 'int32') {
    report('input-type', `holds ${elementType}`, ['what would work: float32, or a constant: an initializer']);
  }
  if (!type?.tensor?.shape)
    report('dimension', 'has no shape', ['what would work: a model whose inputs state their rank']);
  const dims = (type?.tensor?.shape?.dimensions ?? []).map((dimension, axis) => {
    const key = settingOf(name, dimension, axis);
    const bound = isKnown(dimension)
      ? dimension.size
      : (ownValue(set, dimension.parameter ?? key) ?? ownValue(set, key) ?? (axis === 0 ? 1 : undefined));
    if (bound !== undefined && Number.isSafeInteger(bound) && bound > 0) return bound;
    report('dimension', `leaves the size of axis ${axis} open`, [`give it: --set ${key}=224`]);
    return 1;
  });
  return { name, dims, channelsSecond: saysChannelsSecond(value) };
}

const isKnown = ({ size }: OnnxDimension): boolean => size !== undefined && size > 0;

/** What `--set` calls an open dimension: its own name, or the input's with the number of the axis. */
const settingOf = (input: string, { parameter }: OnnxDimension, axis: number): string =>
  cleanName(parameter ?? '') ?? `${cleanName(input) ?? 'input'}_${axis}`;

/** Of the settings, those that are the size of an open first axis, which is the batch. */
export const batchSettings = (inputs: readonly OnnxValue[], set: Readonly<Record<string, number>>): readonly string[] =>
  Object.keys(set).filter((key) =>
    inputs.some(({ name, type }) => {
      const first = type?.tensor?.shape?.dimensions[0];
      return first && !isKnown(first) && (first.parameter === key || settingOf(name, first, 0) === key);
    }),
  );

/** Settings that are no open dimension of the model. */
function unknownSettings(
  inputs: readonly OnnxValue[],
  file: string,
  set: Readonly<Record<string, number>>,
): readonly Problem[] {
  const open = inputs.flatMap(({ name, type }) =>
    (type?.tensor?.shape?.dimensions ?? []).flatMap((dimension, axis) =>
      isKnown(dimension) ? [] : [[settingOf(name, dimension, axis), dimension.parameter] as const],
    ),
  );
  const names = [...new Set(open.map(([name]) => name))];
  const has = names.length === 0 ? 'all its sizes are fixed' : `it has ${names.join(', ')}`;
  return Object.keys(set)
    .filter((name) => !open.flat().includes(name))
    .map((name) =>
      error('set/unknown', `${file} has no open dimension \`${name}\` to set`, undefined, { notes: [has] }),
    );
}

/** Whether the file itself says that axis 1 holds the channels. */
const saysChannelsSecond = ({ type }: OnnxValue): boolean =>
  type?.tensor?.shape?.dimensions[1]?.denotation === 'DATA_CHANNEL';

const ownValue = (record: Readonly<Record<string, number>>, key: string): number | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
