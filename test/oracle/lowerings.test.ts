// Every operator, drawn at random from what it states itself, gives the same result on every way through the compiler.
// Inputs and weights are small integers: where the results are integers, equality is exact.
import { beforeAll, describe, it } from 'vitest';
import { Graph } from '../../compiler/graph/graph.ts';
import type { ShapedModel } from '../../compiler/graph/model.ts';
import { operators } from '../../compiler/operators/index.ts';
import { shapedNode } from '../../compiler/passes/infer.ts';
import { loadBackend } from '../../compiler/targets/index.ts';
import type { Backend } from '../../compiler/targets/target.ts';
import { checkAllWays } from '../all-ways.ts';
import { type Drawn, drawnNode, drawOperator, nowhere } from '../draw-operator.ts';

const draws = 8;
let backends: readonly Backend[];

beforeAll(async () => {
  backends = await Promise.all([loadBackend('ts'), loadBackend('wasm')]);
});

function modelOf(drawn: Drawn): ShapedModel {
  const inputs = drawn.inputs.map((shape, n) => ({ name: `in${n}`, shape, span: nowhere }));
  const names = inputs.map(({ name }) => name);
  const node = shapedNode(drawnNode(drawn, 'layer', names), drawn.inputs, drawn.inference);
  const outputs = [{ name: 'output', value: 'layer', span: nowhere }];
  return { name: 'drawn', documentation: '', inputs, outputs, graph: new Graph(names, [node]) };
}

describe.each([...operators.keys()])('%s', (name) => {
  it.each(Array.from({ length: draws }, (_, n) => n))('draw %i', (n) => {
    const seed = 1000 * (n + 1) + name.length * 17 + name.charCodeAt(0);
    const drawn = drawOperator(operators.get(name)!, seed);
    checkAllWays(modelOf(drawn), backends, seed, drawn.text);
  });
});
