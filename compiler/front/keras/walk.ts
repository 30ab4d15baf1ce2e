// One attempt to import a model: its layers in the order in which they read each other, models within it in their places.
// Every layer that cannot be imported is a problem of its own.
import { type Problem, warning } from '../../../dsl/problem.ts';
import { addInput, addOutput, type ChannelOrder } from '../importing/boundary.ts';
import { Importer } from '../importing/importer.ts';
import { cleanName } from '../importing/names.ts';
import { Refusal } from '../importing/refusal.ts';
import type { ImportedValue, LayerValue } from '../importing/values.ts';
import { Config } from './config.ts';
import { type Dialect, type Given, LayerCall, type LayerWithin, Resolved } from './layer-call.ts';
import { isOperation, type Mapping, mappingOf } from './mappings/index.ts';
import {
  type KerasCall,
  type KerasLayer,
  type KerasModel,
  readsOf,
  referenceOf,
  type TensorReference,
} from './topology.ts';
import { type KerasTensor, type KerasWeights, type LayerPath, placesOf, snakeCase } from './weights.ts';

export interface KerasFile {
  readonly model: KerasModel;
  readonly weights: KerasWeights;
  readonly dialect: Dialect;
}

export interface KerasInput {
  readonly name: string;
  readonly dims: readonly number[];
}

type Values = readonly (ImportedValue | undefined)[];

interface Node {
  readonly layer: KerasLayer;
  readonly call: number;
}

/** Models within models, each called several times, multiply: more calls than this are no network. */
const mostCalls = 20_000;

export class Walk {
  readonly importer: Importer;
  readonly #file: string;
  readonly #source: KerasFile;
  #calls = 0;
  /** The calls that read a layer's weights, by the layer's path. */
  readonly #readers = new Map<string, Set<number>>();

  constructor(source: KerasFile, file: string, inputs: readonly KerasInput[], channels: ChannelOrder, batch: number) {
    this.#source = source;
    this.#file = file;
    this.importer = new Importer({ file, batch, codes: 'keras' });
    const { model } = source;
    const values = inputs.map(({ name, dims }) => addInput(this.importer, name, dims, channels));
    this.importer.attempt('the model', () => {
      const results = this.#model(model, values, []);
      model.outputs.forEach((output, n) => {
        this.#output(output, results[n], n);
      });
    });
  }

  /** Weights that several calls share are written once for each. */
  get warnings(): readonly Problem[] {
    const shared = [...this.#readers].filter(([, calls]) => calls.size > 1);
    return shared.map(([layer, { size }]) =>
      warning(
        'keras/shared',
        `layer ${JSON.stringify(layer)} of ${this.#file} is used ${size} times: each use gets a copy of its weights`,
      ),
    );
  }

  #output({ layer }: TensorReference, value: ImportedValue | undefined, n: number): void {
    // What a refused layer should have made is missing: its own problem is enough.
    if (!value) return;
    const name = this.#source.model.outputs.findIndex((other) => other.layer === layer) === n ? layer : `${layer}_${n}`;
    this.importer.attempt(`output ${JSON.stringify(name)}`, () => {
      this.importer.values.set(name, value);
      addOutput(this.importer, name);
    });
  }

  /** The results of a model on these values. */
  #model(model: KerasModel, inputs: Values, containers: LayerPath): Values {
    const places = placesOf(model.layers.map((layer) => (isOperation(layer) ? '' : layer.className)));
    const paths = new Map(model.layers.map(({ name }, n) => [name, [...containers, { name, place: places[n]! }]]));
    const made = new Map<string, Values>();
    const resultOf = ({ layer, call, result }: TensorReference) => made.get(keyOf(layer, call))?.[result];
    for (const { layer, call } of this.#order(model)) {
      const place = model.inputs.findIndex((input) => input.layer === layer.name && input.call === call);
      const path = paths.get(layer.name)!;
      made.set(keyOf(layer.name, call), place >= 0 ? [inputs[place]] : this.#call(layer, call, resultOf, path));
    }
    return model.outputs.map(resultOf);
  }

