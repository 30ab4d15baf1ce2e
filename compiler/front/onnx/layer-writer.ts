// One layer as an operator's export reads it, and the nodes it becomes; see `mapping.ts` for what each method
// promises. Values are [1, channels, space…] in ONNX and [space…, channels] in ours.

import { floatBytes } from '../../files/elements.ts';
import type { ShapedNode } from '../../graph/model.ts';
import type { AxisRecord } from '../../operators/operator.ts';
import type { Shape } from '../../tensor.ts';
import type { Names } from '../importing/names.ts';
import { Refusal } from '../importing/refusal.ts';
import type { WeightData } from '../importing/values.ts';
import type { OnnxAttributeValue, OnnxLayerWriter } from './mapping.ts';
import { attributeTypes, type OnnxAttribute, type OnnxNode, type OnnxTensor } from './model.ts';
import { floatDataType, int64DataType } from './tensor.ts';

export interface GraphParts {
  readonly nodes: OnnxNode[];
  readonly initializers: OnnxTensor[];
  readonly names: Names;
  readonly nodeNames: Names;
}

export class LayerWriter implements OnnxLayerWriter {
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly inputs: readonly Shape[];
  readonly output: Shape;
  readonly axes: readonly AxisRecord[];
  readonly operands: readonly string[];
  readonly #layer: ShapedNode;
  readonly #weights: ReadonlyMap<string, WeightData>;
  readonly #parts: GraphParts;

  /** `operands` are ONNX's names of the values; `weights` are by full name. */
  constructor(
    layer: ShapedNode,
    operands: readonly string[],
    weights: ReadonlyMap<string, WeightData>,
    parts: GraphParts,
  ) {
    this.arguments = layer.arguments;
    this.inputs = layer.inputs;
    this.output = layer.inference.output;
    this.axes = layer.inference.axes;
    this.operands = operands;
    this.#layer = layer;
    this.#weights = weights;
    this.#parts = parts;
  }

  hasWeight(name: string): boolean {
    return this.#layer.weightNames.has(name);
  }

  weight(name: string): WeightData {
    const found = this.#weights.get(this.#layer.weightNames.get(name) ?? '');
    if (!found) throw new Error(`${this.#layer.id} has no weight ${name}`);
    return found;
  }

  tensor(name: string, { shape, data }: WeightData): string {
    return this.#initializer(name, { dims: shape, dataType: floatDataType, rawData: floatBytes(data) });
  }

  integers(name: string, values: readonly number[]): string {
    const rawData = new Uint8Array(values.length * 8);
    const view = new DataView(rawData.buffer);
    values.forEach((value, n) => {
      view.setBigInt64(n * 8, BigInt(value), true);
    });
    return this.#initializer(name, { dims: [values.length], dataType: int64DataType, rawData });
  }

  node(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttributeValue>> = {},
    result = 0,
  ): string {
    const outputs = Array.from({ length: result + 1 }, () => this.#parts.names.claim(`${this.#layer.id}.${operator}`));
    this.#parts.nodes.push({
      inputs,
      outputs,
      // As PyTorch names its nodes, by module and operator.
      name: this.#parts.nodeNames.claim(`/${this.#layer.id}/${operator}`),
      operator,
      attributes: Object.entries(attributes).map(([name, value]) => attributeOf(name, value)),
      documentation: '',
      domain: '',
    });
    return outputs[result]!;
  }

  aligned(): readonly string[] {
    const rank = Math.max(...this.inputs.map((shape) => shape.length));
    return this.operands.map((name, n) => {
      const shape = this.inputs[n]!;
      if (shape.length === rank) return name;
      const ones = Array.from({ length: rank - shape.length }, () => 1);
      const wanted = [1, shape.at(-1)!, ...ones, ...shape.slice(0, -1)];
      return this.node('Reshape', [name, this.integers(`shape${n}`, wanted)]);
    });
  }

  axis(ours: number, rank: number): number {
    return ours === rank - 1 ? 1 : ours + 2;
  }

  ourOrder(operand: number): string {
    const rank = this.inputs[operand]!.length;
    const name = this.operands[operand]!;
    if (rank < 2) return name;
    const space = Array.from({ length: rank - 1 }, (_, axis) => axis + 2);
    return this.node('Transpose', [name], { perm: { ints: [0, ...space, 1] } });
  }

  fromOurOrder(value: string, shape: Shape): string {
    const rank = shape.length;
    if (rank < 2) return value;
    const space = Array.from({ length: rank - 1 }, (_, axis) => axis + 1);
    return this.node('Transpose', [value], { perm: { ints: [0, rank, ...space] } });
  }

  refuse(message: string): never {
    throw new Refusal(message, undefined, 'export');
  }

  #initializer(suffix: string, tensor: Pick<OnnxTensor, 'dims' | 'dataType' | 'rawData'>): string {
    const name = this.#parts.names.claim(`${this.#layer.id}.${suffix}`);
    this.#parts.initializers.push({ ...emptyTensor, ...tensor, name });
    return name;
  }
}

const emptyTensor: OnnxTensor = {
  dims: [],
  dataType: floatDataType,
  floatData: [],
  int32Data: [],
  stringData: [],
  int64Data: [],
  name: '',
  doubleData: [],
  uint64Data: [],
  documentation: '',
  externalData: [],
  dataLocation: 0,
};

function attributeOf(name: string, value: OnnxAttributeValue): OnnxAttribute {
  const none = { name, floats: [], ints: [], strings: [], tensors: [], graphs: [], documentation: '' };
  if ('int' in value) return { ...none, type: attributeTypes.int, int: value.int };
  if ('float' in value) return { ...none, type: attributeTypes.float, float: value.float };
  if ('ints' in value) return { ...none, type: attributeTypes.ints, ints: value.ints };
  return { ...none, type: attributeTypes.string, string: new TextEncoder().encode(value.string) };
}
