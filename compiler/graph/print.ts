// A shaped graph as `.convnet` text that parses again: one layer a line, every value named, every shape asserted.
//
//   model tiny(image: [8, 8, 3]) -> [8, 8, 4] {
//     image |> conv(4, kernel: 3, padding: same) : [8, 8, 4] as conv_0
//     conv_0 |> relu : [8, 8, 4] as relu_0
//   }
import * as build from '../../dsl/build.ts';
import { print } from '../../dsl/print.ts';
import type { Link, Name, ResultOf, Statement } from '../../dsl/syntax.ts';
import { type Literal, sameStatic } from '../operators/parameters.ts';
import { type ShapedModel, type ShapedNode, shapesOf } from './model.ts';

export function printGraph(model: ShapedModel): string {
  const shapes = new Map(model.inputs.map(({ name, shape }) => [name, shape]));
  for (const node of model.graph.nodes) for (const [value, shape] of shapesOf(node)) shapes.set(value, shape);
  const nameOf = (value: string): Name | ResultOf => namedIn(model, value);
  const inputs = model.inputs.map(({ name, shape }) => build.input(name, shape));
  const outputs = model.outputs.map(({ name, value }) => build.input(name, shapes.get(value)!));
  const results = Object.fromEntries(model.outputs.map(({ name, value }) => [name, nameOf(value)]));
  const statements = [...model.graph.nodes.map((node) => printNode(node, nameOf)), build.results(results)];
  const { name, documentation } = model;
  return print(build.file([build.model(name, inputs, statements, { outputs, documentation })]));
}

/** Paths of layers become single names: `residual_0.conv_1` is `residual_0_conv_1`. */
const wordOf = (id: string): string => id.replaceAll(/[./]/g, '_');

/** A value by its word, a further result of a layer as `l.hidden`. */
function namedIn({ graph }: ShapedModel, value: string): Name | ResultOf {
  const node = graph.producer(value);
  if (!node || node.id === value) return build.name(wordOf(value));
  return build.resultOf(wordOf(node.id), value.slice(node.id.length + 1));
}

type NameOf = (value: string) => Name | ResultOf;

function printNode(node: ShapedNode, nameOf: NameOf): Statement {
  const options = { assertion: node.inference.output, as: wordOf(node.id) };
  return build.statement(linksOf(node, nameOf), options);
}

function linksOf({ operator, operands, named: names = [], ...node }: ShapedNode, nameOf: NameOf): Link[] {
  const inOrder = operands.length - names.length;
  const values = operands.slice(0, inOrder).map(nameOf);
  const given = Object.keys(operator.parameters).filter((name) =>
    isWritten(operator.parameters[name]!, node.arguments[name]),
  );
  const named: Record<string, build.Value> = Object.fromEntries([
    ...given.map((name) => [name, written(node.arguments[name])] as const),
    ...names.map((name, n) => [name, nameOf(operands[inOrder + n]!)] as const),
  ]);
  if (operator.operands.maximum > 1) return [build.layer(operator.name, values, named)];
  return [nameOf(operands[0]!), build.layer(operator.name, [], named)];
}

const isWritten = ({ fallback }: { readonly fallback?: { readonly value: unknown } }, value: unknown): boolean =>
  value !== undefined && !(fallback && sameStatic(fallback.value, value));

/** An argument as it was before it was read: literal tensors as nested lists. */
const written = (value: unknown): build.Value =>
  isLiteral(value) ? nested(value.shape, value.data) : (value as build.Value);

const isLiteral = (value: unknown): value is Literal =>
  typeof value === 'object' && value !== null && 'shape' in value && 'data' in value;

function nested([size, ...rest]: readonly number[], data: readonly number[]): build.Value {
  if (size === undefined) return data[0]!;
  const step = data.length / size;
  return Array.from({ length: size }, (_, n) => nested(rest, data.slice(n * step, (n + 1) * step)));
}
