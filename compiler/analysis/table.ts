// The table that `check` prints: one row for each layer as written, with what its expansion costs.
import type { Span } from '../../dsl/span.ts';
import type { ShapedModel, ShapedNode } from '../graph/model.ts';
import type { AxisRecord } from '../operators/operator.ts';
import { programOf } from '../passes/translate.ts';
import type { Program } from '../program/program.ts';
import { computeSteps, turnsOf } from '../program/usage.ts';
import type { Shape } from '../tensor.ts';
import { multiplyAccumulates, parametersOf } from './cost.ts';
import { ReceptiveFields } from './receptive-field.ts';

export interface LayerRow extends LayerCost {
  readonly layer: string;
  readonly operator: string;
  readonly origin: Span;
  readonly output: Shape;
  /** What the layer gives besides, by name. */
  readonly results?: Readonly<Record<string, Shape>>;
  /** Padding as resolved, one record per spatial axis, with the rule it came from; empty for layers without windows. */
  readonly axes: readonly AxisRecord[];
  /** Elements of the first input, by its axes, that one output element can see; absent where it sees none. */
  readonly receptiveField?: readonly number[];
}

export interface LayerTable extends LayerCost {
  readonly model: string;
  readonly inputs: readonly { readonly name: string; readonly shape: Shape }[];
  readonly outputs: readonly { readonly name: string; readonly shape: Shape }[];
  readonly rows: readonly LayerRow[];
}

export interface LayerCost {
  readonly parameters: number;
  readonly multiplyAccumulates: number;
}

/** What each layer as written costs, by its name: all that is needed of the table where nobody looks at fields. */
export const layerCosts = (model: ShapedModel): ReadonlyMap<string, LayerCost> => costsIn(model, programOf(model));

function costsIn(model: ShapedModel, program: Program): ReadonlyMap<string, LayerCost> {
  const sums = new Map<string, number>();
  for (const step of program.steps) {
    const layer = outerLayer(step.origins[0]!.layer);
    for (const { expression } of computeSteps(step))
      sums.set(layer, (sums.get(layer) ?? 0) + turnsOf(step) * multiplyAccumulates(expression));
  }
  const costOf = (node: ShapedNode): LayerCost => ({
    parameters: parametersOf(node),
    multiplyAccumulates: sums.get(node.id) ?? 0,
  });
  return new Map(model.graph.nodes.map((node) => [node.id, costOf(node)]));
}

/** The costs of all layers together. */
export const totalCost = (costs: Iterable<LayerCost>): LayerCost =>
  [...costs].reduce(
    (sum, cost) => ({
      parameters: sum.parameters + cost.parameters,
      multiplyAccumulates: sum.multiplyAccumulates + cost.multiplyAccumulates,
    }),
    { parameters: 0, multiplyAccumulates: 0 },
  );

export function layerTable(model: ShapedModel): LayerTable {
  const program = programOf(model);
  const costs = costsIn(model, program);
  const fields = new ReceptiveFields(program);
  const rows = model.graph.nodes.map((node): LayerRow => {
    const field = fields.size(node.id);
    return {
      layer: node.id,
      operator: node.operator.name,
      origin: node.origin,
      output: node.inference.output,
      ...(node.inference.results && { results: node.inference.results }),
      axes: node.inference.axes,
      ...costs.get(node.id)!,
      ...(field && { receptiveField: field }),
    };
  });
  const shapeOf = (value: string): Shape => program.values.get(value)!.shape;
  return {
    model: model.name,
    inputs: model.inputs.map(({ name, shape }) => ({ name, shape })),
    outputs: model.outputs.map(({ name, value }) => ({ name, shape: shapeOf(value) })),
    rows,
    ...totalCost(costs.values()),
  };
}

/** Inner layers of an expansion carry their outer layer's name before a slash. */
export const outerLayer = (layer: string): string => layer.split('/')[0]!;
