// The graph of a model's configuration: which layers there are, and which call of a layer reads which result. Keras 2 and
// TensorFlow.js write a call as a list, [["conv", 0, 0, {}]]: layer, call of it, result of the call; Keras 3 as arguments,
// { args: [{ class_name: "__keras_tensor__", config: { keras_history: ["conv", 0, 0] } }], kwargs: {} }.
import { error, failure, type Problem, type Result, success } from '../../../dsl/problem.ts';
import { fieldsOf } from '../../files/json.ts';

/** A result of a call of a layer. */
export interface TensorReference {
  readonly layer: string;
  readonly call: number;
  readonly result: number;
}

export interface KerasCall {
  /** Values and constants, in their order. */
  readonly positional: readonly unknown[];
  readonly named: ReadonlyMap<string, unknown>;
}

export interface KerasLayer {
  readonly name: string;
  readonly className: string;
  /** Keras 3 tells operations from layers of the same name by it. */
  readonly module: string;
  readonly config: unknown;
  readonly calls: readonly KerasCall[];
  /** Of a model within the model. */
  readonly model: KerasModel | undefined;
}

export interface KerasModel {
  readonly name: string;
  readonly layers: readonly KerasLayer[];
  readonly inputs: readonly TensorReference[];
  readonly outputs: readonly TensorReference[];
}

type Fields = ReadonlyMap<string, unknown>;

const models = new Set(['Sequential', 'Functional', 'Model']);
export const isModelClass = (className: string): boolean => models.has(className);

class Malformed extends Error {}

