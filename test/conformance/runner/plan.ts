// A case becomes a plan: a model, its weights, one set of inputs for each run, and how the outputs become the slots
// that the case states.
import type { WrittenModel } from '../../../compiler/graph/model.ts';
import type { Case, Dense, OperatorCall } from './case.ts';
import { dense } from './case.ts';
import { graphResults } from './graph.ts';
import { Network, type Value } from './network.ts';
import { table } from './operators/index.ts';
import { batchOf, samplesOf } from './tensors.ts';
import { type Call, type Results, type Translation, Unsupported } from './translation.ts';

export interface Plan {
  readonly model: WrittenModel;
  readonly weights: ReadonlyMap<string, Dense>;
  readonly runs: readonly ReadonlyMap<string, Dense>[];
  /** From the outputs of each run (y0, y1, …) to the slots of the case. */
  readonly collect: (outputs: readonly ReadonlyMap<string, Dense>[]) => ReadonlyMap<string, Dense>;
}

export function planOf(stated: Case): Plan {
  const network = new Network();
  if (stated.graph) return planned(network, graphResults(network, stated), undefined);
  const translation = table[stated.op];
  if (!translation) throw new Unsupported(`the language has no ${stated.op}`);
  const letters = translation.samples ? stated.layout?.input : undefined;
  const results = named(translation.layers(callOf(stated, Object.keys(stated.expected), translation, network)));
  return planned(network, results, letters);
}

/** The second operator call, which must give the same. */
export const equivalentPlan = (stated: Case, call: OperatorCall): Plan =>
  planOf({ ...call, source: stated.source, name: stated.name, expected: {} });

export const named = (results: Results): Readonly<Record<string, Value>> =>
  typeof results.id === 'string' ? { output: results as Value } : (results as Readonly<Record<string, Value>>);

function planned(network: Network, results: Readonly<Record<string, Value>>, letters: string | undefined): Plan {
  const slots = Object.keys(results);
  const count = Math.max(...[...network.tensors.values()].map((tensors) => tensors.length));
  const runs = Array.from({ length: count }, (_, n) => {
    const inputs = [...network.tensors].map(([name, tensors]) => [name, tensors[n] ?? tensors[0]!] as const);
    return new Map(inputs);
  });
  return {
    model: network.model(Object.values(results)),
    weights: network.weights,
    runs,
    collect: (outputs) =>
      new Map(
        slots.map((slot, n) => {
          const samples = outputs.map((one) => one.get(`y${n}`)!);
          return [slot, letters === undefined ? samples[0]! : batchOf(samples, letters)];
        }),
      ),
  };
}

function callOf(stated: Case, results: readonly string[], translation: Translation, network: Network): Call {
  const values = new Map<string, Value>();
  const letters = translation.samples ? stated.layout?.input : undefined;
  const tensor = (slot: string): Dense | undefined => stated.inputs[slot] && dense(stated.inputs[slot]);
  const value = (slot: string): Value => {
    const known = values.get(slot);
    if (known) return known;
    const whole = tensor(slot);
    if (!whole) throw new Error(`the case has no input ${slot}`);
    const created = network.input(slot === 'input' && letters !== undefined ? samplesOf(whole, letters) : [whole]);
    values.set(slot, created);
    return created;
  };
  return {
    source: stated.source,
    op: stated.op,
    opset: stated.opset ?? 0,
    attributes: stated.attributes ?? {},
    layout: stated.layout ?? {},
    network,
    has: (slot) => slot in stated.inputs,
    value,
    tensor,
    results,
    get values() {
      return Object.keys(stated.inputs)
        .filter((slot) => slot.startsWith('inputs['))
        .map(value);
    },
  };
}
