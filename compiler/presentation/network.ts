// A network as boxes and arrows, whatever stage it is at: what the pictures of `atrous graph` are drawn from.
import { inDot } from '../../dsl/quote.ts';
import { type ShapedModel, shapesOf } from '../graph/model.ts';
import type { Family } from '../operators/operator.ts';
import { programAt, type Stage } from '../passes/index.ts';
import type { Program, Step } from '../program/program.ts';
import { readValues, writtenValues } from '../program/usage.ts';
import { showShape } from '../tensor.ts';
import { showColumns } from './columns.ts';
import { showPadding } from './layers.ts';

/** What a box is, which decides its colour. */
export type Kind = Family | 'input' | 'output' | 'step';

export interface Box {
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  readonly kind: Kind;
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

export interface Network {
  readonly name: string;
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

export function networkOf(stage: Stage): Network {
  if (stage.kind === 'written') throw new Error('a model as written has no shapes to draw');
  return stage.kind === 'shaped' ? networkOfModel(stage.value) : networkOfProgram(programAt(stage)!);
}

/** Layers, with the shapes of what flows between them. */
export function networkOfModel(model: ShapedModel): Network {
  const shapes = new Map(model.inputs.map(({ name, shape }) => [name, showShape(shape)]));
  for (const node of model.graph.nodes)
    for (const [value, shape] of shapesOf(node)) shapes.set(value, showShape(shape));
  const origin = (value: string): string => model.graph.producer(value)?.id ?? value;
  const layers = model.graph.nodes.map(({ id, operator, inference }): Box => {
    const kernels = [...new Set(inference.axes.map(({ kernel }) => kernel))];
    const window = inference.axes.length > 0 ? ` ${kernels.join('×')} ${showPadding(inference.axes)}` : '';
    return { id, title: id, detail: `${operator.name}${window}`, kind: operator.family };
  });
  const arrows = model.graph.nodes.flatMap(({ id, operands }) =>
    [...new Set(operands)].map((value): Arrow => ({ from: origin(value), to: id, label: shapes.get(value)! })),
  );
  return withEnds(
    model.name,
    [...shapes],
    model.outputs.map(({ name, value }) => ({ name, value: origin(value), shape: shapes.get(value)! })),
    layers,
    arrows,
    model.inputs.map(({ name }) => name),
  );
}

/** Steps, after a pass: what they are, and which of them read which others' values. */
export function networkOfProgram(program: Program): Network {
  const shapes = [...program.values.values()].map(({ id, shape }) => [id, showShape(shape)] as const);
  const shapeOf = new Map(shapes);
  const producers = new Map<string, string[]>(program.inputs.map((input) => [input, [input]]));
  for (const step of program.steps)
    for (const value of writtenValues(step)) producers.set(value, [...(producers.get(value) ?? []), step.id]);
  const boxes = program.steps.map((step): Box => ({ id: step.id, title: step.id, detail: about(step), kind: 'step' }));
  const arrows = program.steps.flatMap((step) =>
    [...readValues(step)].flatMap((value) =>
      (producers.get(value) ?? [])
        .filter((from) => from !== step.id)
        .map((from): Arrow => ({ from, to: step.id, label: shapeOf.get(value)! })),
    ),
  );
  const outputs = program.outputs.flatMap(({ name, value }) =>
    (producers.get(value) ?? [value]).map((from) => ({ name, value: from, shape: shapeOf.get(value)! })),
  );
  return withEnds(program.name, shapes, outputs, boxes, arrows, program.inputs);
}

function about(step: Step): string {
  const layers = [...new Set(step.origins.map(({ layer }) => layer))].filter((layer) => layer !== step.id);
  const kind = step.kind === 'compute' ? step.expression.axes.map(({ extent }) => extent).join('·') : step.kind;
  return layers.length > 0 ? `${kind}, for ${layers.join(', ')}` : kind;
}

/** Ends are boxes of their own; prefixes keep their names apart from layers'. */
function withEnds(
  name: string,
  shapes: readonly (readonly [string, string])[],
  outputs: readonly { readonly name: string; readonly value: string; readonly shape?: string }[],
  boxes: readonly Box[],
  arrows: readonly Arrow[],
  inputs: readonly string[],
): Network {
  const shapeOf = new Map(shapes);
  const first = inputs.map((id): Box => ({ id, title: id, detail: shapeOf.get(id)!, kind: 'input' }));
  const last = [...new Map(outputs.map((output) => [output.name, output])).values()].map(
    ({ name, value, shape }): Box => ({
      id: `→ ${name}`,
      title: name,
      detail: shape ?? shapeOf.get(value)!,
      kind: 'output',
    }),
  );
  const leaving = outputs.map(({ name, value }): Arrow => ({ from: value, to: `→ ${name}`, label: '' }));
  return { name, boxes: [...first, ...boxes, ...last], arrows: [...arrows, ...leaving] };
}

/** One line for each box: what it is, and what it reads. */
export function showNetwork({ name, boxes, arrows }: Network): string {
  const rows = boxes.map(({ id, title, detail }) => [
    title,
    detail,
    arrows
      .filter(({ to }) => to === id)
      .map(({ from, label }) => (label === '' ? from : `${from} ${label}`))
      .join(', '),
  ]);
  return [name, '', ...showColumns([{ title: 'value' }, { title: 'by' }, { title: 'from' }], rows)].join('\n');
}

/** The language of Graphviz. */
export function writeDot({ name, boxes, arrows }: Network): string {
  const lines = [
    `digraph ${inDot(name)} {`,
    '  node [shape=box, style="rounded,filled", fillcolor=white, fontname="sans-serif"];',
    '  edge [fontname="sans-serif", fontsize=10];',
    ...boxes.map(({ id, title, detail, kind }) => {
      const label = inDot(`${title}\n${detail}`);
      return `  ${inDot(id)} [label=${label}, fillcolor=${inDot(colours[kind])}];`;
    }),
    ...arrows.map(({ from, to, label }) => `  ${inDot(from)} -> ${inDot(to)} [label=${inDot(label)}];`),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

export const colours: Readonly<Record<Kind, string>> = {
  input: '#e8e8e8',
  output: '#e8e8e8',
  convolution: '#cfe3f7',
  pooling: '#d3efd8',
  dense: '#f9e0c7',
  recurrent: '#f9e0c7',
  normalisation: '#efe6f7',
  activation: '#f7f3cf',
  elementwise: '#f7d6dc',
  reduction: '#e3ecec',
  arrangement: '#e3ecec',
  step: '#f2f2f2',
};
