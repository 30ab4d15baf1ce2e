// One node as an operator's import reads it; see `mapping.ts` for what each method promises.

import type { AnyOperator } from '../../operators/operator.ts';
import type { Shape } from '../../tensor.ts';
import { align } from '../importing/align.ts';
import * as arranging from '../importing/arranging.ts';
import { constantOf } from '../importing/constants.ts';
import type { Importer } from '../importing/importer.ts';
import type { Layout } from '../importing/layout.ts';
import { Refusal } from '../importing/refusal.ts';
import { reshapedDims, resolveAxis } from '../importing/shapes.ts';
import type {
  Arguments,
  ConstantValue,
  ImportedValue,
  LayerOptions,
  LayerValue,
  WeightData,
} from '../importing/values.ts';
import { Attributes } from './attributes.ts';
import type { OnnxNodeReader, OnnxRange } from './mapping.ts';
import type { OnnxNode } from './model.ts';
import { layerName } from './names.ts';
import { reshapeTarget, sliceRanges } from './node-shapes.ts';

export interface ImportState {
  readonly importer: Importer;
  /** By the names of values: the nodes that make them. */
  readonly producers: ReadonlyMap<string, OnnxNode>;
  /** Whether a node or a result of the graph reads the value. */
  readonly isRead: (name: string) => boolean;
}

export class NodeReader implements OnnxNodeReader {
  readonly operator: string;
  readonly version: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly attributes: Attributes;
  readonly #node: OnnxNode;
  readonly #state: ImportState;
  readonly #importer: Importer;
  #self: AnyOperator | undefined;

  constructor(node: OnnxNode, version: number, state: ImportState) {
    this.#node = node;
    this.#state = state;
    this.#importer = state.importer;
    this.operator = node.operator;
    this.version = version;
    this.inputs = node.inputs.length;
    this.outputs = node.outputs.findLastIndex((name) => name !== '') + 1;
    this.attributes = new Attributes(node);
  }

  /** The same node, read by this operator's mapping. */
  as(operator: AnyOperator): this {
    this.#self = operator;
    return this;
  }