  /** The calls that the outputs need, each behind those it reads. */
  #order(model: KerasModel): Node[] {
    const layers = new Map(model.layers.map((layer) => [layer.name, layer]));
    const order: Node[] = [];
    const state = new Map<string, 'open' | 'done'>();
    const waiting = model.outputs.toReversed().map(({ layer, call }) => ({ layer: layers.get(layer)!, call }));
    while (waiting.length > 0) {
      const node = waiting.at(-1)!;
      const key = keyOf(node.layer.name, node.call);
      const called = node.layer.calls[node.call];
      const reads = called ? readsOf(called) : [];
      if (state.get(key) === undefined) {
        state.set(key, 'open');
        const missing = reads.filter(({ layer, call }) => state.get(keyOf(layer, call)) !== 'done');
        if (missing.some(({ layer, call }) => state.get(keyOf(layer, call)) === 'open'))
          throw new Refusal('has layers that read each other in a circle', undefined, 'cycle');
        waiting.push(...missing.toReversed().map(({ layer, call }) => ({ layer: layers.get(layer)!, call })));
      } else {
        waiting.pop();
        if (state.get(key) === 'open') order.push(node);
        state.set(key, 'done');
      }
    }
    return order;
  }

  #call(
    layer: KerasLayer,
    n: number,
    resultOf: (reference: TensorReference) => ImportedValue | undefined,
    path: LayerPath,
  ): Values {
    if (++this.#calls > mostCalls) throw new Refusal(`calls more than ${mostCalls} layers`, undefined, 'too-large');
    const called = layer.calls[n] ?? { positional: [], named: new Map() };
    if (layer.model) return this.#model(layer.model, readsOf(called).map(resultOf), path);
    const results: (ImportedValue | undefined)[] = [];
    this.importer.attempt(`layer ${JSON.stringify(layer.name)} (${layer.className})`, () => {
      const mapping = mappingOf(layer);
      const values = readsOf(called).map(resultOf);
      if (values.some((value) => !value)) return;
      const given = resolved(called, resultOf);
      results.push(this.#apply(layer, mapping, values as ImportedValue[], given, path, ''));
    });
    return results;
  }

  #apply(
    layer: LayerWithin & { readonly name?: string },
    mapping: Mapping,
    inputs: readonly ImportedValue[],
    given: Given,
    path: LayerPath,
    part: string,
  ): LayerValue {
    const { importer } = this;
    const config = new Config(layer.config);
    const join = (inner: string | undefined) => [part, inner].filter((one) => one).join('/');
    const call = new LayerCall({
      importer,
      config,
      dialect: this.#source.dialect,
      inputs,
      given,
      name: chosenName(layer),
      tensors: (names, inner) => this.#tensors(path, names, join(inner)),
      apply: (within, values, inner) =>
        this.#apply(within, mappingOf({ module: 'keras', ...within }), values, noGiven, path, join(inner)),
    });
    const result = mapping(call);
    const [unread] = config.unread();
    if (unread !== undefined)
      throw new Refusal(
        `has the setting ${unread}, which is not supported`,
        `the layer without ${unread}`,
        'attribute',
      );
    const [argument] = given.unread();
    if (argument !== undefined)
      throw new Refusal(
        `is called with ${argument}, which is not supported`,
        `a call without ${argument}`,
        'attribute',
      );
    return result;
  }

  #tensors(path: LayerPath, names: readonly string[], part: string): ReadonlyMap<string, KerasTensor> {
    const found = this.#source.weights.of(path, names, part || undefined);
    const key = path.map(({ name }) => name).join('/');
    const readers = this.#readers.get(key) ?? new Set();
    if (found.size > 0) this.#readers.set(key, readers.add(this.#calls));
    return found;
  }
}

const noGiven: Given = { positional: [], named: () => undefined, unread: () => [] };

/** The arguments of a call, references replaced by their values. */
function resolved(
  { positional, named }: KerasCall,
  resultOf: (reference: TensorReference) => ImportedValue | undefined,
): Given {
  const read = new Set<string>(['training', 'mask', 'name']);
  const isOff = (value: unknown) => value === null || value === undefined || value === false;
  const resolve = (value: unknown): unknown => {
    const reference = referenceOf(value);
    if (reference) return new Resolved(resultOf(reference)!);
    return Array.isArray(value) ? value.map(resolve) : value;
  };
  return {
    positional: positional.map(resolve),
    named: (name) => {
      read.add(name);
      return resolve(named.get(name) ?? undefined);
    },
    unread: () =>
      [...named].flatMap(([name, value]) => ((read.has(name) && name !== 'mask') || isOff(value) ? [] : [name])),
  };
}

const keyOf = (layer: string, call: number): string => `${JSON.stringify(layer)} ${call}`;

/** A name that was not made up from the class: `conv2d_3` and TensorFlow.js' `conv2d_Conv2D3` say nothing. */
function chosenName({ className, name = '' }: LayerWithin & { readonly name?: string }): string | undefined {
  const madeUp = new RegExp(`^${snakeCase(className)}(_(${className.replace(/\W/g, '')})?\\d+)?$`);
  return madeUp.test(name) ? undefined : cleanName(name);
}
