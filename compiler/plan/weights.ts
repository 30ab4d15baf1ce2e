// Weights: from a file's tensors or a seeded start to what the run needs, in the layout that the plan asks for.
import { error, failure, type Problem, type Result, success } from '../../dsl/problem.ts';
import { suggest } from '../../dsl/suggest.ts';
import { emptyTensor, evaluate, type Tensor } from '../algebra/evaluate.ts';
import { evaluateProducts } from '../algebra/evaluate-products.ts';
import { generator, hash } from '../algebra/pseudo-random.ts';
import type { ShapedModel } from '../graph/model.ts';
import type { WeightSpecification } from '../operators/operator.ts';
import type { Program } from '../program/program.ts';
import { showShape } from '../tensor.ts';
import { elementsIn, narrowed, widened } from '../tiler/elements.ts';
import { elementOf } from '../tiler/loop.ts';
import type { View } from '../tiler/view.ts';
import type { Plan } from './plan.ts';

/** `--init he --seed 1`: explicit, and the same numbers everywhere. */
export interface Initialisation {
  readonly scheme: 'he';
  readonly seed: number;
}

export type WeightTensors = ReadonlyMap<string, Tensor>;

/** The tensors a model needs, by full name. */
export function weightSpecifications(model: ShapedModel): Map<string, WeightSpecification> {
  const nodes = model.graph.nodes;
  return new Map(
    nodes.flatMap((node) =>
      node.inference.weights.map((weight) => [node.weightNames.get(weight.name)!, weight] as const),
    ),
  );
}

/** Fits given tensors to the model: each missing, extra or misshapen one is a problem that names it. */
export function bindWeights(
  model: ShapedModel,
  given: WeightTensors | undefined,
  init: Initialisation | undefined,
  fileName = 'weights',
): Result<WeightTensors> {
  const wanted = weightSpecifications(model);
  const trained = [...wanted].filter(([, { literal }]) => literal === undefined);
  if (!given && !init && trained.length > 0) return failure([noWeights(model, trained)]);
  const problems: Problem[] = [];
  const bound = new Map<string, Tensor>();
  for (const [name, specification] of wanted) {
    const tensor = given?.get(name);
    if (specification.literal)
      bound.set(name, { shape: specification.shape, data: Float32Array.from(specification.literal) });
    else if (tensor && tensor.shape.join() === specification.shape.join()) bound.set(name, tensor);
    else if (tensor) problems.push(misshapen(fileName, name, tensor.shape, specification.shape));
    else if (init) bound.set(name, initialise(name, specification, init));
    else
      problems.push(
        missing(
          fileName,
          name,
          specification,
          [...(given?.keys() ?? [])].filter((key) => !wanted.has(key)),
        ),
      );
  }
  for (const name of given?.keys() ?? []) {
    if (!wanted.has(name)) problems.push(extra(fileName, name, [...wanted.keys()]));
    else if (wanted.get(name)!.literal)
      problems.push(
        error('weights/literal', `${name} stands in the source and in ${fileName}`, undefined, {
          notes: ['keep one of them'],
        }),
      );
  }
  return problems.length > 0 ? failure(problems) : success(bound);
}

function noWeights(model: ShapedModel, trained: readonly (readonly [string, WeightSpecification])[]): Problem {
  const names = trained.slice(0, 3).map(([name, { shape }]) => `${name} ${showShape(shape)}`);
  const more = trained.length > 3 ? ` and ${trained.length - 3} more` : '';
  return error(
    'weights/none',
    `model ${model.name} has ${trained.length} trained tensors and no weights were given`,
    undefined,
    {
      notes: [
        `it needs ${names.join(', ')}${more}`,
        'give a safetensors file, name it in the model (weights "file.safetensors"), or ask for random ones (--init he)',
      ],
    },
  );
}

const misshapen = (file: string, name: string, found: readonly number[], expected: readonly number[]): Problem =>
  error('weights/shape', `${name} in ${file} is ${showShape(found)}, the model needs ${showShape(expected)}`);

function missing(file: string, name: string, { shape }: WeightSpecification, unused: readonly string[]): Problem {
  const similar = suggest(name, unused);
  const notes = similar ? [`the file has ${similar}, which the model does not use`] : [];
  return error(
    'weights/missing',
    `${file} has no tensor ${name}, which the model needs as ${showShape(shape)}`,
    undefined,
    { notes },
  );
}

