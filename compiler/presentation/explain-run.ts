// How a layer is run in the end: the steps that the whole model has for it, which layers they serve too, and their schedules.
import type { Placed } from '../lower.ts';
import { type Schedule, showSchedule } from '../machines/machine.ts';
import { computeSteps } from '../passes/usage.ts';
import type { Step } from '../program.ts';
import { showStatement } from './statement.ts';

/** `{ layer → its steps }`, by paths; parts of an expansion count for what they are a part of. */
const serves = (step: Step, layer: string): boolean =>
  step.origins.some((origin) => origin.layer === layer || origin.layer.startsWith(`${layer}/`));

const folded = 'nothing is left of it: it is folded into its neighbours when the module is built';

export function explainRun({ packed, schedules, allocation }: Placed, layer: string): string[] {
  const steps = packed.program.steps.filter((step) => serves(step, layer));
  if (steps.length === 0) return [folded];
  return steps.flatMap((step) => {
    if (allocation.elided.has(step.id)) return ['no copy: the value is written to its place where it is made'];
    if (step.kind === 'alias') return ['nothing is moved: the same numbers under another shape'];
    return [
      ...companions(step, layer),
      ...(step.kind === 'blocked' ? [`in blocks: ${step.axis.name} < ${step.axis.extent}`] : []),
      ...computeSteps(step).flatMap((part) => [
        showStatement(part.expression),
        ...scheduleLine(schedules.get(part.id)),
      ]),
    ];
  });
}

const scheduleLine = (schedule: Schedule | undefined): string[] =>
  schedule ? [`  schedule ${showSchedule(schedule)}`] : [];

const companions = (step: Step, layer: string): string[] => {
  const others = othersOf([step], layer);
  return others.length > 0 ? [`together with ${others.join(', ')}:`] : [];
};

const othersOf = (steps: readonly Step[], layer: string): string[] => {
  const layers = steps.flatMap(({ origins }) => origins.map((origin) => origin.layer));
  return [...new Set(layers)].filter((other) => other !== layer && !other.startsWith(`${layer}/`));
};

/** In a few words what is not plain about how a layer is run; nothing where it has steps of its own. */
export function summariseRun({ packed, allocation }: Placed, layer: string): string | undefined {
  const steps = packed.program.steps.filter((step) => serves(step, layer));
  if (steps.length === 0) return folded;
  const moving = steps.filter((step) => step.kind !== 'alias' && !allocation.elided.has(step.id));
  if (moving.length === 0) return 'no copy';
  const others = othersOf(moving, layer);
  return others.length > 0 ? `runs together with ${others.join(', ')}` : undefined;
}
