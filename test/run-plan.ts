// Executes a plan with the loop IR's interpreter: the definition of what every backend must do.

import type { Plan } from '../compiler/plan/plan.ts';
import { interpretCall, type Precision } from '../compiler/tiler/interpret.ts';
import type { View } from '../compiler/tiler/view.ts';

export function runPlan(
  plan: Plan,
  stored: Uint8Array,
  inputs: Readonly<Record<string, Float32Array>>,
  precision: Precision,
): Record<string, Float32Array> {
  const arena = new Float32Array(plan.arena);
  for (const { name, shape, view } of plan.inputs) {
    for (const [at, offset] of offsets(view, shape).entries()) arena[offset] = inputs[name]![at]!;
  }
  const weights = new Uint8Array(plan.weights.bytes);
  weights.set(stored);
  for (const call of [...plan.setup, ...plan.invocations]) interpretCall(call, { arena, weights }, precision);
  return Object.fromEntries(
    plan.outputs.map(({ name, shape, view }) => [
      name,
      Float32Array.from(offsets(view, shape), (offset) => arena[offset]!),
    ]),
  );
}

/** The place of each element of a window, in row-major order. */
function offsets({ base, axes }: View, shape: readonly number[]): number[] {
  return shape.reduce<number[]>(
    (list, size, axis) =>
      list.flatMap((offset) => Array.from({ length: size }, (_, at) => offset + at * axes[axis]!.stride)),
    [base],
  );
}
