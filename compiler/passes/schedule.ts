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
  return new Map(
    steps.map((step) => [step.id, tuned.get(scheduleKey(program, step)) ?? machine.firstGuess(step.expression)]),
  );
}

/** What a tuned record is found by: the expression without names, so that equal layers share it. */
export function scheduleKey(program: Program, { expression }: ComputeStep): string {
  const tensors = [...new Set([expression.target.tensor, ...allReads(expression).map((read) => read.tensor)])];
  const anonymous = (name: string): string => `t${tensors.indexOf(name)}`;
  const { shape } = program.values.get(expression.target.tensor)!;
  return expressionKey(renameTensors(expression, anonymous), shape);
}
