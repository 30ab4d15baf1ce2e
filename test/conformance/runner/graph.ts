// Several WebNN operators in a row as one model. Values keep the axes that WebNN sees, the batch included; around an
// operator that wants one sample, channels last, the model takes them apart and puts them together again.
import { type Attributes, type Case, type Dense, dense, type Layouts } from './case.ts';
import type { Network, Value } from './network.ts';
import { table } from './operators/index.ts';
import { channelsLast, orderOf } from './tensors.ts';
import { type Call, type Table, Unsupported } from './translation.ts';

type Names = Readonly<Record<string, unknown>>;

export function graphResults(network: Network, stated: Case): Readonly<Record<string, Value>> {
  const values = new Map<string, Value>();
  const tensors = new Map(Object.entries(stated.inputs).map(([name, tensor]) => [name, dense(tensor)]));
  const value = (name: string): Value => {
    const known = values.get(name);
    if (known) return known;
    const created = network.input([tensors.get(name) ?? missing(name)]);
    values.set(name, created);
    return created;
  };
  for (const { name, arguments: given, outputs } of stated.graph!.operators) {
    const names: Names = Object.assign({}, ...given);
    const attributes = attributesOf(names);
    const layout = layoutOf(name, attributes);
    const call = { stated, name, names, attributes, layout, network, tensors, value };
    values.set(String(outputs), apply(call));
  }
  return Object.fromEntries(Object.keys(stated.expected).map((name) => [name, value(name)]));
}

interface Step {
  readonly stated: Case;
  readonly name: string;
  /** Argument → name of a value. */
  readonly names: Names;
  readonly attributes: Attributes;
  readonly layout: Layouts;
  readonly network: Network;
  readonly tensors: ReadonlyMap<string, Dense>;
  readonly value: (name: string) => Value;
}

/** WebNN's options stand beside its operands; four numbers of padding are two pairs. */
function attributesOf(names: Names): Attributes {
  const options = (names.options ?? {}) as Record<string, unknown>;
  const { padding, axis } = { axis: names.axis, ...options } as { padding?: number[]; axis?: unknown };
  const pairs = padding && [padding.slice(0, 2), padding.slice(2)];
  const rest = Object.fromEntries(
    Object.entries(names).filter(([, one]) => typeof one !== 'string' && one !== options),
  );
  return { ...rest, ...options, ...(axis !== undefined && { axis }), ...(pairs && { padding: pairs }) };
}

function layoutOf(operator: string, { inputLayout, filterLayout }: Attributes): Layouts {
  const filter = filterLayout ?? (operator.startsWith('convTranspose') ? 'iohw' : 'oihw');
  return { input: String(inputLayout ?? 'nchw'), filter: String(filter) };
}

function apply(step: Step): Value {
  const translation = (table as Table)[step.name];
  if (!translation) throw new Unsupported(`the language has no ${step.name}`);
  const slot = 'input' in step.names ? 'input' : 'a';
  const input = step.value(String(step.names[slot]));
  // Batch normalisation states an axis instead of a layout.
  if (!translation.samples || step.name === 'batchNormalization')
    return translation.layers(callOf(step, step.value, {})) as Value;
  const { network, layout } = step;
  const order = orderOf(layout.input!, channelsLast(layout.input!));
  const results = samples(network, network.layer('transpose', { permutation: order }, [input])).map((sample) => {
    const result = translation.layers(callOf(step, () => sample, layout)) as Value;
    return network.layer('reshape', { shape: [1, ...network.shapeOf(result)] }, [result]);
  });
  const batch = results.length === 1 ? results[0]! : network.layer('concat', { axis: 0 }, results);
  const back = orderOf(channelsLast(layout.input!), layout.input!);
  return network.layer('transpose', { permutation: back }, [batch]);
}

function samples(network: Network, batch: Value): Value[] {
  const [count, ...shape] = network.shapeOf(batch);
  return Array.from({ length: count! }, (_, n) => {
    const one = count === 1 ? batch : network.layer('slice', { starts: [n], sizes: [1], axes: [0] }, [batch]);
    return network.layer('reshape', { shape }, [one]);
  });
}

function callOf(step: Step, value: (name: string) => Value, layout: Layouts): Call {
  const { stated, name, names, attributes, network, tensors } = step;
  return {
    source: stated.source,
    op: name,
    opset: 0,
    attributes,
    layout,
    network,
    has: (slot) => slot in names,
    value: (slot) => value(String(names[slot])),
    tensor: (slot) => tensors.get(String(names[slot])),
    results: ['output'],
    values: [],
  };
}

function missing(name: string): never {
  throw new Error(`the graph has no value ${name}`);
}
