// Explains what the compiler makes of a layer before it looks at its neighbours: what it abbreviates, and for a transposed
// convolution the picture of the textbooks and then the phases that are run.

import { type Read, readsOf, reductionAxes, type TensorExpression } from '../algebra/expression.ts';
import { multiplyAccumulates, parametersOf } from '../analysis/cost.ts';
import { Graph } from '../graph/graph.ts';
import type { ShapedModel, ShapedNode } from '../graph/model.ts';
import type { AxisRecord } from '../operators/operator.ts';
import { axisName } from '../operators/shared/windows.ts';
import { expand } from '../passes/expand.ts';
import { gather } from '../passes/gather.ts';
import { prepare } from '../passes/prepare.ts';
import { programOf } from '../passes/translate.ts';
import type { Program } from '../program/program.ts';
import { computeSteps, turnsOf } from '../program/usage.ts';
import { showShape, sizeOf } from '../tensor.ts';
import { showColumns, showCount } from './columns.ts';
import { showStatement } from './statement.ts';

/** The layer as a model of its own, its operands as inputs. */
export function alone(node: ShapedNode): ShapedModel {
  const names = [...new Set(node.operands)];
  const inputs = names.map((name) => ({ name, shape: node.inputs[node.operands.indexOf(name)]!, span: node.origin }));
  const outputs = [{ name: 'output', value: node.id, span: node.origin }];
  return { name: node.id, documentation: '', inputs, outputs, graph: new Graph(names, [node]) };
}

/** What an abbreviation stands for, with parameters and multiply-accumulates of each part. */
export function explainExpansion(node: ShapedNode): string[] {
  if (node.inference.meaning.kind !== 'expansion') return [];
  const inner = expand.run(alone(node)).graph.nodes;
  const costs = costsByLayer(programOf(alone(node)));
  const rows = inner.map((part) => [
    part.id,
    part.operator.name,
    part.inputs.map(showShape).join(', '),
    `→ ${showShape(part.inference.output)}`,
    showCount(parametersOf(part)),
    showCount(costs.get(part.id) ?? 0),
  ]);
  const total = [...costs.values()].reduce((sum, cost) => sum + cost, 0);
  const titles = [{ title: 'layer' }, { title: 'operator' }, { title: 'from' }, { title: 'to' }];
  const counts = [
    { title: 'parameters', right: true },
    { title: 'MACs', right: true },
  ];
  const sums = ['together', '', '', '', showCount(parametersOf(node)), showCount(total)];
  return [...showColumns([...titles, ...counts], [...rows, sums]), ...plainWindow(node)];
}

function costsByLayer(program: Program): Map<string, number> {
  const costs = new Map<string, number>();
  for (const step of program.steps) {
    const { layer } = step.origins[0]!;
    for (const { expression } of computeSteps(step))
      costs.set(layer, (costs.get(layer) ?? 0) + turnsOf(step) * multiplyAccumulates(expression));
  }
  return costs;
}

/** What one full kernel over the same window would have: k… · channels in · channels out. */
function plainWindow({ inference, inputs }: ShapedNode): string[] {
  const { axes, output, weights } = inference;
  if (axes.length === 0 || weights.length < 2) return [];
  const factors = [...axes.map(({ kernel }) => kernel), inputs[0]!.at(-1)!, output.at(-1)!];
  const parameters = factors.reduce((product, factor) => product * factor, 1);
  const places = sizeOf(output.slice(0, -1));
  const bias = weights.some(({ shape }) => shape.length === 1) ? ', and the bias' : '';
  return [
    `a plain convolution with this window: ${factors.join('·')} = ${showCount(parameters)} parameters${bias}, ${showCount(parameters * places)} MACs`,
  ];
}

