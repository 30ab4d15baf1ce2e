// Layers that read known numbers only are known numbers themselves: they are evaluated as they read, and leave the network.
//
//   constant(w) → reduceL2 → div(w, it)        becomes        the numbers of w / ‖w‖

import { evaluateModel } from '../../analysis/reference.ts';
import { Graph } from '../../graph/graph.ts';
import type { ShapedModel } from '../../graph/model.ts';
import { isRepetition } from '../../operators/operator.ts';
import { shapedNode } from '../../passes/infer.ts';
import { sizeOf } from '../../tensor.ts';
import { toForeign } from './border.ts';
import { constantOf } from './constants.ts';
import type { ImportedLayer, Importer } from './importer.ts';
import type { ConstantValue, ImportedValue, LayerValue } from './values.ts';

/** Evaluation is slow: what takes more steps than this is left to the network. */
const mostSteps = 1 << 24;
/** Whole numbers up to here are exact in float32. */
const mostExact = 2 ** 24;

/**
 * The results of one part of an import, whose layers begin at `start` and read no value from before: as known numbers, the
 * layers taken away again. As they are, where that would take too long, or would not be exact.
 *
 * @param whole whether the numbers that went in are integers: then those that come out are
 */
export function asKnown(
  importer: Importer,
  start: number,
  results: readonly ImportedValue[],
  whole: boolean,
): readonly ImportedValue[] {
  const layers = importer.layers.slice(start);
  const steps = layers.reduce((sum, layer) => sum + stepsOf(layer), 0);
  if (layers.length === 0 || steps > mostSteps) return results;
  if (whole && layers.some(({ weights }) => Object.values(weights).some(({ data }) => !isExact(data)))) return results;
  const tensors = evaluateLayers(layers);
  const known = results.map((value) =>
    value.kind === 'layer' ? knownValue(importer, value, tensors.get(value.id)!.data, whole) : value,
  );
  if (whole && known.some((value) => value.kind === 'constant' && !isExact(value.data))) return results;
  importer.layers.splice(start);
  return known;
}

const isExact = (data: ArrayLike<number>): boolean =>
  Array.from(data).every((number) => Number.isInteger(number) && Math.abs(number) <= mostExact);

function knownValue(importer: Importer, value: LayerValue, data: Float32Array, whole: boolean): ConstantValue {
  const dims = importer.dims(value);
  const ordered = toForeign([data], { dims, shape: value.shape, layout: value.layout });
  return constantOf(dims, whole ? Float64Array.from(ordered) : ordered);
}

/** The results by the layers' ids; every operand is a layer among them. */
function evaluateLayers(layers: readonly ImportedLayer[]) {
  const shapes = new Map(layers.map(({ id, shape }) => [id, shape]));
  const nodes = layers.map(({ id, operator, values, operands, inference }) => {
    const written = {
      id,
      operator,
      arguments: values,
      operands,
      origin: nowhere,
      argumentSpans: new Map(),
      assertions: [],
    };
    return shapedNode(
      written,
      operands.map((operand) => shapes.get(operand)!),
      inference,
    );
  });
  const outputs = layers.map(({ id }) => ({ name: id, value: id, span: nowhere }));
  const model: ShapedModel = { name: 'known', documentation: '', inputs: [], outputs, graph: new Graph([], nodes) };
  const weights = layers.flatMap(({ id, weights }) =>
    Object.entries(weights).map(([name, weight]) => [`${id}.${name}`, weight] as const),
  );
  return evaluateModel(model, new Map(weights), {});
}

const nowhere = { source: { file: '', text: '' }, start: 0, end: 0 };

/** How many products and sums its expressions make; layers that abbreviate others are not evaluated. */
function stepsOf({ inference: { meaning, output } }: ImportedLayer): number {
  if (meaning.kind === 'alias') return 0;
  if (meaning.kind === 'expansion') return Number.POSITIVE_INFINITY;
  return meaning.statements.reduce((sum, statement) => {
    const expressions = isRepetition(statement) ? statement.statements : [statement];
    const turns = isRepetition(statement) ? statement.repeat.extent : 1;
    const each = expressions.map(({ axes }) => sizeOf(axes.map(({ extent }) => extent)));
    return sum + turns * each.reduce((total, count) => total + count, 0);
  }, sizeOf(output));
}