  has(input: number): boolean {
    return (this.#node.inputs[input] ?? '') !== '';
  }

  name(input: number): string {
    return this.#node.inputs[input] ?? '';
  }

  madeBy(input: number, operator: string, result = 0): NodeReader | undefined {
    const node = this.#state.producers.get(this.name(input));
    if (node?.operator !== operator || node.outputs[result] !== this.name(input)) return undefined;
    const reader = new NodeReader(node, this.version, this.#state);
    // What a pattern makes of the nodes before is its own operator.
    reader.#self = this.#self;
    return reader;
  }

  target(): readonly number[] {
    const inputs = this.#node.inputs.map((_, input) => this.known(input));
    const allowZero = this.attributes.int('allowzero', 0) === 1;
    return reshapedDims(this.dims(0), reshapeTarget({ attributes: this.attributes, inputs }), allowZero);
  }

  hasAttribute(name: string): boolean {
    return this.attributes.has(name);
  }

  int(name: string, fallback?: number): number {
    return this.attributes.int(name, fallback);
  }

  float(name: string, fallback?: number): number {
    return this.attributes.float(name, fallback);
  }

  string(name: string, fallback?: string): string {
    return this.attributes.string(name, fallback);
  }

  ints(name: string): readonly number[] | undefined {
    return this.attributes.ints(name);
  }

  floats(name: string): readonly number[] | undefined {
    return this.attributes.floats(name);
  }

  ranges(): readonly OnnxRange[] {
    const inputs = this.#node.inputs.map((_, input) => this.known(input));
    return sliceRanges({ attributes: this.attributes, inputs }, this.dims(0));
  }

  list(attribute: string, input: number): readonly number[] | undefined {
    return this.attributes.ints(attribute) ?? (this.has(input) ? [...this.constant(input).data] : undefined);
  }

  imported(input: number): ImportedValue {
    const value = this.#importer.values.get(this.#node.inputs[input] ?? '');
    return value ?? this.refuse(`lacks its input ${input}`);
  }

  dims(input: number): readonly number[] {
    return this.#importer.dims(this.imported(input));
  }

  known(input: number): ConstantValue | undefined {
    if (!this.has(input)) return undefined;
    const value = this.imported(input);
    return value.kind === 'constant' ? value : undefined;
  }

  constant(input: number): ConstantValue {
    const value = this.imported(input);
    if (value.kind === 'constant') return value;
    const name = JSON.stringify(this.#node.inputs[input]);
    return this.refuse(
      `computes its input ${input} (${name})`,
      'an initializer, or a value that follows from shapes alone',
    );
  }

  value(input: number): LayerValue {
    return arranging.asLayer(this.#importer, this.imported(input), this.#constantName(input));
  }

  number(value: number): LayerValue {
    return this.tensor(Float32Array.of(value));
  }

  tensor(values: Float32Array): LayerValue {
    return this.#importer.constantLayer(constantOf([values.length], values), [0]);
  }

  channelsLast(input: number): LayerValue {
    return arranging.channelsSecond(this.#importer, this.imported(input), this.#constantName(input));
  }

  separate(input: number): LayerValue {
    return arranging.separate(this.#importer, this.value(input));
  }

  ordered(input: number, axes: readonly number[]): LayerValue {
    return arranging.ordered(this.#importer, this.imported(input), axes, this.#constantName(input));
  }

  rows(input: number, axis: number): LayerValue {
    return arranging.rows(this.#importer, this.value(input), axis);
  }

  isRow(input: number, axis: number): boolean {
    return arranging.isRow(this.#importer, this.imported(input), axis);
  }

  alongside(input: number, value: LayerValue): WeightData {
    return arranging.alongside(this.#importer, this.constant(input), value);
  }

  aligned(axis?: number, first?: LayerValue): { readonly operands: readonly LayerValue[]; readonly layout: Layout } {
    const all = this.#node.inputs.map((_, input) => input);
    const values = all.map((input) => (input === 0 && first) || this.imported(input));
    const names = all.map((input) => this.#constantName(input));
    return align(
      this.#importer,
      values,
      names,
      axis === undefined ? undefined : resolveAxis(axis, this.dims(0).length),
    );
  }

  spreadTo(dims: readonly number[]): { readonly value: LayerValue; readonly shape: Shape; readonly layout: Layout } {
    return arranging.spreadOver(this.#importer, this.imported(0), dims);
  }

  axisIfAny(value: LayerValue, onnxAxis: number): number | undefined {
    return arranging.ourAxisIfAny(this.#importer, value, onnxAxis);
  }

  axis(value: LayerValue, onnxAxis: number): number {
    return arranging.ourAxis(this.#importer, value, onnxAxis);
  }

  layer(given: Arguments, operands: readonly LayerValue[], options: LayerOptions = {}): LayerValue {
    return this.layerOf(this.#self!, given, operands, options);
  }

  layerOf(
    operator: AnyOperator,
    given: Arguments,
    operands: readonly LayerValue[],
    options: LayerOptions = {},
  ): LayerValue {
    return this.#importer.layer(operator, given, operands, { ...options, name: this.#name() });
  }

  refuse(message: string, wanted?: string): never {
    throw new Refusal(message, wanted);
  }

  /** From the weights if there are any, else from the node. */
  #name(): string | undefined {
    const weights = this.#node.inputs.filter((name) => this.#importer.values.get(name)?.kind === 'constant');
    return layerName(
      weights.map((name) => this.#importer.originOf(name)),
      this.#node.name,
    );
  }

  #constantName(input: number): string | undefined {
    const name = this.#importer.originOf(this.#node.inputs[input] ?? '');
    return layerName([name], name);
  }
}