/** Problem: `keras/config` for what is no configuration of a Sequential or Functional model. */
export function readTopology(model: unknown, file: string): Result<KerasModel> {
  try {
    const fields = fieldsOf(model);
    const className = text(fields?.get('class_name'));
    if (!isModelClass(className)) {
      const notes = ['what would work: a Sequential or Functional model; the code of other classes is not in the file'];
      return failure([
        error('keras/config', `${file} holds a model of the class ${JSON.stringify(className)}`, undefined, { notes }),
      ]);
    }
    const read = modelOf(className, fields!.get('config'));
    const problems = brokenReferences(read, file);
    return problems.length > 0 ? failure(problems) : success(read);
  } catch (fault) {
    if (!(fault instanceof Malformed)) throw fault;
    return failure([error('keras/config', `${file} has a configuration that ${fault.message}`)]);
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function modelOf(className: string, config: unknown): KerasModel {
  // The oldest files have the layers of a Sequential as its configuration.
  const fields = Array.isArray(config) ? new Map([['layers', config]]) : fieldsOf(config);
  const list = fields?.get('layers');
  if (!Array.isArray(list)) throw new Malformed(`has a ${className} without layers`);
  const name = text(fields!.get('name'));
  const layers = list.map(layerOf);
  const names = new Set(layers.map((layer) => layer.name));
  if (names.size < layers.length) throw new Malformed('has two layers of the same name');
  if (className === 'Sequential') return chain(name, layers, fields!);
  const [inputs, outputs] = ['input_layers', 'output_layers'].map((side) => referencesIn(fields!.get(side)));
  if (outputs!.length === 0) throw new Malformed(`has a ${className} without outputs`);
  return { name, layers: layers.map(shifted(layers, outputs!)), inputs: inputs!, outputs: outputs! };
}

function layerOf(value: unknown): KerasLayer {
  const fields = fieldsOf(value);
  const config = fields?.get('config');
  const className = text(fields?.get('class_name'));
  const name = text(fields?.get('name')) || text(fieldsOf(config)?.get('name'));
  if (className === '' || name === '') throw new Malformed('has a layer without a class or a name');
  const nodes = fields!.get('inbound_nodes') ?? [];
  if (!Array.isArray(nodes)) throw new Malformed(`has a layer ${JSON.stringify(name)} whose calls are no list`);
  const model = isModelClass(className) ? modelOf(className, config) : undefined;
  return { name, className, module: text(fields!.get('module')), config, calls: nodes.map(callOf), model };
}

function callOf(node: unknown): KerasCall {
  const fields = fieldsOf(node);
  if (fields) {
    const args = fields.get('args');
    return { positional: Array.isArray(args) ? args : [], named: fieldsOf(fields.get('kwargs')) ?? new Map() };
  }
  if (!Array.isArray(node) || node.length === 0) throw new Malformed('has a call that reads nothing');
  // An operation's call may stand without the list around its only reference.
  const entries = typeof node[0] === 'string' ? [node] : node;
  const named = entries.flatMap((entry) => [...(fieldsOf(Array.isArray(entry) ? entry[3] : undefined) ?? [])]);
  return { positional: entries.map(constantOrReference), named: new Map(named) };
}

/** `["_CONSTANT_VALUE", -1, 2.5, {}]` stands for a number. */
const constantOrReference = (entry: unknown): unknown =>
  Array.isArray(entry) && entry[0] === '_CONSTANT_VALUE' ? entry[2] : Array.isArray(entry) ? entry.slice(0, 3) : entry;

/** The reference that a value of a configuration is, in either form. */
export function referenceOf(value: unknown): TensorReference | undefined {
  const fields = fieldsOf(value);
  const history =
    fields?.get('class_name') === '__keras_tensor__' ? fieldsOf(fields.get('config'))?.get('keras_history') : value;
  if (!Array.isArray(history) || history.length < 3) return undefined;
  const [layer, call, result] = history;
  const fits =
    typeof layer === 'string' && Number.isInteger(call) && Number.isInteger(result) && call >= 0 && result >= 0;
  return fits ? { layer, call, result } : undefined;
}

/** All references in lists and objects, in their order. */
export function referencesIn(value: unknown): TensorReference[] {
  const reference = referenceOf(value);
  if (reference) return [reference];
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  return [...(fieldsOf(value) ?? [])].flatMap(([, inner]) => referencesIn(inner));
}

export const readsOf = ({ positional, named }: KerasCall): TensorReference[] => [
  ...positional.flatMap(referencesIn),
  ...[...named.values()].flatMap(referencesIn),
];

/** A Sequential's layers read one another; its input is the first layer's where it has no layer of its own. */
function chain(name: string, layers: readonly KerasLayer[], fields: Fields): KerasModel {
  const [first, ...rest] = layers;
  if (!first) throw new Malformed('has a Sequential without layers');
  const own = first.className === 'InputLayer';
  const shape = inputShape(first.config) ?? fields.get('build_input_shape');
  const input: KerasLayer = own
    ? first
    : {
        name: `${first.name}_input`,
        className: 'InputLayer',
        module: '',
        config: { batch_shape: shape },
        calls: [],
        model: undefined,
      };
  const linked: KerasLayer[] = [input];
  for (const layer of own ? rest : layers)
    linked.push({ ...layer, calls: [{ positional: [[linked.at(-1)!.name, 0, 0]], named: new Map() }] });
  const reference = (layer: KerasLayer): TensorReference => ({ layer: layer.name, call: 0, result: 0 });
  return { name, layers: linked, inputs: [reference(input)], outputs: [reference(linked.at(-1)!)] };
}

/** Versions of Keras call it differently; it counts the batch. */
export function inputShape(config: unknown): unknown {
  const fields = fieldsOf(config);
  const shape = fields?.get('batch_shape') ?? fields?.get('batch_input_shape');
  const without = fields?.get('input_shape') ?? fields?.get('shape');
  return shape ?? (Array.isArray(without) ? [null, ...without] : undefined);
}

/** Some versions count the calls of a layer from 1, where it had been called when it was made: here they count from 0. */
function shifted(layers: readonly KerasLayer[], outputs: readonly TensorReference[]) {
  const all = [...outputs, ...layers.flatMap(({ calls }) => calls.flatMap(readsOf))];
  const highest = new Map<string, number>();
  for (const { layer, call } of all) highest.set(layer, Math.max(call, highest.get(layer) ?? 0));
  return (layer: KerasLayer): KerasLayer => {
    const missing = (highest.get(layer.name) ?? 0) + 1 - layer.calls.length;
    if (layer.calls.length === 0 || missing <= 0 || missing > 64) return layer;
    return { ...layer, calls: [...Array.from({ length: missing }, () => layer.calls[0]!), ...layer.calls] };
  };
}

function brokenReferences(model: KerasModel, file: string): Problem[] {
  const layers = new Map(model.layers.map((layer) => [layer.name, layer]));
  const problems: Problem[] = [];
  const check = (from: string, { layer, call }: TensorReference): void => {
    const found = layers.get(layer);
    const calls = Math.max(found?.calls.length ?? 0, found?.className === 'InputLayer' ? 1 : 0);
    if (call < calls) return;
    const what = found
      ? `call ${call} of ${JSON.stringify(layer)}, which has ${calls}`
      : `${JSON.stringify(layer)}, which is not there`;
    problems.push(error('keras/reference', `${from} of ${file} reads ${what}`));
  };
  for (const { name, calls } of model.layers)
    for (const call of calls) for (const one of readsOf(call)) check(`layer ${JSON.stringify(name)}`, one);
  for (const one of [...model.inputs, ...model.outputs]) check('the model', one);
  return [...problems, ...model.layers.flatMap((layer) => (layer.model ? brokenReferences(layer.model, file) : []))];
}
