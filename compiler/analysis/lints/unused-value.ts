// Inputs and values that no result depends on.
import { type Problem, warning } from '../../../dsl/problem.ts';
import { valuesOf } from '../../graph/graph.ts';
import type { ShapedModel } from '../../graph/model.ts';
import type { ModelLint } from './lint.ts';

export const unusedValue: ModelLint = {
  name: 'unused-value',
  about: 'No result depends on an input, or on a value.',
  mend: 'Remove it, or return it.',
  find(model) {
    const needed = model.graph.ancestors(model.outputs.map(({ value }) => value));
    return [...unusedInputs(model, needed), ...unusedNodes(model, needed)];
  },
};

function unusedInputs({ name, inputs }: ShapedModel, needed: ReadonlySet<string>): Problem[] {
  return inputs
    .filter((input) => !needed.has(input.name))
    .map((input) =>
      warning('lint/unused-value', `no result of \`${name}\` depends on the input \`${input.name}\``, input.span),
    );
}

/** Of a chain that leads nowhere, its end. */
function unusedNodes({ graph }: ShapedModel, needed: ReadonlySet<string>): Problem[] {
  const read = new Set(graph.nodes.flatMap(({ operands }) => operands));
  return graph.nodes
    .filter((node) => !needed.has(node.id) && !valuesOf(node).some((value) => read.has(value)))
    .map((node) => warning('lint/unused-value', `the value of \`${node.id}\` is never used`, node.origin));
}
