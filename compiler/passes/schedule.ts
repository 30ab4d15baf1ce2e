// schedule: a record for every step, from the tuned ones where there are any, else the machine's first guess. A file may say
// anything, so tuned records are checked against the expression first.

import { error, failure, type Problem, type Result, success } from '../../dsl/problem.ts';
import { allReads, renameTensors } from '../algebra/expression.ts';
import { expressionKey } from '../algebra/print.ts';
import type { ComputeStep, Program } from '../program/program.ts';
import { computeSteps } from '../program/usage.ts';
import { faultIn } from '../scheduling/legal.ts';
import type { Schedule } from '../scheduling/machine.ts';
import type { Pass, PassOptions } from './pass.ts';
import type { Scheduled } from './stages.ts';

export const schedule = {
  name: 'schedule',
  about: 'Every step gets a record of its loops: a tuned one where there is one, else the first guess of the machine.',
  from: 'program',
  to: 'scheduled',
  /** Problem: `schedules/record`, for a tuned record that is not legal for the step that it is found for. */
  run(
    program: Program,
    { machine, schedules: tuned = new Map() }: Pick<PassOptions, 'machine' | 'schedules'>,
  ): Result<Scheduled> {
    const schedules = new Map<string, Schedule>();
    const problems = new Map<string, Problem>();
    const used = new Set<string>();
    for (const step of program.steps.flatMap(computeSteps)) {
      const key = tuned.size > 0 ? scheduleKey(program, step) : '';
      const record = tuned.get(key);
      const fault = record && faultIn(record, step.expression);
      if (record && !fault) used.add(key);
      if (fault)
        problems.set(key, error('schedules/record', `the record of ${step.id}, ${key.slice(0, 60)}: ${fault}`));
      schedules.set(step.id, record && !fault ? record : machine.firstGuess(step.expression));
    }
    // A record speaks of axes by name, and equal expressions may name theirs differently: one of them has to take it.
    const refused = [...problems].filter(([key]) => !used.has(key)).map(([, problem]) => problem);
    return refused.length > 0 ? failure(refused) : success({ program, schedules });
  },
} as const satisfies Pass<'program', 'scheduled'>;

/** The key of a tuned record: the expression without names, so that equal layers share it. */
export function scheduleKey(program: Program, { expression }: ComputeStep): string {
  const tensors = [...new Set([expression.target.tensor, ...allReads(expression).map((read) => read.tensor)])];
  const anonymous = (name: string): string => `t${tensors.indexOf(name)}`;
  const { shape } = program.values.get(expression.target.tensor)!;
  return expressionKey(renameTensors(expression, anonymous), shape);
}
