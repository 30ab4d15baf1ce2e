// expand: layers that abbreviate others become those others.
//
//   before  separableConv(64, kernel: 3) as s
//   after   depthwiseConv(kernel: 3, bias: false) as s/depthwise;  conv(64, kernel: 1) as s
//
// The last inner layer takes over the outer one's name, so that readers of the value need no change.
import { Graph } from '../graph/graph.ts';
import type { ShapedModel, ShapedNode } from '../graph/model.ts';
import type { Expanded, Expander, Inference, Operator, WeightSpecification } from '../operators/operator.ts';
import { shapedNode } from './infer.ts';
import type { Pass } from './pass.ts';

export const expand = {
  name: 'expand',
  about: 'Layers that abbreviate others become those others.',
  from: 'shaped',
  to: 'shaped',
  run(model: ShapedModel): ShapedModel {
    const nodes = model.graph.nodes.flatMap(expandNode);
    const graph = new Graph(
      model.inputs.map((input) => input.name),
      nodes,
    );
    return { ...model, graph };
  },
} as const satisfies Pass<'shaped', 'shaped'>;

function expandNode(outer: ShapedNode): ShapedNode[] {
  const { meaning } = outer.inference;
  if (meaning.kind !== 'expansion') return [outer];
  const inner: ShapedNode[] = [];
  const result = meaning.expand(expander(outer, inner));
  // Expansions nest: what the inner layers abbreviate expands in turn.
  return inner.map((node) => (node.id === result.id ? rename(node, outer) : node)).flatMap(expandNode);
}

type ApplyOptions = Parameters<Expander['apply']>[3];

function expander(outer: ShapedNode, nodes: ShapedNode[]): Expander {
  return {
    inputs: outer.operands.map((id, n) => ({ id, shape: outer.inputs[n]! })),
    apply<A>(
      operator: Operator<A>,
      given: Partial<A>,
      operands: readonly Expanded[],
      options?: ApplyOptions,
    ): Expanded {
      const renamed = options?.weights ?? {};
      // A slash, since `outer.name` may be the name of a weight.
      const id = `${outer.id}/${options?.name ?? `${operator.name}_${nodes.length}`}`;
      const values = { ...defaults(operator), ...given } as A;
      const inputs = operands.map((operand) => operand.shape);
      const result = operator.infer({ arguments: values, inputs, given: (name) => name in given });
      if ('faults' in result)
        throw new Error(`${outer.id} expands into an illegal layer: ${result.faults[0]?.message}`);
      const written = {
        ...outer,
        id,
        operator,
        arguments: values as Record<string, unknown>,
        operands: operands.map((operand) => operand.id),
      };
      const node = shapedNode(written, inputs, adoptWeights(result, outer, renamed));
      const weightNames = new Map(
        [...node.weightNames].map(([name]) => [name, outer.weightNames.get(renamed[name] ?? name)!]),
      );
      nodes.push({ ...node, weightNames });
      return { id, shape: result.output };
    },
  };
}

/** The outer layer says how its weights are filled and which values stand in the source. */
function adoptWeights(inference: Inference, outer: ShapedNode, names: Readonly<Record<string, string>>): Inference {
  const adopt = (weight: WeightSpecification): WeightSpecification => {
    const source = outer.inference.weights.find((candidate) => candidate.name === (names[weight.name] ?? weight.name));
    if (!source) throw new Error(`${outer.id} has no weight for ${weight.name}`);
    return { ...source, name: weight.name, shape: weight.shape };
  };
  return { ...inference, weights: inference.weights.map(adopt) };
}

function defaults<A>(operator: Operator<A>): Partial<A> {
  const values: Partial<A> = {};
  for (const name of Object.keys(operator.parameters) as (keyof A)[]) {
    const { fallback } = operator.parameters[name];
    if (fallback) values[name] = fallback.value;
  }
  return values;
}

const rename = (node: ShapedNode, outer: ShapedNode): ShapedNode => ({
  ...node,
  id: outer.id,
  assertions: outer.assertions,
});
