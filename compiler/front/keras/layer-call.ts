// One call of a layer, as the mappings read it: its settings, its tensors, the values it takes.
import type { AnyOperator } from '../../operators/operator.ts';
import { type Shape, showShape } from '../../tensor.ts';
import { asLayer, channelsLast, channelsSecond, transposed } from '../importing/arranging.ts';
import { constantOf } from '../importing/constants.ts';
import type { Importer } from '../importing/importer.ts';
import { Refusal } from '../importing/refusal.ts';
import type { Arguments, ImportedValue, LayerOptions, LayerValue, WeightData } from '../importing/values.ts';
import { reshapedTo } from '../importing/weights.ts';
import type { Config } from './config.ts';
import type { KerasTensor } from './weights.ts';

/** Whose rules hold: some defaults and formulas differ. */
export type Dialect = 'keras2' | 'keras3' | 'tfjs';

/** A class and its settings: a layer within a layer. */
export interface LayerWithin {
  readonly className: string;
  readonly config: unknown;
}

/** A value among the arguments of a call. */
export class Resolved {
  readonly value: ImportedValue;
  constructor(value: ImportedValue) {
    this.value = value;
  }
}

/** The arguments of a call: constants of the file, and values as `Resolved`. */
export interface Given {
  readonly positional: readonly unknown[];
  /** Of this name; `undefined` also for null. */
  readonly named: (name: string) => unknown;
  /** Arguments that nobody has read, and that would change the result. */
  readonly unread: () => readonly string[];
}

export interface CallContext {
  readonly importer: Importer;
  readonly dialect: Dialect;
  readonly config: Config;
  readonly inputs: readonly ImportedValue[];
  readonly given: Given;
  /** A name that people chose. */
  readonly name: string | undefined;
  /** The layer's tensors by their names. */
  readonly tensors: (names: readonly string[], part?: string) => ReadonlyMap<string, KerasTensor>;
  /** Does what another layer of this class would do with the value. */
  readonly apply: (layer: LayerWithin, inputs: readonly ImportedValue[], part?: string) => LayerValue;
}

export class LayerCall {
  readonly importer: Importer;
  readonly config: Config;
  readonly dialect: Dialect;
  readonly inputs: readonly ImportedValue[];
  readonly given: Given;
  readonly name: string | undefined;
  readonly #context: CallContext;

  constructor(context: CallContext) {
    this.importer = context.importer;
    this.config = context.config;
    this.dialect = context.dialect;
    this.inputs = context.inputs;
    this.given = context.given;
    this.name = context.name;
    this.#context = context;
  }

  refuse(message: string, wanted?: string): never {
    throw new Refusal(message, wanted);
  }

  /** The only value, in any arrangement. */
  get input(): LayerValue {
    const [first] = this.inputs;
    if (!first) return this.refuse('has no input');
    return asLayer(this.importer, first);
  }

  /** Sizes as the file sees them, the batch included. */
  get dims(): readonly number[] {
    return this.importer.dims(this.inputs[0] ?? this.refuse('has no input'));
  }

  get channelsFirst(): boolean {
    return this.config.word('data_format', 'channels_last', 'channels_first') === 'channels_first';
  }

  /** The only value as [space…, channels], wherever the file has the channels. */
  space(rank: number): LayerValue {
    const { dims, input } = this;
    if (dims.length !== rank + 2)
      this.refuse(`takes ${showShape(dims)}`, `${rank + 2} axes: batch, ${rank} of space, channels`);
    return this.channelsFirst ? channelsSecond(this.importer, input) : channelsLast(this.importer, input);
  }

  /** The value with the file's channels last, as channels_first layers turn it before they flatten. */
  turned(value: LayerValue): LayerValue {
    const rank = value.layout.length;
    return transposed(value, [0, ...Array.from({ length: rank - 2 }, (_, axis) => axis + 2), 1]);
  }

  /** The layer's tensors by name, all of them there. `false` stands for one that this layer has not. */
  weights(names: readonly (string | false)[], part?: string): Readonly<Record<string, WeightData>> {
    const wanted = names.filter((name) => name !== false);
    const found = this.#context.tensors(wanted, part);
    const missing = wanted.filter((name) => !found.has(name));
    if (missing.length > 0)
      throw new Refusal(`has no weights ${missing.join(', ')}`, 'a file that was saved with its weights', 'weights');
    return Object.fromEntries([...found].map(([name, tensor]) => [name, tensor.read()]));
  }

  /** Whether the file has such a tensor of this layer. */
  hasWeight(name: string): boolean {
    return this.#context.tensors([name]).has(name);
  }

  layer(operator: AnyOperator, given: Arguments, operands: readonly LayerValue[], options: LayerOptions = {}) {
    return this.importer.layer(operator, given, operands, {
      ...(this.name !== undefined && { name: this.name }),
      ...options,
    });
  }

  /** A layer of one value that leaves the axes where they are. */
  each(operator: AnyOperator, given: Arguments, value: LayerValue): LayerValue {
    return this.importer.layer(operator, given, [value]);
  }

  apply(layer: LayerWithin, inputs: readonly ImportedValue[], part?: string): LayerValue {
    return this.#context.apply(layer, inputs, part);
  }

  /** A number as a value. */
  number(value: number): ImportedValue {
    return constantOf([], Float32Array.of(value));
  }
}

/** A tensor under another shape, of as many numbers. */
export function shaped(weight: WeightData, shape: Shape): WeightData {
  const count = shape.reduce((product, size) => product * size, 1);
  if (count === weight.data.length) return reshapedTo(shape, weight);
  throw new Refusal(
    `has weights of ${showShape(weight.shape)} where ${showShape(shape)} are needed`,
    undefined,
    'shape',
  );
}

/** One number where all are the same. */
export const compact = (list: readonly number[]): number | readonly number[] =>
  list.length > 0 && list.every((one) => one === list[0]) ? list[0]! : list;
