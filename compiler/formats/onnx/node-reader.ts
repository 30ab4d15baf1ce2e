// One node as an operator's import reads it; see `operators/onnx.ts` for what each method promises.
import type {
  Arguments,
  ConstantValue,
  LayerOptions,
  LayerValue,
  Layout,
  OnnxNodeReader,
} from '../../operators/onnx.ts';
import { batchAxis } from '../../operators/onnx.ts';
import { type AnyOperator, showShape } from '../../operators/operator.ts';
import { align } from './align.ts';
import { Attributes } from './attributes.ts';
import type { ImportedValue, Importer } from './importer.ts';
import type { OnnxNode } from './model.ts';
import { layerName } from './names.ts';
import { resolveAxis } from './node-shapes.ts';
import { Refusal } from './refusal.ts';

export class NodeReader implements OnnxNodeReader {
  readonly operator: string;
  readonly version: number;
  readonly inputs: number;
  readonly attributes: Attributes;
  readonly #node: OnnxNode;
  readonly #importer: Importer;

  constructor(node: OnnxNode, version: number, importer: Importer) {
    this.#node = node;
    this.#importer = importer;
    this.operator = node.operator;
    this.version = version;
    this.inputs = node.inputs.length;
    this.attributes = new Attributes(node);
  }

  has(input: number): boolean {
    return (this.#node.inputs[input] ?? '') !== '';
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

  channelsLast(input: number): LayerValue {
    const value = this.imported(input);
    const rank = this.#importer.dims(value).length;
    if (rank < 2)
      return this.refuse(`has an input of ${showShape(this.#importer.dims(value))}`, '[batch, channels, …]');
    this.#wantLeading(value, 1);
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

  rows(input: number, axis: number): LayerValue {
    const value = this.value(input);
    const first = axis < 0 ? axis + value.layout.length : axis;
    this.#wantLeading(value, first);
    const batch = value.layout
      .slice(0, first)
      .flat()
      .filter((one) => one === batchAxis);
    return { ...value, layout: [batch, value.layout.slice(first).flat()] };
  }

  aligned(): { readonly operands: readonly LayerValue[]; readonly layout: Layout } {
    const all = this.#node.inputs.map((_, input) => input);
    return align(
      this.#importer,
      all.map((input) => this.imported(input)),
      all.map((input) => this.#constantName(input)),
    );
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

  layer(
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

  /** Every axis before `first` must be the batch or 1. */
  #wantLeading(value: ImportedValue, first: number): void {
    for (let axis = 0; axis < first; axis++) {
      if (this.#importer.isLeading(value, axis)) continue;
      const dims = showShape(this.#importer.dims(value));
      this.refuse(`takes ${dims}: ${this.#importer.dims(value)[axis]} samples at once`, 'a batch axis of 1');
    }
  }

  /** From the weights if there are any, else from the node. */
  #name(): string | undefined {
    const weights = this.#node.inputs.filter((name) => this.#importer.values.get(name)?.kind === 'constant');
    return layerName(weights, this.#node.name);
  }

  #constantName(input: number): string | undefined {
    return layerName([], this.#node.inputs[input] ?? '');
  }
}
