// The meaning of a model, evaluated as it reads: no lowering, no schedule, no arena. What compiled modules are held to.
import type { Tensor } from '../algebra/evaluate.ts';
import type { ShapedModel } from '../graph/model.ts';
import { programOf } from '../passes/translate.ts';
import type { WeightTensors } from '../plan/weights.ts';
import { evaluateProgram, type Inputs } from '../program/evaluate.ts';

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
): ReadonlyMap<string, Tensor> => evaluateProgram(programOf(model), weights, inputs);

/** The results by name. */
export function evaluateOutputs(
  model: ShapedModel,
  weights: WeightTensors,
  inputs: Inputs,
): Record<string, Float32Array> {
  const tensors = evaluateModel(model, weights, inputs);
  return Object.fromEntries(model.outputs.map(({ name, value }) => [name, tensors.get(value)!.data]));
}
