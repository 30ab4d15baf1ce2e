// schedule: a record for every step, from the tuned ones where there are any, else the machine's first guess.
import { allReads } from '../algebra/expression.ts';
import { expressionKey } from '../algebra/print.ts';
import type { Machine, Schedule } from '../machines/machine.ts';
import type { ComputeStep, Program } from '../program.ts';
import { renameTensors } from './translate.ts';
import { computeSteps } from './usage.ts';

/** Tuned records by `scheduleKey`. */
export type ScheduleTable = ReadonlyMap<string, Schedule>;

export function schedule(program: Program, machine: Machine, tuned: ScheduleTable = new Map()): Map<string, Schedule> {
  const steps = program.steps.flatMap(computeSteps);
  return new Map(steps.map((step) => [step.id, tunedFor(program, step, tuned) ?? machine.firstGuess(step.expression)]));
}

/** A record speaks of axes by name; equal expressions may name theirs differently, and a file may say anything. */
function tunedFor(program: Program, step: ComputeStep, tuned: ScheduleTable): Schedule | undefined {
  const record = tuned.size > 0 ? tuned.get(scheduleKey(program, step)) : undefined;
  const axes = new Set(step.expression.axes.map(({ name }) => name));
  const named = record ? [...record.order.map(([axis]) => axis), ...(record.lanes ? [record.lanes] : [])] : [];
  return named.every((axis) => axes.has(axis)) ? record : undefined;
}

/** What a tuned record is found by: the expression without names, so that equal layers share it. */
export function scheduleKey(program: Program, { expression }: ComputeStep): string {
  const tensors = [...new Set([expression.target.tensor, ...allReads(expression).map((read) => read.tensor)])];
  const anonymous = (name: string): string => `t${tensors.indexOf(name)}`;
  const { shape } = program.values.get(expression.target.tensor)!;
  return expressionKey(renameTensors(expression, anonymous), shape);
}