function extra(file: string, name: string, wanted: readonly string[]): Problem {
  const similar = suggest(name, wanted);
  const notes = similar
    ? [`did you mean ${similar}?`]
    : ['remove it from the file, or name the layer that should own it'];
  return error('weights/extra', `${file} has a tensor ${name}, which the model does not have`, undefined, { notes });
}

function initialise(name: string, { shape, fill, fanIn }: WeightSpecification, { seed }: Initialisation): Tensor {
  const tensor = emptyTensor(shape);
  if (fill !== 'he') return { shape, data: tensor.data.fill(fill === 'one' ? 1 : 0) };
  const random = generator(hash(`${seed}:${name}`));
  // K. He et al., "Delving Deep into Rectifiers" (2015): variance 2 / fan-in.
  const deviation = Math.sqrt(2 / (fanIn ?? 1));
  for (let at = 0; at < tensor.data.length; at++) tensor.data[at] = deviation * normal(random);
  return tensor;
}

/** Box–Muller. */
const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Runs a program's preparation: everything known at build time, by value. */
export function runPreparation(program: Program, weights: WeightTensors): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  for (const value of program.values.values()) {
    if (value.role === 'constant') tensors.set(value.id, { shape: value.shape, data: Float32Array.from(value.data) });
    // An expansion may see a weight under another shape of as many elements.
    if (value.role === 'weight')
      tensors.set(value.id, { shape: value.shape, data: (weights.get(value.id) ?? absent(value.id)).data });
  }
  for (const { expression } of program.preparation) {
    const { tensor } = expression.target;
    if (!tensors.has(tensor)) tensors.set(tensor, emptyTensor(program.values.get(tensor)!.shape));
    if (!evaluateProducts(expression, tensors)) evaluate(expression, tensors);
  }
  return tensors;
}

/** A stored number that its element cannot hold: `weights/range`. */
export function rangeProblem(
  { tensors: planned }: Plan['weights'],
  tensors: ReadonlyMap<string, Tensor>,
): Problem | undefined {
  for (const { name, view } of planned) {
    const element = elementOf(view);
    const isBeyond = (value: number): boolean =>
      Number.isFinite(value) && !Number.isFinite(widened(narrowed(value, element), element));
    const beyond = element === 'f16' && tensors.get(name)!.data.find(isBeyond);
    if (typeof beyond !== 'number') continue;
    return error('weights/range', `${name} has a weight of ${beyond}, half precision ends at 65504`, undefined, {
      notes: ['store the weights as they are, or as 8-bit integers, which have a scale for each output channel'],
    });
  }
  return undefined;
}

/** The stored part of the weights memory: each tensor laid out by its view, rounded to its element. */
export function layOutWeights(
  { storedBytes, tensors: planned }: Plan['weights'],
  tensors: ReadonlyMap<string, Tensor>,
): Uint8Array {
  const memory = new Uint8Array(storedBytes);
  for (const { name, shape, view } of planned) copyInto(memory, view, shape, tensors.get(name)?.data ?? absent(name));
  return memory;
}

function copyInto(memory: Uint8Array, view: View, shape: readonly number[], data: Float32Array): void {
  const { base, axes } = view;
  const element = elementOf(view);
  const elements = elementsIn(memory, element);
  const offsets = axes.map(({ stride, block }, n) =>
    Int32Array.from({ length: shape[n]! }, (_, at) =>
      block ? Math.floor(at / block) * stride + (at % block) : at * stride,
    ),
  );
  let next = 0;
  const visit = (axis: number, offset: number): void => {
    const list = offsets[axis]!;
    if (axis === offsets.length - 1)
      for (let at = 0; at < list.length; at++) elements[offset + list[at]!] = narrowed(data[next++]!, element);
    else for (let at = 0; at < list.length; at++) visit(axis + 1, offset + list[at]!);
  };
  if (offsets.length === 0) elements[base] = narrowed(data[0]!, element);
  else visit(0, base);
}

function absent(name: string): never {
  throw new Error(`no tensor ${name}`);
}
