// Which algorithm a layer gets, and what was weighed: the estimates that decided.
import type { ShapedModel } from '../graph/model.ts';
import { programPasses } from '../lower.ts';
import type { Machine } from '../machines/machine.ts';
import { expand } from '../passes/expand.ts';
import { translate } from '../passes/translate.ts';
import { considerWinograd, showTiling } from '../passes/winograd.ts';

/** Lines by layer, for those that have a choice. */
export type Algorithms = ReadonlyMap<string, readonly string[]>;

export function considerAlgorithms(model: ShapedModel, machine: Machine): Algorithms {
  const lines = new Map<string, string[]>();
  if (!machine.costs) return lines;
  let program = translate(expand(model));
  for (const { name, run } of programPasses) {
    if (name === 'winograd') break;
    program = run(program, { machine, sourceHash: '' });
  }
  const steps = new Map(program.steps.map((step) => [step.id, step]));
  for (const { step, tiling } of considerWinograd(program, machine.costs)) {
    const { layer } = steps.get(step)!.origins[0]!;
    const outer = layer.split('/')[0]!;
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
