// Compiles a model and runs it: the one place where the runner meets the compiler.
import { emptyTensor, evaluate, type Tensor } from '../../../compiler/algebra/evaluate.ts';
import type { ShapedModel, WrittenModel } from '../../../compiler/graph/model.ts';
import { expand } from '../../../compiler/passes/expand.ts';
import { infer } from '../../../compiler/passes/infer.ts';
import { translate } from '../../../compiler/passes/translate.ts';
import type { Program } from '../../../compiler/program.ts';
import { error, failure, type Problem, type Result, success } from '../../../dsl/problem.ts';
import type { Dense } from './case.ts';

export type Target = 'reference' | 'ts' | 'wasm';

export interface Executable {
  /** Inputs by name in, outputs by name out. */
  run(inputs: ReadonlyMap<string, Dense>): ReadonlyMap<string, Dense>;
}

/** Shapes alone. */
export const check = (model: WrittenModel): Result<ShapedModel> => infer(model);

export function compileModel(
  model: WrittenModel,
  weights: ReadonlyMap<string, Dense>,
  _target: Target,
): Result<Executable> {
  const shaped = infer(model);
  if (!shaped.ok) return shaped;
  const problems = weightProblems(shaped.value, weights);
  if (problems.length > 0) return failure(problems);
  const program = translate(expand(shaped.value));
  return success({ run: (inputs) => interpret(program, weights, inputs) });
}

/** Every layer's weights are there, in their shapes. */
export function weightProblems(model: ShapedModel, weights: ReadonlyMap<string, Dense>): Problem[] {
  return model.graph.nodes.flatMap((node) =>
    node.inference.weights.flatMap(({ name, shape }) => {
      const given = weights.get(node.weightNames.get(name)!);
      if (given && given.shape.join() === shape.join()) return [];
      const message = `${node.id} wants ${name} of [${shape.join(', ')}], here is ${given ? `[${given.shape.join(', ')}]` : 'none'}`;
      return [error('weights/shape', message)];
    }),
  );
}

function interpret(
  program: Program,
  weights: ReadonlyMap<string, Dense>,
  inputs: ReadonlyMap<string, Dense>,
): ReadonlyMap<string, Dense> {
  const tensors = new Map<string, Tensor>();
  for (const value of program.values.values()) {
    const stated =
      value.role === 'input' ? inputs.get(value.id) : value.role === 'weight' ? weights.get(value.id) : undefined;
    if (stated?.data) tensors.set(value.id, { shape: value.shape, data: stated.data });
    else if (value.role === 'constant')
      tensors.set(value.id, { shape: value.shape, data: Float32Array.from(value.data) });
    else tensors.set(value.id, emptyTensor(value.shape));
  }
  for (const step of program.steps) {
    if (step.kind === 'compute') evaluate(step.expression, tensors);
    else if (step.kind === 'alias') tensors.get(step.target)!.data.set(tensors.get(step.source)!.data);
  }
  return new Map(program.outputs.map(({ name, value }) => [name, tensors.get(value)!]));
}
