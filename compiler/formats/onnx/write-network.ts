// Imported layers as text: chains where a value is used once, names where it is used again, weights under those names.
import * as build from '../../../dsl/build.ts';
import { print } from '../../../dsl/print.ts';
import type { Link, Statement } from '../../../dsl/syntax.ts';
import type { AnyOperator } from '../../operators/operator.ts';
import type { Static } from '../../operators/parameters.ts';
import type { TensorData } from '../safetensors.ts';
import type { ImportedBoundary } from './import.ts';
import type { Attempt, Boundary } from './import-graph.ts';
import type { ImportedLayer } from './importer.ts';
import { cleanName, Names } from './names.ts';

export interface WrittenNetwork {
  readonly text: string;
  readonly weights: ReadonlyMap<string, TensorData>;
  readonly inputs: readonly ImportedBoundary[];
  readonly outputs: readonly ImportedBoundary[];
}

const words =
  'model block param import from if else repeat as return weights it input and or not true false round floor ceil min max output';

export function writeNetwork(
  attempt: Attempt,
  name: string,
  operators: ReadonlyMap<string, AnyOperator>,
): WrittenNetwork {
  const names = new Names([...words.split(' '), ...operators.keys(), name]);
  const inputs = attempt.inputs.map((input) => ({ ...input, as: names.claim(inputName(input)) }));
  const layers = withoutCommonPrefix(chainOrder(neededLayers(attempt)));
  const called = nameLayers(layers, attempt, inputs, names);
  const outputs = nameOutputs(attempt.outputs);
  const statements = [
    ...(layers.some(hasWeights) ? [build.weights(`${name}.safetensors`)] : []),
    ...writeStatements(layers, called, inputs),
    ...writeReturn(layers, called, outputs, inputs),
  ];
  const header = inputs.map((input) => build.input(input.as, input.shape));
  const results = outputs.length === 1 ? outputs[0]!.shape : outputs.map(({ as, shape }) => build.input(as, shape));
  const text = print(build.file([build.model(name, header, statements, { outputs: results })]));
  return {
    text,
    weights: collectWeights(layers, called),
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

const boundary = ({ name, dims, shape, layout, as }: Boundary & { as: string }): ImportedBoundary => ({
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

/** Layers that some output depends on, in their order. */
function neededLayers({ layers, outputs }: Attempt): ImportedLayer[] {
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
function chainOrder(layers: readonly ImportedLayer[]): ImportedLayer[] {
  const order = layers.filter((layer) => layer.operands.length === 0);
  const waiting = new Set(layers.filter((layer) => layer.operands.length > 0));
  const pending = new Set([...waiting].map((layer) => layer.id));
  const isReady = (layer: ImportedLayer) => layer.operands.every((operand) => !pending.has(operand));
  const readers = new Map<string, ImportedLayer[]>();
  for (const layer of waiting) {
    for (const operand of layer.operands) readers.set(operand, [...(readers.get(operand) ?? []), layer]);
  }
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

function firstReady(waiting: ReadonlySet<ImportedLayer>, isReady: (layer: ImportedLayer) => boolean): ImportedLayer {
  for (const layer of waiting) if (isReady(layer)) return layer;
  throw new Error('imported layers depend on each other');
}

type Called = ReadonlyMap<string, string>;

/** Names for layers with weights, and for values that are used anywhere but in the next layer. */
function nameLayers(
  layers: readonly ImportedLayer[],
  { outputs }: Attempt,
  inputs: readonly { readonly id: string; readonly as: string }[],
  names: Names,
): Called {
  const called = new Map(inputs.map((input) => [input.id, input.as]));
  const isRemote = remoteUses(layers, outputs);
  const results = new Map(outputs.map(({ id, name }) => [id, outputs.length > 1 ? cleanName(name) : undefined]));
  for (const layer of layers) {
    if (!hasWeights(layer) && !isRemote.has(layer.id)) continue;
    const name = layer.name ?? results.get(layer.id);
    called.set(layer.id, name === undefined ? names.number(layer.operator.name) : names.claim(name));
  }
  return called;
}

/** Values that are read where they are not the current value. */
function remoteUses(layers: readonly ImportedLayer[], outputs: readonly Boundary[]): Set<string> {
  const remote = new Set<string>();
  let current: string | undefined;
  for (const layer of layers) {
    for (const operand of layer.operands) if (operand !== current) remote.add(operand);
    current = layer.id;
  }
  for (const { id } of outputs) if (id !== current) remote.add(id);
  return remote;
}

function nameOutputs(outputs: readonly Boundary[]): (Boundary & { as: string })[] {
  if (outputs.length === 1) return [{ ...outputs[0]!, as: 'output' }];
  const names = new Names([]);
  return outputs.map((output) => ({ ...output, as: names.claim(cleanName(output.name) ?? 'result') }));
}

function writeStatements(
  layers: readonly ImportedLayer[],
  called: Called,
  inputs: readonly { readonly id: string }[],
): Statement[] {
  const statements: Statement[] = [];
  let current = inputs.length === 1 ? inputs[0]!.id : undefined;
  for (const layer of layers) {
    const as = called.get(layer.id);
    const links = linksOf(layer, current, called);
    const joined = statements.length > 0 && links.length === 1 && joins(layer);
    statements.push(build.statement(links, { joined, ...(as !== undefined && { as }) }));
    current = layer.id;
  }
  return statements;
}

/** A normalisation and an activation stand on the line of the layer they belong to. */
const joins = ({ operator, operands }: ImportedLayer): boolean =>
  operands.length === 1 && (operator.family === 'activation' || operator.family === 'normalisation');

function linksOf(layer: ImportedLayer, current: string | undefined, called: Called): Link[] {
  const { operator, operands } = layer;
  const given = writtenArguments(layer);
  if (operands.length <= 1) {
    const link = build.layer(operator.name, given.positional, given.named);
    const from = operands[0];
    return from === undefined || from === current ? [link] : [build.layer(called.get(from)!), link];
  }
  const values = operands.map((id) => (id === current ? 'it' : called.get(id)!));
  return [build.layer(operator.name, [...values, ...given.positional], given.named)];
}

/** Arguments that differ from their defaults; those that may be positional first and without names. */
function writtenArguments({ operator, given }: ImportedLayer): {
  positional: build.Value[];
  named: Record<string, build.Value>;
} {
  const isDefault = (name: string) => sameStatic(given[name], operator.parameters[name]!.fallback?.value);
  const kept = Object.keys(given).filter((name) => !isDefault(name));
  const positional = operator.positional.slice(0, positionalCount(operator, kept));
  const named = Object.keys(operator.parameters).filter((name) => kept.includes(name) && !positional.includes(name));
  return {
    positional: positional.map((name) => given[name] as build.Value),
    named: Object.fromEntries(named.map((name) => [name, given[name] as build.Value])),
  };
}

function positionalCount(operator: AnyOperator, kept: readonly string[]): number {
  if (operator.operands.maximum > 1) return 0;
  const first = operator.positional.findIndex((name) => !kept.includes(name));
  return first < 0 ? operator.positional.length : first;
}

/** Numbers are the same where float32 does not tell them apart: ONNX's 0.16666667 is 1/6. */
function sameStatic(a: Static | undefined, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') return Math.fround(a) === Math.fround(b);
  return JSON.stringify(a) === JSON.stringify(b);
}

function writeReturn(
  layers: readonly ImportedLayer[],
  called: Called,
  outputs: readonly (Boundary & { as: string })[],
  inputs: readonly { readonly id: string }[],
): Statement[] {
  const last = layers.at(-1)?.id ?? inputs[0]?.id;
  const [first] = outputs;
  if (outputs.length === 1)
    return first!.id === last && layers.length > 0 ? [] : [build.statement([build.layer(called.get(first!.id)!)])];
  const value = (id: string) => (id === last ? 'it' : called.get(id)!);
  return [build.results(Object.fromEntries(outputs.map(({ as, id }) => [as, value(id)])))];
}

function collectWeights(layers: readonly ImportedLayer[], called: Called): Map<string, TensorData> {
  const weights = new Map<string, TensorData>();
  for (const layer of layers) {
    for (const [name, value] of Object.entries(layer.weights)) weights.set(`${called.get(layer.id)}.${name}`, value);
  }
  return weights;
}
