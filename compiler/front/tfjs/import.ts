// TensorFlow.js graph models as networks of the language.
//
//   importTfjs(bytes, 'model.json', { files }) → { text: 'model face(input_1: [128, 128, 3]) -> …', weights, … }
import { error, failure, type Problem, type Result } from '../../../dsl/problem.ts';
import { fieldsOf, parseJson } from '../../files/json.ts';
import type { SiblingFiles } from '../../files/sibling.ts';
import { showShape } from '../../tensor.ts';
import { addInput, addOutput } from '../importing/boundary.ts';
import { constantOf } from '../importing/constants.ts';
import { type ImportedModel, importBatch, importedModel, modelName } from '../importing/import.ts';
import { Importer } from '../importing/importer.ts';
import { cleanName } from '../importing/names.ts';
import { Refusal } from '../importing/refusal.ts';
import { importOperation } from '../tensorflow/mappings/index.ts';
import { type AttributeValue, Operation } from '../tensorflow/operation.ts';
import { readGraph, referenceOf, shapeOf, type TfjsAttribute, type TfjsNode, type TfjsReference } from './graph.ts';
import { modelFile } from './name.ts';
import { numbersOf, readWeights, type TfjsTensor } from './weights.ts';

export interface TfjsOptions {
  readonly files: SiblingFiles;
  /** Sizes of axes that the model leaves open: `H` and `W` of images, else `NAME_1` for axis 1 of input NAME. */
  readonly set?: Readonly<Record<string, number>>;
}

type Fields = ReadonlyMap<string, unknown>;

interface GraphInput {
  readonly name: string;
  readonly node: string;
  readonly dims: readonly number[];
}

interface SortedGraph {
  readonly file: string;
  readonly nodes: readonly TfjsNode[];
  readonly inputs: readonly GraphInput[];
  readonly outputs: readonly { readonly name: string; readonly from: TfjsReference }[];
  readonly weights: ReadonlyMap<string, TfjsTensor>;
}

/** Problems: `tfjs/format` for what is no graph model, and those of its parts. */
export function importTfjs(bytes: Uint8Array, file: string, options: TfjsOptions): Result<ImportedModel> {
  const json = parseJson(bytes);
  if (!json.ok) return failure([error('tfjs/format', `${file} ${json.reason}`)]);
  if (fieldsOf(json.value)?.has('modelTopology')) return importGraphModel(json.value, file, options);
  return failure([error('tfjs/format', `${file} has no modelTopology: it is no model of TensorFlow.js`)]);
}

/** @param model the parsed `model.json` */
function importGraphModel(model: unknown, file: string, { files, set = {} }: TfjsOptions): Result<ImportedModel> {
  const fields = fieldsOf(model);
  if (fields?.get('modelInitializer') !== undefined)
    return failure([error('tfjs/initializer', `${file} fills tables before it runs (modelInitializer)`)]);
  const graph = readGraph(fields?.get('modelTopology'), file);
  const weights = readWeights(fields?.get('weightsManifest'), file, files);
  if (!graph.ok || !weights.ok) return failure([...graph.problems, ...weights.problems]);
  const nodes = sortNodes(graph.value, file);
  if (!nodes.ok) return nodes;
  const inputs = inputsOf(nodes.value, signatureOf(fields, 'inputs'), set, file);
  if (!inputs.ok) return inputs;
  const outputs = outputsOf(nodes.value, signatureOf(fields, 'outputs'));
  const sorted = { file, nodes: nodes.value, inputs: inputs.value, outputs, weights: weights.value };
  const importer = importBatch(
    inputs.value.map(({ dims }) => dims),
    (batch) => importGraph(sorted, batch),
  );
  return importedModel(importer, modelName(modelFile(file)));
}

/** The names that a signature gives to tensors, in its order. */
function signatureOf(fields: Fields | undefined, side: 'inputs' | 'outputs'): ReadonlyMap<string, Fields> {
  const own = fieldsOf(fields?.get('signature'));
  const metadata = fieldsOf(fieldsOf(fields?.get('userDefinedMetadata'))?.get('signature'));
  const entries = fieldsOf((own?.get(side) ? own : metadata)?.get(side)) ?? new Map<string, unknown>();
  return new Map(
    [...entries].flatMap(([name, value]) => {
      const described = fieldsOf(value);
      return described ? [[name, described] as const] : [];
    }),
  );
}

/** Each node behind those it reads. Problems: `tfjs/missing`, `tfjs/cycle`. */
function sortNodes(nodes: readonly TfjsNode[], file: string): Result<readonly TfjsNode[]> {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const problems: Problem[] = [];
  for (const { name, inputs } of nodes)
    for (const { node } of inputs)
      if (!byName.has(node))
        problems.push(
          error(
            'tfjs/missing',
            `node ${JSON.stringify(name)} of ${file} reads ${JSON.stringify(node)}, which is not there`,
          ),
        );
  if (problems.length > 0) return failure(problems);
  const waiting = new Map(nodes.map(({ name, inputs }) => [name, new Set(inputs.map(({ node }) => node)).size]));
  const readers = new Map<string, string[]>();
  for (const { name, inputs } of nodes)
    for (const source of new Set(inputs.map(({ node }) => node)))
      readers.set(source, [...(readers.get(source) ?? []), name]);
  const ready = nodes.filter(({ name }) => waiting.get(name) === 0).map(({ name }) => name);
  for (const name of ready)
    for (const reader of readers.get(name) ?? []) {
      const left = waiting.get(reader)! - 1;
      waiting.set(reader, left);
      if (left === 0) ready.push(reader);
    }
  if (ready.length === nodes.length) return { ok: true, value: ready.map((name) => byName.get(name)!), problems: [] };
  const loops = nodes.filter(({ operator }) => /^(Ref)?(Enter|NextIteration)$/.test(operator));
  const why = loops.length > 0 ? 'has a loop, which is not supported' : 'has nodes that read each other in a circle';
  return failure([error('tfjs/cycle', `${file} ${why}`)]);
}

