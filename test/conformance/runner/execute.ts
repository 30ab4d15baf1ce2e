// Compiles a model and runs it: the one place where the runner meets the compiler.
import type { Tensor } from '../../../compiler/algebra/evaluate.ts';
import { evaluateModel } from '../../../compiler/analysis/reference.ts';
import { compileModel } from '../../../compiler/compile.ts';
import type { ShapedModel, WrittenModel } from '../../../compiler/graph/model.ts';
import { infer } from '../../../compiler/passes/infer.ts';
import { bindWeights, type WeightTensors } from '../../../compiler/plan/weights.ts';
import { loadBackend } from '../../../compiler/targets/index.ts';
import type { Backend } from '../../../compiler/targets/target.ts';
import { type Problem, type Result, success } from '../../../dsl/problem.ts';
import type { Dense } from './case.ts';

/** `reference` evaluates the model as it reads: the oracle, to tell an operator's slip from the compiler's. */
export type Target = 'reference' | 'ts' | 'wasm';

type Inputs = ReadonlyMap<string, Dense>;
type Outputs = ReadonlyMap<string, Dense>;

/** Runs a model on one set of inputs after the other. */
export type Executor = (model: WrittenModel, weights: Inputs, runs: readonly Inputs[]) => Result<readonly Outputs[]>;

export async function loadTarget(target: Target): Promise<Executor> {
  if (target === 'reference') return reference;
  const backend = await loadBackend(target);
  return (model, weights, runs) => compiled(backend, model, weights, runs);
}

/** Shapes alone. */
export const check = (model: WrittenModel): Result<ShapedModel> => infer.run(model);

/** Whether every layer's weights are there, in their shapes. */
export function weightProblems(model: ShapedModel, weights: Inputs): readonly Problem[] {
  const given = [...weights].map(([name, { shape }]) => [name, { shape, data: new Float32Array(0) }] as const);
  return bindWeights(model, new Map(given), undefined).problems;
}

function compiled(
  backend: Backend,
  model: WrittenModel,
  weights: Inputs,
  runs: readonly Inputs[],
): Result<readonly Outputs[]> {
  const shaped = infer.run(model);
  if (!shaped.ok) return shaped;
  const result = compileModel(shaped.value, backend, { weights: tensorsOf(weights), sourceHash: 'case' });
  if (!result.ok) return result;
  const instance = result.value.instantiate();
  return success(runs.map((inputs) => namedOutputs(shaped.value, instance.run(numbersOf(inputs)))));
}

function reference(model: WrittenModel, weights: Inputs, runs: readonly Inputs[]): Result<readonly Outputs[]> {
  const shaped = infer.run(model);
  if (!shaped.ok) return shaped;
  const bound = bindWeights(shaped.value, tensorsOf(weights), undefined);
  if (!bound.ok) return bound;
  return success(
    runs.map((inputs) => {
      const tensors = evaluateModel(shaped.value, bound.value, numbersOf(inputs));
      return new Map(shaped.value.outputs.map(({ name, value }) => [name, tensors.get(value)!]));
    }),
  );
}

const tensorsOf = (tensors: Inputs): WeightTensors =>
  new Map([...tensors].filter((entry): entry is [string, Tensor] => entry[1].data !== undefined));

const numbersOf = (inputs: Inputs): Record<string, Float32Array> =>
  Object.fromEntries([...inputs].map(([name, { data }]) => [name, data!]));

function namedOutputs(model: ShapedModel, data: Record<string, Float32Array>): Outputs {
  return new Map(
    model.outputs.map(({ name, value }) => {
      const node = model.graph.node(value);
      const shape = node ? node.inference.output : model.inputs.find((input) => input.name === value)!.shape;
      return [name, { shape, data: data[name]! }];
    }),
  );
}