/** The textbook's way: zeros between the elements, padding, then a convolution of stride 1 with the flipped kernel. */
export function explainZeroInsertion({ inference, inputs }: ShapedNode): string[] {
  const { axes, output } = inference;
  if (!axes.some(({ direction }) => direction === 'transposed')) return [];
  const channels = inputs[0]!.at(-1)!;
  const reach = ({ dilation, kernel }: AxisRecord): number => dilation * (kernel - 1);
  const inserted = axes.map(({ input, stride }) => (input - 1) * stride + 1);
  const padding = axes.map((axis) => [reach(axis) - axis.before, reach(axis) - axis.after] as const);
  const padded = inserted.map((size, axis) => size + padding[axis]![0] + padding[axis]![1]);
  const list = (text: (axis: AxisRecord, n: number) => string): string => [...new Set(axes.map(text))].join(', ');
  const rows = [
    [showShape(inputs[0]!), 'the input'],
    [
      showShape([...inserted, channels]),
      `s − 1 = ${list(({ stride }) => `${stride - 1}`)} zeros between neighbours: (i − 1)·s + 1 = ${list(({ input, stride }, n) => `(${input} − 1)·${stride} + 1 = ${inserted[n]}`)}`,
    ],
    [
      showShape([...padded, channels]),
      `padding d·(k − 1) − p: ${list((_, n) => `${padding[n]![0]} before, ${padding[n]![1]} after`)}${padding.flat().some((size) => size < 0) ? ' (a negative one crops)' : ''}`,
    ],
    [
      showShape(output),
      `convolution of stride 1 with the kernel flipped: ${list((axis, n) => `${padded[n]} − ${reach(axis)} = ${axis.output}`)}`,
    ],
  ];
  return showColumns([{ title: 'shape' }, { title: 'step' }], rows);
}

/** The phases: for each set of outputs the taps that reach it, and the gather that computes it. */
export function explainPhases(node: ShapedNode): string[] {
  const { axes } = node.inference;
  if (!axes.some(({ direction }) => direction === 'transposed')) return [];
  const program = gather.run(prepare.run(programOf(alone(node))));
  const steps = program.steps.flatMap(computeSteps);
  const kernels = new Set([...node.weightNames.values()]);
  const lines = steps.flatMap(({ expression }) => [
    `${showPlaces(expression, axes.length)}: ${showTaps(expression, kernels, axes.length)}`,
    `  ${showStatement(expression)}`,
  ]);
  const multiplied = steps.reduce((sum, { expression }) => sum + multiplyAccumulates(expression), 0);
  const zeros = multiplied - productsOf(node);
  const border = zeros > 0 ? `, ${showCount(zeros)} of them by zeros around the input` : '';
  const inserted = sizeOf(node.inference.output) * axes.reduce((taps, { kernel }) => taps * kernel, 1);
  const perGroup = node.inputs[0]!.at(-1)! / groupsOf(node);
  return [
    ...lines,
    `${showCount(multiplied)} multiplications${border}; with the inserted zeros they would be ${showCount(inserted * perGroup)}`,
  ];
}

/** How many products of an element and a weight reach the output. */
function productsOf(node: ShapedNode): number {
  const { axes, output } = node.inference;
  const pairs = axes.reduce((product, axis) => product * pairsOf(axis), 1);
  return (pairs * node.inputs[0]!.at(-1)! * output.at(-1)!) / groupsOf(node);
}

/** Elements and taps along an axis that meet in an output: 0 ≤ s·i + d·k − p < o. */
function pairsOf({ input, kernel, stride, dilation, before, output }: AxisRecord): number {
  let pairs = 0;
  for (let tap = 0; tap < kernel; tap += 1) {
    const first = Math.max(0, Math.ceil((before - dilation * tap) / stride));
    const last = Math.min(input - 1, Math.floor((output - 1 + before - dilation * tap) / stride));
    pairs += Math.max(0, last - first + 1);
  }
  return pairs;
}

/** Groups as an argument, 1 where the layer has none. */
const groupsOf = (node: ShapedNode): number => (typeof node.arguments.groups === 'number' ? node.arguments.groups : 1);

function showPlaces({ target }: TensorExpression, rank: number): string {
  return `outputs [${target.index.slice(0, rank).join(', ')}]`;
}

function showTaps(expression: TensorExpression, kernels: ReadonlySet<string>, rank: number): string {
  const kernel = readsOf(expression.value).find((read) => kernels.has(read.tensor));
  if (!kernel) return 'no tap reaches them';
  const taps = Array.from({ length: rank }, (_, axis) => tapsOf(kernel, axis, expression));
  const count = taps.reduce((product, list) => product * list.length, 1);
  const named = taps.map((list, axis) => `${axisName(axis, rank)} ${list.join(' ')}`).join(', ');
  return `${count} ${count === 1 ? 'tap' : 'taps'}, ${named}`;
}

/** Which positions of the kernel are read along an axis. */
function tapsOf(kernel: Read, axis: number, expression: TensorExpression): number[] {
  const index = kernel.index[axis]!;
  const extents = new Map(reductionAxes(expression).map(({ name, extent }) => [name, extent]));
  const [walked] = [...index.axes()];
  const extent = walked === undefined ? 1 : (extents.get(walked) ?? 1);
  return Array.from({ length: extent }, (_, at) => index.evaluate(new Map(walked === undefined ? [] : [[walked, at]])));
}
