// A model that runs in this process, around an engine that a backend made: the checks and copies of the emitted shell,
// done by interpretation.
import { checkTensors, type TensorDescription } from '../../../runtime/tensors.ts';
import type { Plan, PlannedTensor } from '../../plan/plan.ts';
import { sizeOf } from '../../tensor.ts';
import type { Instance } from '../target.ts';
import { type CopyLoop, type CopyNest, copyNests } from './copy.ts';
import type { LiveEngine } from './engine.ts';

/**
 * @param weights the stored part of the weights memory; copied into the engine's
 * @param content what the arena is filled with
 */
export function createInstance(plan: Plan, engine: LiveEngine, weights: Uint8Array, content = 0): Instance {
  if (weights.length !== plan.weights.storedBytes) {
    throw new Error(`${weights.length} bytes of weights for a plan of ${plan.weights.storedBytes}`);
  }
  engine.weights.set(weights);
  if (content !== 0) engine.arena.fill(content);
  engine.setup?.();
  const inputs = describe(plan.inputs);
  const outputs = describe(plan.outputs);
  const copiesIn = plan.inputs.map(({ name, shape, view }) => ({ name, nests: copyNests(shape, view) }));
  const copiesOut = plan.outputs.map(({ name, shape, view }) => ({ name, nests: copyNests(shape, view) }));
  const { arena } = engine;
  return {
    run(given, wanted = emptyTensors(plan.outputs)) {
      checkTensors('input', given, inputs);
      checkTensors('output', wanted, outputs);
      for (const { name, nests } of copiesIn) for (const nest of nests) copyIn(nest, given[name]!, arena);
      engine.compute();
      for (const { name, nests } of copiesOut) for (const nest of nests) copyOut(nest, arena, wanted[name]!);
      return wanted;
    },
  };
}

const describe = (tensors: readonly PlannedTensor[]): Readonly<Record<string, TensorDescription>> =>
  Object.fromEntries(tensors.map(({ name, shape }) => [name, { shape, length: sizeOf(shape) }]));

const emptyTensors = (tensors: readonly PlannedTensor[]): Record<string, Float32Array> =>
  Object.fromEntries(tensors.map(({ name, shape }) => [name, new Float32Array(sizeOf(shape))]));

function copyIn(nest: CopyNest, tensor: Float32Array, arena: Float32Array): void {
  visitRows(nest, (window, start, row) => {
    for (let n = 0; n < row.extent; n++) arena[window + n * row.window] = tensor[start + n * row.tensor]!;
  });
}

function copyOut(nest: CopyNest, arena: Float32Array, tensor: Float32Array): void {
  visitRows(nest, (window, start, row) => {
    for (let n = 0; n < row.extent; n++) tensor[start + n * row.tensor] = arena[window + n * row.window]!;
  });
}

/** Calls for each iteration of all loops but the innermost, which is the row. */
function visitRows(
  { window, tensor, loops }: CopyNest,
  visit: (window: number, tensor: number, row: CopyLoop) => void,
): void {
  const [loop = single, ...inner] = loops;
  if (inner.length === 0) {
    visit(window, tensor, loop);
    return;
  }
  for (let turn = 0; turn < loop.extent; turn++) {
    visitRows({ window: window + turn * loop.window, tensor: tensor + turn * loop.tensor, loops: inner }, visit);
  }
}

const single: CopyLoop = { extent: 1, window: 1, tensor: 1 };
