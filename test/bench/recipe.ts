// A network as plain data that peers run without our compiler: layers in order, batch normalisation folded into the
// convolution before it and relu fused, as their own converters do it.
import type { Tensor } from '../../compiler/algebra/evaluate.ts';
import type { ShapedModel, ShapedNode } from '../../compiler/graph/model.ts';
import type { WeightTensors } from '../../compiler/plan/weights.ts';

export interface RecipeAxis {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
  readonly after: number;
  readonly input: number;
  readonly output: number;
}

export interface RecipeLayer {
  readonly id: string;
  readonly operator: string;
  readonly operands: readonly string[];
  readonly axes: readonly RecipeAxis[];
  readonly output: readonly number[];
  readonly weights: Readonly<Record<string, { readonly shape: readonly number[]; readonly start: number }>>;
  readonly activation?: 'relu' | 'relu6';
  readonly epsilon?: number;
}

export interface Recipe {
  readonly input: { readonly name: string; readonly shape: readonly number[] };
  readonly layers: readonly RecipeLayer[];
  readonly output: string;
  /** All weights, one after the other. */
  readonly numbers: Float32Array;
}

interface Draft {
  readonly layer: Omit<RecipeLayer, 'weights'>;
  readonly weights: Readonly<Record<string, Tensor>>;
}

const weighted = new Set(['conv', 'depthwiseConv', 'convTranspose', 'dense']);

export function writeRecipe(model: ShapedModel, bound: WeightTensors): Recipe {
  const drafts: Draft[] = [];
  const madeBy = new Map<string, string>();
  for (const node of model.graph.nodes) {
    const operands = node.operands.map((operand) => madeBy.get(operand) ?? operand);
    const before = drafts.findIndex(({ layer }) => layer.id === operands[0]);
    const only = model.graph.consumers(node.operands[0]!).length === 1;
    const fused = only && before >= 0 ? fuse(drafts[before]!, node, bound) : undefined;
    if (fused) drafts[before] = fused;
    else drafts.push(draft(node, operands, bound));
    madeBy.set(node.id, fused ? fused.layer.id : node.id);
  }
  const { name, shape } = model.inputs[0]!;
  const value = model.outputs[0]!.value;
  return { input: { name, shape }, output: madeBy.get(value) ?? value, ...gather(drafts) };
}

function draft(node: ShapedNode, operands: readonly string[], bound: WeightTensors): Draft {
  const { axes, output } = node.inference;
  const { epsilon } = node.arguments;
  const layer = { id: node.id, operator: node.operator.name, operands, axes, output };
  return {
    layer: typeof epsilon === 'number' ? { ...layer, epsilon } : layer,
    weights: Object.fromEntries([...node.weightNames].map(([weight, full]) => [weight, bound.get(full)!])),
  };
}

/** `conv; batchNorm` is a convolution with other weights; `conv; relu` is one call. */
function fuse({ layer, weights }: Draft, node: ShapedNode, bound: WeightTensors): Draft | undefined {
  if (!weighted.has(layer.operator) || layer.activation) return undefined;
  const name = node.operator.name;
  if (name === 'relu' || name === 'relu6') {
    return layer.operator === 'convTranspose' ? undefined : { layer: { ...layer, activation: name }, weights };
  }
  return name === 'batchNorm' ? { layer, weights: folded(layer, weights, draft(node, [], bound)) } : undefined;
}

function folded(layer: Draft['layer'], weights: Draft['weights'], norm: Draft): Draft['weights'] {
  const kernel = weights.kernel!;
  const filters = layer.output.at(-1)!;
  const { gamma, beta, mean, variance } = norm.weights;
  const scale = Float32Array.from(
    { length: filters },
    (_, f) => (gamma?.data[f] ?? 1) / Math.sqrt(variance!.data[f]! + norm.layer.epsilon!),
  );
  // A transposed convolution's kernel has its inputs last, all others their outputs.
  const inputs = layer.operator === 'convTranspose' ? kernel.shape.at(-1)! : 1;
  const data = kernel.data.map((value, n) => value * scale[Math.floor(n / inputs) % filters]!);
  const bias = scale.map(
    (factor, f) => ((weights.bias?.data[f] ?? 0) - mean!.data[f]!) * factor + (beta?.data[f] ?? 0),
  );
  return { kernel: { shape: kernel.shape, data }, bias: { shape: [filters], data: bias } };
}

function gather(drafts: readonly Draft[]): Pick<Recipe, 'layers' | 'numbers'> {
  let length = 0;
  const all: Float32Array[] = [];
  const layers = drafts.map(({ layer, weights }): RecipeLayer => {
    const places = Object.entries(weights).map(([name, { shape, data }]) => {
      const start = length;
      all.push(data);
      length += data.length;
      return [name, { shape, start }] as const;
    });
    return { ...layer, weights: Object.fromEntries(places) };
  });
  const numbers = new Float32Array(length);
  let at = 0;
  for (const data of all) {
    numbers.set(data, at);
    at += data.length;
  }
  return { layers, numbers };
}
