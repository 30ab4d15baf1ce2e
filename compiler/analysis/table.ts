// The table that `check` prints: one row for each layer as written, with what its expansion costs.
import type { Span } from '../../dsl/span.ts';
import type { ShapedModel } from '../graph/model.ts';
import type { AxisRecord, Shape } from '../operators/operator.ts';
import { expand } from '../passes/expand.ts';
import { translate } from '../passes/translate.ts';
import { computeSteps } from '../passes/usage.ts';
import { multiplyAccumulates, parametersOf } from './cost.ts';
import { ReceptiveFields } from './receptive-field.ts';

export interface LayerRow {
  readonly layer: string;
  readonly operator: string;
  readonly origin: Span;
  readonly output: Shape;
  /** Padding as resolved, one record per spatial axis, with the rule it came from; empty for layers without windows. */
  readonly axes: readonly AxisRecord[];
  readonly parameters: number;
  readonly multiplyAccumulates: number;
  /** Elements of the first input, by its axes, that one output element can see; absent where it sees none. */
  readonly receptiveField?: readonly number[];
}

export interface LayerTable {
  readonly model: string;
  readonly inputs: readonly { readonly name: string; readonly shape: Shape }[];
  readonly outputs: readonly { readonly name: string; readonly shape: Shape }[];
  readonly rows: readonly LayerRow[];
  readonly parameters: number;
  readonly multiplyAccumulates: number;
}

export function layerTable(model: ShapedModel): LayerTable {
  const program = translate(expand(model));
  const costs = new Map<string, number>();
  for (const { expression, origins } of program.steps.flatMap(computeSteps)) {
    const layer = outerLayer(origins[0]!.layer);
    costs.set(layer, (costs.get(layer) ?? 0) + multiplyAccumulates(expression));
  }
  const fields = new ReceptiveFields(program);
  const rows = model.graph.nodes.map((node): LayerRow => {
    const field = fields.size(node.id);
    return {
      layer: node.id,
      operator: node.operator.name,
      origin: node.origin,
      output: node.inference.output,
      axes: node.inference.axes,
      parameters: parametersOf(node),
      multiplyAccumulates: costs.get(node.id) ?? 0,
      ...(field && { receptiveField: field }),
    };
  });
  const shapeOf = (value: string): Shape => program.values.get(value)!.shape;
  return {
    model: model.name,
    inputs: model.inputs.map(({ name, shape }) => ({ name, shape })),
    outputs: model.outputs.map(({ name, value }) => ({ name, shape: shapeOf(value) })),
    rows,
    parameters: rows.reduce((sum, row) => sum + row.parameters, 0),
    multiplyAccumulates: rows.reduce((sum, row) => sum + row.multiplyAccumulates, 0),
  };
}

/** Inner layers of an expansion carry their outer layer's name before a slash. */
export const outerLayer = (layer: string): string => layer.split('/')[0]!;
