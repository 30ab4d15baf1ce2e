// One node as an operator's import reads it; see `operators/onnx.ts` for what each method promises.

import type { AnyOperator } from '../../operators/operator.ts';
import { type Shape, showShape } from '../../tensor.ts';
import { align } from './align.ts';
import { Attributes } from './attributes.ts';
import { constantOf, sized } from './constants.ts';
import type { ImportedValue, Importer } from './importer.ts';
import type {
  Arguments,
  ConstantValue,
  LayerOptions,
  LayerValue,
  Layout,
  OnnxNodeReader,
  OnnxRange,
  WeightData,
} from './mapping.ts';
import { batchAxis } from './mapping.ts';
import { asFloats, permuteData } from './mappings/weights.ts';
import type { OnnxNode } from './model.ts';
import { layerName } from './names.ts';
import { reshapedDims, reshapeTarget, resolveAxis, sliceRanges } from './node-shapes.ts';
import { Refusal } from './refusal.ts';

export class NodeReader implements OnnxNodeReader {
  readonly operator: string;
  readonly version: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly attributes: Attributes;
  readonly #node: OnnxNode;
  readonly #importer: Importer;
  #self: AnyOperator | undefined;

  constructor(node: OnnxNode, version: number, importer: Importer) {
    this.#node = node;
    this.#importer = importer;
    this.operator = node.operator;
    this.version = version;
    this.inputs = node.inputs.length;
    this.outputs = node.outputs.length;
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
    const node = this.#importer.producers.get(this.name(input));
    if (node?.operator !== operator || node.outputs[result] !== this.name(input)) return undefined;
    const reader = new NodeReader(node, this.version, this.#importer);
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
    const value = this.imported(input);
    if (value.kind === 'layer') return value;
    const order = value.shape.map((_, axis) => axis);
    return this.#importer.constantLayer(value, order, this.#constantName(input));
  }

  number(value: number): LayerValue {
    return this.tensor(Float32Array.of(value));
  }

  tensor(values: Float32Array): LayerValue {
    return this.#importer.constantLayer(constantOf([values.length], values), [0]);
  }

  channelsLast(input: number): LayerValue {
    const value = this.imported(input);
    const rank = this.#importer.dims(value).length;
    if (rank < 2)
      return this.refuse(`has an input of ${showShape(this.#importer.dims(value))}`, '[batch, channels, …]');
    this.#wantLeading(value, 0);
    const order = [...Array.from({ length: rank - 2 }, (_, axis) => axis + 2), 1];
    if (value.kind === 'constant') return this.#importer.constantLayer(value, order, this.#constantName(input));
    return this.#importer.arrange(value, order);
  }

  separate(input: number): LayerValue {
    const value = this.value(input);
    const lists = value.layout.filter((axes) => axes.length > 0 && axes[0] !== batchAxis);
    if (lists.every((axes) => axes.length === 1) && lists.length === value.shape.length) return value;
    const thick = value.layout.map((_, axis) => axis).filter((axis) => !value.layout[axis]!.includes(batchAxis));
    const order = thick.length > 1 && this.#importer.isLeading(value, 0) ? thick.filter((axis) => axis > 0) : thick;
    return this.#importer.arrange(value, order);
  }

  ordered(input: number, axes: readonly number[]): LayerValue {
    const value = this.imported(input);
    this.#importer.dims(value).forEach((_, axis) => {
      if (!axes.includes(axis)) this.#wantLeading(value, axis);
    });
    if (value.kind === 'constant') return this.#importer.constantLayer(value, axes, this.#constantName(input));
    return this.#importer.arrange(value, axes);
  }

  rows(input: number, axis: number): LayerValue {
    const value = this.value(input);
    const first = axis < 0 ? axis + value.layout.length : axis;
    for (let leading = 0; leading < first; leading++) this.#wantLeading(value, leading);
    const lead = value.layout.slice(0, first).flat();
    return { ...value, layout: [lead.filter((one) => one === batchAxis), value.layout.slice(first).flat()] };
  }

  isRow(input: number, axis: number): boolean {
    const value = this.imported(input);
    const first = axis < 0 ? axis + this.#importer.dims(value).length : axis;
    return Array.from({ length: first }, (_, leading) => leading).every((one) => this.#importer.isLeading(value, one));
  }

  alongside(input: number, value: LayerValue): WeightData {
    const { shape, data } = this.constant(input);
    const rank = value.layout.length;
    const places = value.shape.map((_, ours) => value.layout.findIndex((axes) => axes.includes(ours)));
    const own = places.map((axis) => (axis - (rank - shape.length) >= 0 ? axis - (rank - shape.length) : undefined));
    const moving = own.filter((axis) => axis !== undefined);
    const left = shape.map((_, axis) => axis).filter((axis) => !moving.includes(axis));
    if (value.layout.some((axes) => axes.length > 1) || left.some((axis) => shape[axis] !== 1)) {
      this.refuse(
        `has an input ${input} of ${showShape(shape)} that does not fit ${showShape(this.#importer.dims(value))}`,
      );
    }
    const sizes = own.map((axis) => (axis === undefined ? 1 : shape[axis]!));
    const thick = sizes.findIndex((size) => size !== 1);
    const moved = permuteData(asFloats(data), shape, [...left, ...moving]);
    return { shape: thick < 0 ? [1] : sizes.slice(thick), data: moved };
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
    const frame = constantOf(dims, new Float32Array(sized(dims)));
    const { operands, layout } = align(this.#importer, [this.imported(0), frame], [undefined, undefined]);
    const [value, spread] = operands as readonly [LayerValue, LayerValue];
    const rank = Math.max(value.shape.length, spread.shape.length);
    const size = ({ shape }: LayerValue, fromEnd: number): number => shape.at(fromEnd - rank) ?? 1;
    const shape = Array.from({ length: rank }, (_, axis) => Math.max(size(value, axis), size(spread, axis)));
    return { value, shape, layout };
  }

  axisIfAny(value: LayerValue, onnxAxis: number): number | undefined {
    const axis = resolveAxis(onnxAxis, value.layout.length);
    return value.layout[axis]!.length === 0 ? undefined : this.axis(value, axis);
  }

  axis(value: LayerValue, onnxAxis: number): number {
    const axis = resolveAxis(onnxAxis, value.layout.length);
    const axes = value.layout[axis]!;
    if (axes.includes(batchAxis))
      return this.refuse(`works along axis ${axis}, the batch`, 'an axis within one sample');
    if (axes.length === 1) return axes[0]!;
    return this.refuse(
      `works along axis ${axis} of ${showShape(this.#importer.dims(value))}`,
      'an axis that was not reshaped',
    );
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
    return this.#importer.layer(operator, given, operands, options, this.#name());
  }

  refuse(message: string, wanted?: string): never {
    throw new Refusal(message, wanted);
  }

  /** The axis must be the batch or of size 1. */
  #wantLeading(value: ImportedValue, axis: number): void {
    if (this.#importer.isLeading(value, axis)) return;
    const dims = this.#importer.dims(value);
    this.refuse(`takes ${showShape(dims)}, ${dims[axis]} samples at once`, 'a batch axis of 1');
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
