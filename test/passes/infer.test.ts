import { describe, expect, it } from 'vitest';
import { Graph } from '../../compiler/graph/graph.ts';
import type { ShapedModel, WrittenModel } from '../../compiler/graph/model.ts';
import { printGraph } from '../../compiler/graph/print.ts';
import { infer } from '../../compiler/passes/infer.ts';
import { isError } from '../../dsl/problem.ts';
import { modelOf } from './text.ts';

/** As an importer or a test writes it: with nothing that follows from shapes. */
function written({ graph, inputs, ...rest }: ShapedModel, size = inputs[0]!.shape): WrittenModel {
  const nodes = graph.nodes.map(({ inference, weightNames, inputs: shapes, ...node }) => node);
  return { ...rest, inputs: [{ ...inputs[0]!, shape: size }], graph: new Graph([inputs[0]!.name], nodes) };
}

describe('infer', () => {
  const text = `model net(x: [8, 8, 3]) -> [4, 4, 5] {
    conv(5, kernel: 3, padding: same) as a
    maxPool(2) : [4, _, 5]
  }`;

  it('gives every layer its shape, explicit padding and the names of its weights', () => {
    const model = modelOf(text);
    const made = infer.run(written(model));
    if (!made.ok) throw new Error(made.problems[0]!.message);
    expect(printGraph(made.value)).toBe(printGraph(model));
    const [conv] = made.value.graph.nodes;
    expect(conv!.inference.axes.map(({ before, after }) => [before, after])).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect([...conv!.weightNames.values()]).toEqual(['a.kernel', 'a.bias']);
  });

  it('tells an assertion that does not hold, of a layer and of an output, and goes on', () => {
    const { problems, ok } = infer.run(written(modelOf(text), [6, 8, 3]));
    expect(ok).toBe(false);
    expect(problems.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'shape/assertion: maxPool_0 is [3, 4, 5], not [4, _, 5]',
      'shape/assertion: the output is [3, 4, 5], not [4, 4, 5]',
    ]);
  });

  it('tells a fault of a layer at its argument, and nothing of the layers after it', () => {
    const problems = infer.run(written(modelOf(text), [1, 8, 3])).problems.filter(isError);
    expect(problems).toHaveLength(1);
    expect(problems[0]!.at!.source.text.slice(problems[0]!.at!.start, problems[0]!.at!.end)).toContain('2');
  });

  it('refuses an input that no tensor could hold', () => {
    const [problem] = infer.run(written(modelOf(text), [2 ** 20, 2 ** 20, 3])).problems;
    expect(problem!.message).toContain('input x');
  });
});
