// Draws a network: layers chosen at random from the table, each on a value that is already there, two-operand layers on
// values of equal shape. Values that nothing reads become outputs.

import { generator } from '../compiler/algebra/pseudo-random.ts';
import { Graph } from '../compiler/graph/graph.ts';
import type { ShapedModel, ShapedNode } from '../compiler/graph/model.ts';
import { operators } from '../compiler/operators/index.ts';
import type { AnyOperator } from '../compiler/operators/operator.ts';
import { shapedNode } from '../compiler/passes/infer.ts';
import { type Shape, sizeOf } from '../compiler/tensor.ts';
import { attempt, drawnNode, nowhere, type Random } from './draw-operator.ts';

export interface DrawnNetwork {
  readonly model: ShapedModel;
  readonly text: string;
}

/** Layers whose values stay of a size that float32 can compare: the families a convolutional network is made of. */
const wanted = new Set([
  'convolution',
  'pooling',
  'arrangement',
  'reduction',
  'elementwise',
  'activation',
  'normalisation',
]);

/** Layers that choose places or carry sums have oracle tests of their own; without them the seeds keep their networks. */
const apart = new Set(['argMax', 'argMin', 'cumSum', 'gather', 'take', 'tile']);

export function drawNetwork(seed: number, allowed: (operator: AnyOperator) => boolean = () => true): DrawnNetwork {
  const random = generator(seed);
  const choices = [...operators.values()].filter(
    (operator) =>
      wanted.has(operator.family) && !apart.has(operator.name) && operator.operands.maximum > 0 && allowed(operator),
  );
  const weighted = choices.flatMap((operator) =>
    Array.from({ length: operator.family === 'convolution' ? 6 : 1 }, () => operator),
  );
  const input: Shape = [4 + Math.floor(random() * 6), 4 + Math.floor(random() * 6), 1 + Math.floor(random() * 8)];
  const values = new Map<string, Shape>([['image', input]]);
  const nodes: ShapedNode[] = [];
  const lines: string[] = [`image [${input}]`];
  const layers = 3 + Math.floor(random() * 10);
  for (let tries = 0; nodes.length < layers && tries < 4000; tries++) {
    const operator = weighted[Math.floor(random() * weighted.length)]!;
    const operands = drawOperands(operator, values, random);
    const drawn = attempt(
      operator,
      operands.map((id) => values.get(id)!),
      random,
    );
    if (!drawn || !isModest(drawn.inference.output)) continue;
    const id = `v${nodes.length}`;
    nodes.push(shapedNode(drawnNode(drawn, id, operands), drawn.inputs, drawn.inference));
    values.set(id, drawn.inference.output);
    lines.push(`${id} = ${operands.join(', ')}: ${drawn.text}`);
  }
  const read = new Set(nodes.flatMap((node) => node.operands));
  const outputs = nodes
    .filter(({ id }) => !read.has(id))
    .map(({ id }) => ({ name: `out_${id}`, value: id, span: nowhere }));
  const inputs = [{ name: 'image', shape: input, span: nowhere }];
  return {
    model: { name: 'drawn', documentation: '', inputs, outputs, graph: new Graph(['image'], nodes) },
    text: lines.join('\n'),
  };
}

const isModest = (shape: Shape): boolean =>
  sizeOf(shape) <= 3000 && shape.length >= 2 && shape.every((size) => size >= 1);

/** Mostly the newest value; further operands are values of the same shape, if need be the same value. */
function drawOperands(operator: AnyOperator, values: ReadonlyMap<string, Shape>, random: Random): string[] {
  const ids = [...values.keys()];
  const first = random() < 0.7 ? ids.at(-1)! : ids[Math.floor(random() * ids.length)]!;
  const alike = ids.filter((id) => values.get(id)!.join() === values.get(first)!.join());
  const more = Math.max(operator.operands.minimum, Math.min(operator.operands.maximum, 2)) - 1;
  return [first, ...Array.from({ length: more }, () => alike[Math.floor(random() * alike.length)]!)];
}
