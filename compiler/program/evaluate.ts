// A program evaluated as it reads: no schedule, no arena.
import { Affine } from '../algebra/affine.ts';
import { emptyTensor, evaluate, type Tensor } from '../algebra/evaluate.ts';
import { type Axis, substituteAxes, type TensorExpression } from '../algebra/expression.ts';
import type { Program } from './program.ts';

export type Inputs = Readonly<Record<string, Float32Array>>;

/** A program at any stage: first its preparation, then its steps. */
export function evaluateProgram(
  program: Program,
  weights: ReadonlyMap<string, Tensor>,
  inputs: Inputs,
): ReadonlyMap<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  for (const value of program.values.values()) {
    const { id, shape } = value;
    if (value.role === 'input') tensors.set(id, { shape, data: inputs[id] ?? absent(id) });
    // An expansion may see a weight under another shape of as many elements.
    else if (value.role === 'weight') tensors.set(id, { shape, data: (weights.get(id) ?? absent(id)).data });
    else if (value.role === 'constant') tensors.set(id, { shape, data: Float32Array.from(value.data) });
    else tensors.set(id, emptyTensor(shape));
  }
  for (const step of [...program.preparation, ...program.steps]) {
    if (step.kind === 'alias') tensors.get(step.target)!.data.set(tensors.get(step.source)!.data);
    else if (step.kind === 'compute') evaluate(step.expression, tensors);
    else
      evaluateTurns(
        step.axis,
        step.steps.map(({ expression }) => expression),
        tensors,
      );
  }
  return tensors;
}

/** Expressions together, with the axis at each of its values in turn. */
export function evaluateTurns(
  { name, extent }: Axis,
  expressions: readonly TensorExpression[],
  tensors: ReadonlyMap<string, Tensor>,
): void {
  for (let turn = 0; turn < extent; turn++) {
    const at = new Map([[name, Affine.constant(turn)]]);
    for (const expression of expressions) evaluate(substituteAxes(expression, at), tensors);
  }
}

function absent(name: string): never {
  throw new Error(`no tensor ${name}`);
}
