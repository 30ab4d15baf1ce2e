// The state of one import: which ONNX value is what, and the layers made so far. It names no operator: the reshapes and
// transposes that bring values into an arrangement come from the operators that declare such a role.

import type { AnyOperator } from '../../operators/operator.ts';
import { type Shape, showShape } from '../../tensor.ts';
import { arrangedLayout, dimsOf, rearrange, sameShape } from './layout.ts';
import type {
  Arguments,
  ConstantValue,
  LayerOptions,
  LayerValue,
  Layout,
  OnnxImport,
  OnnxMapping,
  WeightData,
} from './mapping.ts';
import { batchAxis } from './mapping.ts';
import { asFloats, permuteData } from './mappings/weights.ts';
import type { OnnxNode } from './model.ts';
import { Refusal } from './refusal.ts';

/** A layer of the imported network. */
export interface ImportedLayer {
  readonly id: string;
  readonly operator: AnyOperator;
  readonly given: Arguments;
  /** Ids of layers or names of inputs. */
  readonly operands: readonly string[];
  readonly weights: Readonly<Record<string, WeightData>>;
  readonly shape: Shape;
  /** A name from the model, if it has a good one. */
  readonly name: string | undefined;
}

export interface OperatorImport {
  readonly operator: AnyOperator;
  readonly read: OnnxImport;
}

export type ImportedValue = LayerValue | ConstantValue;

export class Importer {
  /** By ONNX's names. */
  readonly values = new Map<string, ImportedValue>();
  readonly layers: ImportedLayer[] = [];
  /** The tensor of the file that a known value was made of. */
  readonly #origins = new Map<string, string>();
  /** How many samples the model wants at once; they are imported as one. 1 where the batch axis is just dropped. */
  readonly batch: number;
  readonly #operators: readonly AnyOperator[];
  readonly #imports = new Map<string, OperatorImport[]>();
  readonly #patterns = new Map<string, OperatorImport[]>();

  /** By the names of values: the nodes that make them. */
  readonly producers: ReadonlyMap<string, OnnxNode>;
  /** By the names of values: how many nodes and outputs read them. */
  readonly #reads = new Map<string, number>();

