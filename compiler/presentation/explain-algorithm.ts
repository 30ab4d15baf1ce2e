// Which algorithm a layer gets, and what was weighed: the estimates that decided.

import { outerLayer } from '../analysis/table.ts';
import type { ShapedModel } from '../graph/model.ts';
import { stageAfter } from '../passes/index.ts';
import type { PassOptions } from '../passes/pass.ts';
import { scheduleKey } from '../passes/schedule.ts';
import type { Tiling } from '../passes/winograd/tiling.ts';
import { considerWinograd, showTiling } from '../passes/winograd/winograd.ts';
import { computeSteps } from '../program/usage.ts';
import type { Algorithm } from '../scheduling/records.ts';

/** Lines by layer, for those that have a choice. */
export type Algorithms = ReadonlyMap<string, readonly string[]>;

export function considerAlgorithms(model: ShapedModel, options: PassOptions): Algorithms {
  const lines = new Map<string, string[]>();
  const { machine, exact, algorithms } = options;
  if (!machine.costs || exact) return lines;
  const fused = stageAfter('fuse', model, options);
  if (!fused.ok) return lines;
  const program = fused.value;
  const steps = new Map(program.steps.flatMap(computeSteps).map((step) => [step.id, step]));
  for (const { step, tiling } of considerWinograd(program, machine.costs)) {
    const considered = steps.get(step)!;
    const outer = outerLayer(considered.origins[0]!.layer);
    const measured = algorithms?.get(scheduleKey(program, considered));
    const line = measured ? showMeasured(measured, tiling) : showEstimate(tiling);
    lines.set(outer, [...(lines.get(outer) ?? []), line, ...(line.startsWith('Winograd') ? [spread] : [])]);
  }
  return lines;
}

const spread =
  'an input that is infinite or not a number spoils every output of its tiles; with --exact only the windows that see it';

const showMeasured = (algorithm: Algorithm, tiling: Tiling): string =>
  algorithm === 'direct'
    ? `direct: faster than Winograd ${showTiling(tiling)}, as measured`
    : `Winograd ${showTiling(tiling)}: faster than direct, as measured`;

function showEstimate(tiling: Tiling): string {
  const ratio = (tiling.time / tiling.direct).toFixed(2);
  const way = `Winograd ${showTiling(tiling)}`;
  const line =
    tiling.time < tiling.direct ? `${way}: ${ratio} of the direct time` : `direct: ${way} takes ${ratio} times as long`;
  return `${line}, as estimated`;
}
