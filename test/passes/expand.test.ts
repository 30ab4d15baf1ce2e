import { describe, expect, it } from 'vitest';
import { printGraph } from '../../compiler/graph/print.ts';
import { expand } from '../../compiler/passes/expand.ts';
import { modelOf, plain } from './text.ts';

describe('expand', () => {
  it('writes an abbreviation out; the last layer takes over its name', () => {
    const model = modelOf(`model net(x: [8, 8, 3]) -> [6, 6, 4] {
      separableConv(4, kernel: 3) as s
      relu
    }`);
    const made = expand.run(model);
    expect(made.graph.nodes.map(({ id, operator, operands }) => `${id} = ${operator.name}(${operands})`)).toEqual([
      's/depthwise = depthwiseConv(x)',
      's = conv(s/depthwise)',
      'relu_0 = relu(s)',
    ]);
    expect(made.graph.nodes.flatMap(({ weightNames }) => [...weightNames.values()])).toEqual([
      's.depthwise',
      's.pointwise',
      's.bias',
    ]);
  });

  it('leaves every other layer', () => {
    const model = modelOf('model net(x: [8, 8, 3]) {\n conv(4, kernel: 3)\n relu\n}');
    expect(plain(printGraph(expand.run(model)))).toBe(plain(printGraph(model)));
  });
});