  constructor(
    operators: Iterable<AnyOperator>,
    batch: number,
    { nodes, outputs }: { readonly nodes: readonly OnnxNode[]; readonly outputs: readonly { readonly name: string }[] },
  ) {
    for (const name of [...nodes.flatMap(({ inputs }) => inputs), ...outputs.map(({ name }) => name)])
      this.#reads.set(name, (this.#reads.get(name) ?? 0) + 1);
    this.producers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
    this.#operators = [...operators];
    this.batch = batch;
    for (const operator of this.#operators) {
      collect(this.#imports, operator, operator.onnx?.imports);
      collect(this.#patterns, operator, operator.onnx?.patterns);
    }
  }

  /** Whether one node and no other reads this layer, under whatever names it has. */
  isReadOnce(id: string): boolean {
    const names = [...this.values].flatMap(([name, value]) =>
      value.kind === 'layer' && value.id === id ? [name] : [],
    );
    return (
      names.every((name) => (this.#reads.get(name) ?? 0) <= 1) &&
      !this.layers.some(({ operands }) => operands.includes(id))
    );
  }

  /** Of what several nodes may be together, the last of which is this operator of ONNX. */
  patternsOf(name: string): readonly OperatorImport[] {
    return this.#patterns.get(name) ?? [];
  }

  /** How nodes of this operator of ONNX are imported: the first that wants a node takes it. */
  importsOf(name: string): readonly OperatorImport[] {
    return this.#imports.get(name) ?? [];
  }

  dims(value: ImportedValue): readonly number[] {
    return value.kind === 'constant' ? value.shape : dimsOf(value.shape, value.layout, this.batch);
  }

  /** Keeps the result of a node; a known value of as many numbers is still called by the tensor that it was made of. */
  set(name: string, value: ImportedValue, inputs: readonly string[]): void {
    this.values.set(name, value);
    const source = this.values.get(inputs[0] ?? '');
    if (value.kind !== 'constant' || source?.kind !== 'constant') return;
    if (source.data.length === value.data.length) this.#origins.set(name, this.originOf(inputs[0]!));
  }

  originOf(name: string): string {
    return this.#origins.get(name) ?? name;
  }

  /** Adds a layer. Its shape rule decides whether it is legal. */
  layer(
    operator: AnyOperator,
    given: Arguments,
    operands: readonly LayerValue[],
    { weights = {}, layout }: LayerOptions,
    name?: string,
  ): LayerValue {
    const inference = operator.infer({
      arguments: readArguments(operator, given),
      inputs: operands.map((value) => value.shape),
      given: (parameter) => parameter in given,
    });
    if ('faults' in inference) {
      const [fault] = inference.faults;
      throw new Refusal(`cannot become ${operator.name}: ${fault!.message}`, fault!.notes?.[0], 'onnx/shape');
    }
    for (const weight of inference.weights) {
      const found = weights[weight.name];
      if (weight.literal === undefined && !(found && sameShape(found.shape, weight.shape))) {
        const is = found ? `is ${showShape(found.shape)}` : 'is missing';
        throw new Refusal(`needs a ${weight.name} of ${showShape(weight.shape)}, it ${is}`, undefined, 'onnx/shape');
      }
    }
    const id = `layer ${this.layers.length}`;
    const ids = operands.map((value) => value.id);
    this.layers.push({ id, operator, given, operands: ids, weights, shape: inference.output, name });
    return { kind: 'layer', id, shape: inference.output, layout: layout ?? operands[0]?.layout ?? [] };
  }

  /** The value with one axis for each entry of `order`; `undefined` stands for a new axis of size 1. */
  arrange(value: LayerValue, order: readonly (number | undefined)[]): LayerValue {
    const steps = rearrange(value.shape, value.layout, order);
    if (!steps) {
      throw new Refusal(`mixes the ${this.batch} samples of the batch`, 'a model for one sample: a batch axis of 1');
    }
    const layout = arrangedLayout(value.layout, order);
    let result: LayerValue = value;
    if (steps.permutation) result = this.#byRole('transpose', result, steps.permutation);
    if (steps.shape) result = this.reshape(result, steps.shape);
    return { ...result, layout };
  }

  /** The same elements under another shape of ours; the layout is the caller's. */
  reshape(value: LayerValue, shape: Shape): LayerValue {
    if (sameShape(value.shape, shape)) return value;
    if (shape.length === 1) {
      const flatten = this.#operatorFor('flatten');
      return this.layer(flatten, {}, [value], {});
    }
    return this.#byRole('reshape', value, shape);
  }

  /** A constant as a layer, its axes in this order of ONNX's axes. */
  constantLayer(constant: ConstantValue, order: readonly (number | undefined)[], name?: string): LayerValue {
    const moving = order.filter((axis) => axis !== undefined);
    const left = constant.shape.map((_, axis) => axis).filter((axis) => !moving.includes(axis));
    const data = permuteData(constant.data, constant.shape, [...left, ...moving]);
    const sizes = order.map((axis) => (axis === undefined ? 1 : constant.shape[axis]!));
    const shape = sizes.length === 0 ? [1] : sizes;
    const layout: Layout = constant.shape.map((_, axis) => (order.includes(axis) ? [order.indexOf(axis)] : []));
    const operator = this.#operatorFor('constant');
    const weights = { value: { shape, data: asFloats(data) } };
    return this.layer(operator, { [operator.positional[0]!]: shape }, [], { weights, layout }, name);
  }

  /** Whether an axis of ONNX holds the samples of the batch, or nothing. */
  isLeading(value: ImportedValue, axis: number): boolean {
    if (this.dims(value)[axis] === 1) return true;
    return value.kind === 'layer' && value.layout[axis]?.join() === `${batchAxis}`;
  }

  #byRole(role: NonNullable<OnnxMapping['role']>, value: LayerValue, list: readonly number[]): LayerValue {
    const operator = this.#operatorFor(role);
    return this.layer(operator, { [operator.positional[0]!]: list }, [value], {});
  }

  #operatorFor(role: NonNullable<OnnxMapping['role']>): AnyOperator {
    const operator = this.#operators.find((candidate) => candidate.onnx?.role === role);
    if (!operator) throw new Error(`no operator has the role ${role}`);
    return operator;
  }
}

function collect(
  table: Map<string, OperatorImport[]>,
  operator: AnyOperator,
  readers: Readonly<Record<string, OnnxImport>> = {},
): void {
  for (const [name, read] of Object.entries(readers)) {
    table.set(name, [...(table.get(name) ?? []), { operator, read }]);
  }
}

/** Arguments as the resolver reads them, defaults filled in. */
function readArguments(operator: AnyOperator, given: Arguments): Record<string, unknown> {
  for (const name of Object.keys(given)) {
    if (!(name in operator.parameters)) throw new Error(`${operator.name} has no parameter ${name}`);
  }
  return Object.fromEntries(
    Object.entries(operator.parameters).map(([name, parameter]) => {
      const written = given[name];
      const value = written === undefined ? parameter.fallback?.value : parameter.read(written);
      if (value !== undefined || (written === undefined && parameter.fallback)) return [name, value];
      throw new Refusal(
        `cannot become ${operator.name}: ${name} ${JSON.stringify(written)} is not ${parameter.expects}`,
      );
    }),
  );
}
