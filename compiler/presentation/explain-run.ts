// How a layer is run in the end: the steps that the whole model has for it, which layers they serve too, and their schedules.

import { grouped } from '../algebra/grouped.ts';
import type { Allocated } from '../passes/stages.ts';
import type { Step } from '../program/program.ts';
import { computeSteps } from '../program/usage.ts';
import { type Schedule, showSchedule } from '../scheduling/machine.ts';
import { showStatement } from './statement.ts';

/** How a placed model is run, by the paths of its layers; parts of an expansion count for what they are a part of. */
export interface Runs {
  readonly placed: Allocated;
  readonly steps: ReadonlyMap<string, readonly Step[]>;
}

export function runsOf(placed: Allocated): Runs {
  const served = placed.program.steps.flatMap((step) => {
    const layers = new Set(step.origins.flatMap(({ layer }) => wholesOf(layer)));
    return [...layers].map((layer) => [layer, step] as const);
  });
  return { placed, steps: grouped(served) };
}

/** `a/b/c` is a part of `a/b` and of `a`. */
function wholesOf(layer: string): string[] {
  const parts = layer.split('/');
  return parts.map((_, n) => parts.slice(0, n + 1).join('/'));
}

const folded = 'nothing is left of it: it is folded into its neighbours when the module is built';

export function explainRun({ placed: { schedules, allocation }, ...runs }: Runs, layer: string): string[] {
  const steps = runs.steps.get(layer) ?? [];
  if (steps.length === 0) return [folded];
  return steps.flatMap((step) => {
    if (allocation.elided.has(step.id)) return ['no copy: the value is written to its place where it is made'];
    if (step.kind === 'alias') return ['nothing is moved: the same numbers under another shape'];
    return [
      ...companions(step, layer),
      ...(step.kind === 'blocked'
        ? [`${step.carried.length > 0 ? 'one after the other' : 'in blocks'}: ${step.axis.name} < ${step.axis.extent}`]
        : []),
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
export function summariseRun({ placed: { allocation }, ...runs }: Runs, layer: string): string | undefined {
  const steps = runs.steps.get(layer) ?? [];
  if (steps.length === 0) return folded;
  const moving = steps.filter((step) => step.kind !== 'alias' && !allocation.elided.has(step.id));
  if (moving.length === 0) return 'no copy';
  const others = othersOf(moving, layer);
  return others.length > 0 ? `runs together with ${others.join(', ')}` : undefined;
}
