// How a layer is computed, in sections of text: the formula with its numbers, padding, cost, what it sees, and how it is
// lowered and run. `atrous explain FILE LAYER` prints them, `--json` carries them.
import { type ReceptiveField, ReceptiveFields } from '../analysis/receptive-field.ts';
import { type LayerCost, type LayerRow, layerCosts, layerTable } from '../analysis/table.ts';
import type { ShapedModel, ShapedNode } from '../graph/model.ts';
import type { Allocated } from '../passes/stages.ts';
import { programOf } from '../passes/translate.ts';
import { showShape, sizeOf } from '../tensor.ts';
import { showCount } from './columns.ts';
import type { Algorithms } from './explain-algorithm.ts';
import { alone, explainExpansion, explainPhases, explainZeroInsertion } from './explain-lowering.ts';
import { explainMatrix } from './explain-matrix.ts';
import { explainRun, type Runs, runsOf, summariseRun } from './explain-run.ts';
import { explainWindows } from './explain-windows.ts';
import { showHeader, showOutputs, showPadding } from './layers.ts';
import { showStatement } from './statement.ts';

export interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

/** The sections of one layer. */
export const explainLayer = (
  model: ShapedModel,
  node: ShapedNode,
  placed: Allocated,
  algorithms: Algorithms,
): Section[] => layerExplainer(model, placed, algorithms)(node);

/** What explains one layer after the other: all that concerns the whole model is worked out once. */
export function layerExplainer(
  model: ShapedModel,
  placed: Allocated,
  algorithms: Algorithms,
): (node: ShapedNode) => Section[] {
  const costs = layerCosts(model);
  const fields = new ReceptiveFields(programOf(model));
  const runs = runsOf(placed);
  return (node) => sectionsOf(model, node, { algorithms, cost: costs.get(node.id)!, fields, runs });
}

interface Findings {
  readonly algorithms: Algorithms;
  readonly cost: LayerCost;
  readonly fields: ReceptiveFields;
  readonly runs: Runs;
}

/** Those that have nothing to say are left out. */
function sectionsOf(model: ShapedModel, node: ShapedNode, { algorithms, cost, fields, runs }: Findings): Section[] {
  const sections: Section[] = [
    { title: 'written', lines: [sourceOf(node), shapes(node)] },
    { title: 'meaning', lines: showMeaning(node) },
    { title: 'size', lines: explainWindows(node.inference.axes) },
    { title: 'parameters', lines: parameters(node) },
    { title: 'multiply-accumulates', lines: cost.multiplyAccumulates > 0 ? [showCount(cost.multiplyAccumulates)] : [] },
    { title: 'sees', lines: sees(model, node, fields) },
    { title: 'stands for', lines: explainExpansion(node) },
    { title: 'by zero insertion', lines: explainZeroInsertion(node) },
    { title: 'by phases', lines: explainPhases(node) },
    { title: 'as a matrix', lines: explainMatrix(node) },
    { title: 'algorithm', lines: cost.multiplyAccumulates > 0 ? algorithmOf(node, algorithms) : [] },
    { title: 'run as', lines: explainRun(runs, node.id) },
  ];
  return sections.filter(({ lines }) => lines.length > 0);
}

/** Phases of one layer may choose differently. */
const algorithmOf = ({ id }: ShapedNode, algorithms: Algorithms): string[] => [
  ...new Set(algorithms.get(id) ?? ['direct: the sums as they are defined']),
];

export const showSections = (sections: readonly Section[]): string =>
  sections.map(({ title, lines }) => [title, ...lines.map((line) => `  ${line}`)].join('\n')).join('\n\n');

/** The call as it stands in the source, on one line. */
const sourceOf = ({ origin }: ShapedNode): string =>
  origin.source.text.slice(origin.start, origin.end).replace(/\s+/g, ' ');

const shapes = ({ inputs, inference }: ShapedNode): string =>
  `${inputs.map(showShape).join(', ')} → ${showOutputs(inference)}`;

/** What a layer computes, with its numbers. */
export function showMeaning(node: ShapedNode): string[] {
  const { steps } = programOf(alone(node));
  return steps.flatMap((step) => {
    if (step.kind === 'alias')
      return [`${step.target} is ${step.source} under the shape ${showShape(node.inference.output)}`];
    if (step.kind === 'compute') return [showStatement(step.expression)];
    const { name, extent } = step.axis;
    const inner = step.steps.map(({ expression }) => `  ${showStatement(expression)}`);
    return [`one after the other for ${name} < ${extent}:`, ...inner];
  });
}

function parameters({ inference, weightNames }: ShapedNode): string[] {
  const { weights } = inference;
  const lines = weights.map(({ name, shape, literal }) => {
    const written = literal ? ', written in the source' : '';
    return `${weightNames.get(name)} ${showShape(shape)}: ${showCount(sizeOf(shape))}${written}`;
  });
  const total = weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return lines.length > 1 ? [...lines, `together ${showCount(total)}`] : lines;
}

function sees(model: ShapedModel, node: ShapedNode, fields: ReceptiveFields): string[] {
  const { output } = node.inference;
  const middle = output.map((size) => Math.floor(size / 2));
  const seen = fields.at(node.id, middle);
  const shapesByName = new Map(model.inputs.map(({ name, shape }) => [name, shape]));
  return seen.map((field) => `element ${showShape(middle)} sees ${showField(field, shapesByName.get(field.input)!)}`);
}

function showField({ input, intervals }: ReceptiveField, shape: readonly number[]): string {
  const ranges = intervals.map(([low, high]) => (low === high ? `${low}` : `${low} to ${high}`));
  const size = intervals.map(([low, high]) => high - low + 1);
  const outside = intervals.some(([low, high], axis) => low < 0 || high >= shape[axis]!);
  return `${size.join('×')} of ${input}: [${ranges.join(', ')}]${outside ? ', in part padding' : ''}`;
}

/** The whole model in short: two lines for each layer. */
export function explainModel(model: ShapedModel, placed: Allocated): string {
  const table = layerTable(model);
  const runs = runsOf(placed);
  const layers = table.rows.map((row) => {
    const node = model.graph.node(row.layer)!;
    const run = summariseRun(runs, row.layer);
    return `${row.layer} = ${sourceOf(node)}\n  ${shapes(node)}${facts(row, run)}`;
  });
  return [showHeader(table), '', ...layers].join('\n');
}

function facts(row: LayerRow, run: string | undefined): string {
  const padding = showPadding(row.axes);
  return [
    ...(padding === '' ? [] : [`padding ${padding}`]),
    ...(row.parameters > 0 ? [`${showCount(row.parameters)} parameters`] : []),
    ...(row.multiplyAccumulates > 0 ? [`${showCount(row.multiplyAccumulates)} MACs`] : []),
    ...(run === undefined ? [] : [run]),
  ]
    .map((fact) => `; ${fact}`)
    .join('');
}
