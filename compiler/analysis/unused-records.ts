// Whether measured records are for this model at all: a file of another network, size or target would be obeyed in nothing.
import { type Problem, warning } from '../../dsl/problem.ts';
import type { ShapedModel } from '../graph/model.ts';
import { stageAfter } from '../passes/index.ts';
import type { PassOptions } from '../passes/pass.ts';
import { scheduleKey } from '../passes/schedule.ts';
import { computeSteps } from '../program/usage.ts';

/** Problem: the warning `schedules/unused`. A file without records asks for nothing. */
export function unusedRecords(model: ShapedModel, options: PassOptions): readonly Problem[] {
  const { schedules = new Map(), algorithms = new Map() } = options;
  if (schedules.size + algorithms.size === 0) return [];
  // As they come to the choice of algorithms, and as they are run.
  const programs = [stageAfter('fuse', model, options), stageAfter('sweep', model, options)];
  const keys = programs.flatMap((made) =>
    made.ok ? made.value.steps.flatMap(computeSteps).map((step) => scheduleKey(made.value, step)) : [],
  );
  if (keys.some((key) => schedules.has(key) || algorithms.has(key))) return [];
  const notes = ['`atrous tune` on this model, with the same `set` and `target`, writes one that has'];
  return [warning('schedules/unused', `the schedules have nothing that fits ${model.name}`, undefined, { notes })];
}
