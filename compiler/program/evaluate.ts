// The meaning of a model, evaluated as it reads: no lowering, no schedule, no arena. What compiled modules are held to.
import { Affine } from '../algebra/affine.ts';
import { emptyTensor, evaluate, type Tensor } from '../algebra/evaluate.ts';
import { type Axis, substituteAxes, type TensorExpression } from '../algebra/expression.ts';
import type { ShapedModel } from '../graph/model.ts';
import { expand } from '../passes/expand.ts';
import { translate } from '../passes/translate.ts';
import type { WeightTensors } from '../plan/weights.ts';
import type { Program } from './program.ts';

type Inputs = Readonly<Record<string, Float32Array>>;

/**
 * Every value of a run by name: inputs, layers and what they are made of. Sums run in double precision, each layer's result
 * is rounded to float32 once.
 * @param weights as bound to the model, by full name
 * @param inputs row-major, channels last, of the model's sizes
 */
export const evaluateModel = (
  model: ShapedModel,
  weights: WeightTensors,
  inputs: Inputs,
): ReadonlyMap<string, Tensor> => evaluateProgram(translate(expand(model)), weights, inputs);

/** The results by name. */
export function evaluateOutputs(
  model: ShapedModel,
  weights: WeightTensors,
  inputs: Inputs,
): Record<string, Float32Array> {
  const tensors = evaluateModel(model, weights, inputs);
  return Object.fromEntries(model.outputs.map(({ name, value }) => [name, tensors.get(value)!.data]));
}

/** A program at any stage: first its preparation, then its steps. */
export function evaluateProgram(program: Program, weights: WeightTensors, inputs: Inputs): ReadonlyMap<string, Tensor> {
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
