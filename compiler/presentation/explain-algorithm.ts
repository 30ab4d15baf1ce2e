// Which algorithm a layer gets, and what was weighed: the estimates that decided.

import { outerLayer } from '../analysis/table.ts';
import type { ShapedModel } from '../graph/model.ts';
import { stageAfter } from '../passes/index.ts';
import { considerWinograd, showTiling } from '../passes/winograd/winograd.ts';
import type { Machine } from '../scheduling/machine.ts';

/** Lines by layer, for those that have a choice. */
export type Algorithms = ReadonlyMap<string, readonly string[]>;

export function considerAlgorithms(model: ShapedModel, machine: Machine): Algorithms {
  const lines = new Map<string, string[]>();
  if (!machine.costs) return lines;
  const fused = stageAfter('fuse', model, { machine });
  if (!fused.ok) return lines;
  const program = fused.value;
  const steps = new Map(program.steps.map((step) => [step.id, step]));
  for (const { step, tiling } of considerWinograd(program, machine.costs)) {
    const outer = outerLayer(steps.get(step)!.origins[0]!.layer);
    const ratio = (tiling.time / tiling.direct).toFixed(2);
    const way = `Winograd ${showTiling(tiling)}`;
    const line =
      tiling.time < tiling.direct
        ? `${way}: ${ratio} of the direct time`
        : `direct: ${way} takes ${ratio} times as long`;
    lines.set(outer, [...(lines.get(outer) ?? []), `${line}, as estimated`]);
  }
  return lines;
}
