// Networks as ONNX models: the way back from `import.ts`. Values become [1, channels, space…], and a batch of one.
import { error, failure, type Problem, type Result, success } from '../../../dsl/problem.ts';
import { type ShapedModel, type ShapedNode, shapeOf } from '../../graph/model.ts';
import type { Shape } from '../../tensor.ts';
import { Names } from '../importing/names.ts';
import { Refusal } from '../importing/refusal.ts';
import type { WeightData } from '../importing/values.ts';
import { type GraphParts, LayerWriter } from './layer-writer.ts';
import { mappings, withoutTwin } from './mappings/index.ts';
import type { OnnxModel, OnnxNode, OnnxValue } from './model.ts';
import { floatDataType } from './tensor.ts';

/** The operator set that is written; every runtime since 2024 reads it. */
const operatorSet = 21;
const irVersion = 10;

/**
 * The model as ONNX, its weights inside. The same model gives the same bytes. Problems: `onnx/export` for each layer that
 * ONNX cannot say.
 *
 * @param weights every tensor of the model, by full name
 */
export function exportModel(model: ShapedModel, weights: ReadonlyMap<string, WeightData>): Result<OnnxModel> {
  const names = new Names([]);
  const values = new Map(model.inputs.map(({ name }) => [name, names.claim(name)]));
  // An output's name goes to the layer that makes it; of several for one value the others are copies.
  const resultNames = model.outputs.map(({ name }) => names.claim(name));
  const parts: GraphParts = { nodes: [], initializers: [], names, nodeNames: new Names([]) };
  const problems: Problem[] = [];
  for (const layer of model.graph.nodes) {
    const output = model.outputs.findIndex(({ value }) => value === layer.id);
    const name = output >= 0 ? resultNames[output]! : names.claim(layer.id);
    values.set(layer.id, name);
    const refusal = exportLayer(layer, name, values, weights, parts);
    if (refusal)
      problems.push(
        error(`onnx/${refusal.kind}`, `${layer.id} (${layer.operator.name}) ${refusal.message}`, layer.origin),
      );
  }
  if (problems.length > 0) return failure(problems);
  model.outputs.forEach(({ value }, n) => {
    const name = resultNames[n]!;
    if (values.get(value) !== name) parts.nodes.push(copyNode(values.get(value)!, name));
  });
  return success({
    irVersion,
    operatorSets: [{ domain: '', version: operatorSet }],
    producerName: 'atrous',
    producerVersion: '',
    domain: '',
    modelVersion: 0,
    documentation: model.documentation,
    metadata: [],
    graph: {
      nodes: parts.nodes,
      name: model.name,
      initializers: parts.initializers,
      documentation: '',
      inputs: model.inputs.map(({ name, shape }) => tensorValue(values.get(name)!, shape)),
      outputs: model.outputs.map(({ value }, n) => tensorValue(resultNames[n]!, shapeOf(model, value))),
      values: [],
    },
  });
}

/** Adds the layer's nodes, the last of which makes the value called `name`. */
function exportLayer(
  layer: ShapedNode,
  name: string,
  values: ReadonlyMap<string, string>,
  weights: ReadonlyMap<string, WeightData>,
  parts: GraphParts,
): Refusal | undefined {
  const write = mappings.get(layer.operator)?.exports;
  if (!write)
    return new Refusal(
      withoutTwin.get(layer.operator) ?? 'is an operator that ONNX does not have',
      undefined,
      'export',
    );
  const operands = layer.operands.map((operand) => values.get(operand)!);
  const writer = new LayerWriter(layer, operands, weights, parts);
  try {
    rename(write(writer), name, parts.nodes);
    return undefined;
  } catch (refusal) {
    if (refusal instanceof Refusal) return refusal;
    throw refusal;
  }
}

/** The node that makes `value` makes `name` instead; what no node makes is copied. */
function rename(value: string, name: string, nodes: OnnxNode[]): void {
  const at = nodes.findLastIndex((node) => node.outputs[0] === value);
  const isOwn = at === nodes.length - 1 && at >= 0;
  if (isOwn) nodes[at] = { ...nodes[at]!, outputs: [name] };
  else nodes.push(copyNode(value, name));
}

const copyNode = (from: string, to: string): OnnxNode => ({
  inputs: [from],
  outputs: [to],
  name: '',
  operator: 'Identity',
  attributes: [],
  documentation: '',
  domain: '',
});

const tensorValue = (name: string, shape: Shape): OnnxValue => ({
  name,
  documentation: '',
  type: {
    tensor: {
      elementType: floatDataType,
      shape: {
        dimensions: [1, shape.at(-1)!, ...shape.slice(0, -1)].map((size, axis) => ({
          size,
          denotation: ['DATA_BATCH', 'DATA_CHANNEL'][axis] ?? 'DATA_FEATURE',
        })),
      },
    },
  },
});
