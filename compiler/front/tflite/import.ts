// TensorFlow Lite models as networks of the language.
//
//   importTflite(bytes, 'face.tflite') → { text: 'model face(input: [128, 128, 3]) -> …', weights, … }
import type { Result } from '../../../dsl/problem.ts';
import { addInput, addOutput } from '../importing/boundary.ts';
import { type ImportedModel, importBatch, importedModel, modelName } from '../importing/import.ts';
import { Importer } from '../importing/importer.ts';
import { cleanName } from '../importing/names.ts';
import type { ImportedValue } from '../importing/values.ts';
import { importOperation } from '../tensorflow/mappings/index.ts';
import { Operation } from '../tensorflow/operation.ts';
import { rangeOf, swallows, withinRange } from './mappings/range.ts';
import { constantOfTensor } from './numbers.ts';
import { readTflite } from './read.ts';
import type { TfliteModel, TfliteOperator, TfliteSubgraph, TfliteTensor } from './schema.ts';
import { translate } from './translate.ts';

export function importTflite(bytes: Uint8Array, file: string): Result<ImportedModel> {
  const model = readTflite(bytes, file);
  if (!model.ok) return model;
  const [graph] = model.value.subgraphs as [TfliteSubgraph];
  const importer = importBatch(
    graph.inputs.map((index) => graph.tensors[index]!.shape),
    (batch) => importGraph(graph, boundaryNames(model.value), file, batch),
  );
  return importedModel(importer, modelName(file));
}

interface BoundaryNames {
  readonly inputs: ReadonlyMap<number, string>;
  readonly outputs: ReadonlyMap<number, string>;
}

/** As a signature of the graph says; else as tensors are called. */
const boundaryNames = ({ signatures }: TfliteModel): BoundaryNames =>
  signatures.find(({ subgraph }) => subgraph === 0) ?? { inputs: new Map(), outputs: new Map() };

/** Names of tensors need not be unique: they are counted. */
const keyOf = (index: number): string => `tensor ${index}`;

/** `serving_default_image:0` and `StatefulPartitionedCall:0` say more about the converter than about the model. */
const plainName = (name: string): string => name.replace(/^serving_default_/, '').replace(/:\d+$/, '');

function importGraph(graph: TfliteSubgraph, names: BoundaryNames, file: string, batch: number): Importer {
  const { tensors, operators } = graph;
  const reads = [...operators.flatMap(({ inputs }) => inputs), ...graph.outputs].map(keyOf);
  const importer = new Importer({ batch, reads, codes: 'tflite', file });
  for (const [index, tensor] of tensors.entries())
    importer.attempt(`tensor ${JSON.stringify(tensor.name)} of ${file}`, () => {
      const known = graph.inputs.includes(index) ? undefined : constantOfTensor(tensor);
      if (known) importer.values.set(keyOf(index), known);
    });
  for (const index of graph.inputs) {
    const { name, shape } = tensors[index]!;
    importer.values.set(keyOf(index), addInput(importer, names.inputs.get(index) ?? plainName(name), shape));
  }
  for (const [place, operator] of operators.entries())
    importer.attempt(`operator ${place} (${operator.name}) of ${file}`, () =>
      importOperator(operator, tensors, importer),
    );
  for (const index of graph.outputs) {
    const name = names.outputs.get(index) ?? plainName(tensors[index]!.name);
    const value = importer.values.get(keyOf(index));
    // What a refused operator should have made is missing: its own problem is enough.
    if (!value) continue;
    importer.attempt(`output ${JSON.stringify(name)} of ${file}`, () => {
      importer.values.set(name, value);
      addOutput(importer, name);
    });
  }
  return importer;
}

function importOperator(operator: TfliteOperator, tensors: readonly TfliteTensor[], importer: Importer): void {
  const values = operator.inputs.map((index) => (index < 0 ? undefined : importer.values.get(keyOf(index))));
  if (operator.inputs.some((index, n) => index >= 0 && !values[n])) return;
  const inputs = operator.inputs.map((index, n) => {
    const value = values[n];
    return value && { value, name: cleanName(tensors[index]!.name.split('/').at(-1)!) };
  });
  const { operator: name, inputs: given, attributes, activation } = translate({ operator, inputs });
  const operation = new Operation(importer, name, given, new Map(Object.entries(attributes)));
  const results = importOperation(operation);
  const first = operator.inputs[0];
  for (const [n, index] of operator.outputs.entries()) {
    const [value, to] = [results[n], tensors[index]!];
    if (!value) continue;
    const active = activation && !swallows(rangeOf(to), activation) ? follow(importer, activation, value) : value;
    const from = first === undefined ? undefined : tensors[first];
    const kept = withinRange(importer, active, { operator, from, to, activation });
    importer.set(keyOf(index), kept, first === undefined ? undefined : keyOf(first));
  }
}

const follow = (importer: Importer, activation: string, value: ImportedValue): ImportedValue =>
  importOperation(new Operation(importer, activation, [{ value, name: undefined }], new Map()))[0]!;
