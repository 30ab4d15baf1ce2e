// A model at each stage: a header around a graph. Each stage is a type of its own, so that a pass cannot be handed
// a graph that is not far enough.
import type { Span } from '../../dsl/span.ts';
import type { AnyOperator, Inference } from '../operators/operator.ts';
import type { Shape } from '../tensor.ts';
import { type Graph, type NodeBase, resultId } from './graph.ts';

export interface ModelInput {
  readonly name: string;
  /** Channels last, without the batch. */
  readonly shape: Shape;
  readonly span: Span;
}

/** `: [56, 56, _]`; undefined matches any size. */
export interface ShapeAssertion {
  readonly dimensions: readonly (number | undefined)[];
  readonly span: Span;
}

export interface ModelOutput {
  readonly name: string;
  /** A node's id or an input's name. */
  readonly value: string;
  readonly span: Span;
  readonly assertion?: ShapeAssertion;
}

/** A layer as resolved from source or from a model file: names and arguments are settled, shapes are not. */
export interface WrittenNode extends NodeBase {
  readonly operator: AnyOperator;
  /** The names of the last operands, which were given by name: `lstm(64, hidden: h0)`. */
  readonly named?: readonly string[];
  /** Already read through the operator's parameters, defaults filled in. */
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Where each argument that was given stands. */
  readonly argumentSpans: ReadonlyMap<string, Span>;
  /** Where the layer's call stands. */
  readonly origin: Span;
  readonly assertions: readonly ShapeAssertion[];
}

/** A layer whose output shape, weights, padding and meaning are known. */
export interface ShapedNode extends WrittenNode {
  readonly inputs: readonly Shape[];
  readonly inference: Inference;
  /** The operator's name for a weight → the tensor's full name: `kernel` → `residual_0.conv_1.kernel`. */
  readonly weightNames: ReadonlyMap<string, string>;
}

export interface Model<N extends NodeBase> {
  readonly name: string;
  readonly documentation: string;
  readonly inputs: readonly ModelInput[];
  readonly outputs: readonly ModelOutput[];
  readonly graph: Graph<N>;
  /** The path in `weights "…"`, with its place. */
  readonly weightsFile?: { readonly path: string; readonly span: Span };
}

/** The shape of an input, a layer's value or one of its further results. */
export function shapeOf({ graph, inputs }: ShapedModel, value: string): Shape {
  const node = graph.producer(value);
  if (!node) return inputs.find(({ name }) => name === value)!.shape;
  return shapesOf(node).get(value)!;
}

/** By the ids of all values that a layer gives. */
export const shapesOf = ({ id, inference }: ShapedNode): ReadonlyMap<string, Shape> =>
  new Map([
    [id, inference.output],
    ...Object.entries(inference.results ?? {}).map(([name, shape]) => [resultId(id, name), shape] as const),
  ]);

export type WrittenModel = Model<WrittenNode>;
export type ShapedModel = Model<ShapedNode>;
