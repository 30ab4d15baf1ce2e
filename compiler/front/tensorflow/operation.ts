// One operation of TensorFlow's dialect, as TensorFlow.js graph models and TensorFlow Lite files have it. Both readers give
// their nodes this form, so that what an operator means stands in one place: TensorFlow's names and attributes, tensors
// [batch, space…, channels], kernels [taps…, in, out].
import { asLayer, channelsLast } from '../importing/arranging.ts';
import type { Importer } from '../importing/importer.ts';
import { Refusal } from '../importing/refusal.ts';
import type { ConstantValue, ImportedValue, LayerValue } from '../importing/values.ts';

export type AttributeValue = number | boolean | string | readonly number[] | readonly string[];

export interface OperationInput {
  readonly value: ImportedValue;
  /** The file's name, made clean, for constants that become layers. */
  readonly name: string | undefined;
}

/** An operator in our layers: its results, in order. */
export type Meaning = (operation: Operation) => ImportedValue | readonly ImportedValue[];

/** Attributes that say how a runtime computes, not what; so do all that begin with an underscore. */
const ignored = new Set(
  [
    'T Tidx Tpaddings Tshape Tperm Tdim Tblock_shape Tcrops Tmultiples Tindices Tparams Taxis Tlen SrcT DstT dtype N Index',
    'out_type index_type output_type use_cudnn_on_gpu Truncate U data_type element_dtype TI type',
    'num_args TArgs validate_shape num_split num_outputs ellipsis shape',
  ]
    .join(' ')
    .split(' '),
);

export class Operation {
  readonly importer: Importer;
  /** TensorFlow's name of the operator. */
  readonly operator: string;
  readonly inputs: readonly OperationInput[];
  readonly #attributes: ReadonlyMap<string, AttributeValue>;
  readonly #read = new Set<string>();

  constructor(
    importer: Importer,
    operator: string,
    inputs: readonly OperationInput[],
    attributes: ReadonlyMap<string, AttributeValue>,
  ) {
    this.importer = importer;
    this.operator = operator;
    this.inputs = inputs;
    this.#attributes = attributes;
  }

  /** The first attribute that was given, means something, and was not asked for. */
  unread(): string | undefined {
    return [...this.#attributes.keys()].find(
      (name) => !name.startsWith('_') && !this.#read.has(name) && !ignored.has(name),
    );
  }

  attribute(name: string): AttributeValue | undefined {
    this.#read.add(name);
    return this.#attributes.get(name);
  }

  number(name: string, fallback?: number): number {
    const value = this.attribute(name) ?? fallback;
    return typeof value === 'number' ? value : this.refuse(`lacks the number ${name}`);
  }

  flag(name: string): boolean {
    const value = this.attribute(name);
    return value === true || value === 1;
  }

  text(name: string, fallback?: string): string {
    const value = this.attribute(name) ?? fallback;
    return typeof value === 'string' ? value : this.refuse(`lacks the attribute ${name}`);
  }

  numbers(name: string): readonly number[] | undefined {
    const value = this.attribute(name);
    return Array.isArray(value) && value.every((item) => typeof item === 'number') ? value : undefined;
  }

  texts(name: string): readonly string[] {
    const value = this.attribute(name);
    return Array.isArray(value) ? value.map(String) : [];
  }

  /** TensorFlow's sizes of an input, the batch included. */
  dims(input: number): readonly number[] {
    return this.importer.dims(this.#input(input).value);
  }

  value(input: number): ImportedValue {
    return this.#input(input).value;
  }

  /** An input as layers left it, in any arrangement. */
  layer(input: number): LayerValue {
    const { value, name } = this.#input(input);
    return asLayer(this.importer, value, name);
  }

  /** An input as [space…, channels]. */
  channelsLast(input: number): LayerValue {
    const { value, name } = this.#input(input);
    return channelsLast(this.importer, value, name);
  }

  known(input: number): ConstantValue | undefined {
    const value = this.inputs[input]?.value;
    return value?.kind === 'constant' ? value : undefined;
  }

  /** Numbers that must be known at import: kernels, sizes, axes. */
  constant(input: number): ConstantValue {
    return this.known(input) ?? this.refuse(`computes its input ${input}`, 'an input that is known before it runs');
  }

  /** A list of whole numbers that must be known. */
  integers(input: number): readonly number[] {
    return Array.from(this.constant(input).data, (value) => Math.trunc(value));
  }

  refuse(message: string, wanted?: string): never {
    throw new Refusal(message, wanted);
  }

  #input(input: number): OperationInput {
    return this.inputs[input] ?? this.refuse(`lacks its input ${input}`);
  }
}