function inputsOf(
  nodes: readonly TfjsNode[],
  signature: ReadonlyMap<string, Fields>,
  set: Readonly<Record<string, number>>,
  file: string,
): Result<readonly GraphInput[]> {
  const named = new Map(
    [...signature].map(([name, described]) => [referenceOf(String(described.get('name'))).node, { name, described }]),
  );
  const problems: Problem[] = [];
  const inputs = nodes
    .filter(({ operator }) => operator === 'Placeholder')
    .map(({ name: node, attributes }) => {
      const { name = node, described } = named.get(node) ?? {};
      const own = attributes.get('shape');
      const shape =
        (described && shapeOf(described.get('tensorShape'))) ?? (own?.kind === 'shape' ? own.value : undefined);
      const dims = (shape ?? []).map((size, axis) => {
        if (size >= 0) return size;
        const bound = axis === 0 ? 1 : sizeFor(openNames(node, axis, shape!.length), set);
        if (bound === undefined) problems.push(openAxis(name, shape!, openNames(node, axis, shape!.length)[0]!, file));
        return bound ?? 1;
      });
      if (!shape) problems.push(error('tfjs/shape', `input ${JSON.stringify(name)} of ${file} has no shape`));
      return { name: name.replace(/:0$/, ''), node, dims };
    });
  return problems.length > 0 ? failure(problems) : { ok: true, value: inputs, problems: [] };
}

/** The file has no names for its axes: those of an image are called as everybody calls them. */
const openNames = (node: string, axis: number, rank: number): readonly string[] => {
  const own = `${cleanName(node) ?? 'input'}_${axis}`;
  return rank === 4 && axis < 3 ? [axis === 1 ? 'H' : 'W', own] : [own];
};

const sizeFor = (names: readonly string[], set: Readonly<Record<string, number>>): number | undefined => {
  const name = names.find((one) => Object.hasOwn(set, one));
  return name === undefined ? undefined : set[name];
};

const openAxis = (input: string, shape: readonly number[], name: string, file: string): Problem =>
  error(
    'tfjs/dimension',
    `input ${JSON.stringify(input)} of ${file} is ${showShape(shape)}: the size ${name} is open`,
    undefined,
    {
      notes: [`give it: --set ${name}=224`],
    },
  );

/** As the signature says; else every node that nothing reads. */
function outputsOf(nodes: readonly TfjsNode[], signature: ReadonlyMap<string, Fields>): SortedGraph['outputs'] {
  if (signature.size > 0)
    return [...signature].map(([name, described]) => ({
      name: name.replace(/:0$/, ''),
      from: referenceOf(String(described.get('name'))),
    }));
  const read = new Set(nodes.flatMap(({ inputs }) => inputs.map(({ node }) => node)));
  const last = nodes.filter(
    ({ name, operator }) =>
      !read.has(name) && operator !== 'Placeholder' && operator !== 'NoOp' && operator !== 'Const',
  );
  return last.map(({ name }) => ({ name, from: { node: name, result: 0 } }));
}

const keyOf = ({ node, result }: TfjsReference): string => (result === 0 ? node : `${node}:${result}`);

function importGraph({ file, nodes, inputs, outputs, weights }: SortedGraph, batch: number): Importer {
  const reads = [...nodes.flatMap((node) => node.inputs.map(keyOf)), ...outputs.map(({ from }) => keyOf(from))];
  const importer = new Importer({ batch, reads, codes: 'tfjs', file });
  for (const { name, node, dims } of inputs) importer.values.set(node, addInput(importer, name, dims));
  for (const node of nodes)
    importer.attempt(`node ${JSON.stringify(node.name)} (${node.operator}) of ${file}`, () =>
      importNode(node, importer, weights),
    );
  for (const { name, from } of outputs) {
    const value = importer.values.get(keyOf(from));
    // What a refused node should have made is missing: its own problem is enough.
    if (!value) continue;
    importer.attempt(`output ${JSON.stringify(name)} of ${file}`, () => {
      importer.values.set(name, value);
      addOutput(importer, name);
    });
  }
  return importer;
}

function importNode(node: TfjsNode, importer: Importer, weights: ReadonlyMap<string, TfjsTensor>): void {
  if (node.operator === 'Placeholder' || node.operator === 'NoOp') return;
  if (node.operator === 'Const') {
    const tensor = weights.get(node.name);
    if (!tensor) throw new Refusal('has no weights in the manifest', undefined, 'missing');
    const numbers = numbersOf(tensor);
    importer.values.set(
      node.name,
      constantOf(tensor.shape, tensor.dtype === 'float32' ? numbers : Float64Array.from(numbers)),
    );
    return;
  }
  const values = node.inputs.map((input) => importer.values.get(keyOf(input)));
  if (values.some((value) => !value)) return;
  const given = node.inputs.map((input, n) => ({ value: values[n]!, name: cleanName(input.node) }));
  const attributes = new Map(
    [...node.attributes].flatMap(([name, attribute]) => {
      const value = givenBy(attribute);
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
  const results = importOperation(new Operation(importer, node.operator, given, attributes));
  for (const [result, value] of results.entries()) {
    const first = node.inputs[0];
    importer.set(keyOf({ node: node.name, result }), value, first && keyOf(first));
  }
}

const givenBy = (attribute: TfjsAttribute): AttributeValue | undefined =>
  attribute.kind === 'other' ? undefined : attribute.value;
