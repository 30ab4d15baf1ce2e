import { describe, expect, it } from 'vitest';
import { schedule, scheduleKey } from '../../compiler/passes/schedule.ts';
import type { ComputeStep } from '../../compiler/program/program.ts';
import { type Machine, showSchedule } from '../../compiler/scheduling/machine.ts';
import type { ScheduleTable } from '../../compiler/scheduling/records.ts';
import { programOf, scheduleOf } from './text.ts';

const program = programOf(`input x [4, 4]
  weight k [4, 8]
  intermediate a [4, 8]
  intermediate b [4, 8]
  intermediate out [4, 8]
  output y = out
  run a[y, f] += x[y, c] · k[c, f] for y < 4, f < 8, c < 4
  run b[i, j] += x[i, l] · k[l, j] for i < 4, j < 8, l < 4
  run #rows: each g < 4
  step #row: out[g, f] = a[g, f] + b[g, f] for f < 8`);

/** Guesses the axes in the order of the expression. */
const machine = { firstGuess: ({ axes }) => scheduleOf(axes.map(({ name }) => name).join(' ')) } as Machine;
const run = (schedules?: ScheduleTable) => schedule.run(program, { machine, ...(schedules && { schedules }) });
const key = scheduleKey(program, program.steps[0] as ComputeStep);

function shown(schedules?: ScheduleTable): string[] {
  const made = run(schedules);
  if (!made.ok) throw new Error(made.problems[0]!.message);
  expect(made.value.program).toBe(program);
  return [...made.value.schedules].map(([id, record]) => `${id}: ${showSchedule(record)}`);
}

describe('schedule', () => {
  it('takes the guess of the machine for every step, inside of blocks too', () =>
    expect(shown()).toEqual(['a: y f c', 'b: i j l', 'row: f']));

  it('takes a tuned record where there is one that fits, for steps of that form', () => {
    const tuned = new Map([[key, scheduleOf('f/4 y c')]]);
    expect(shown(tuned)).toEqual(['a: f/4 y c', 'b: i j l', 'row: f']);
    expect(shown(new Map([['another', scheduleOf('f/4 y c')]]))).toEqual(shown());
  });

  it('gives one key to expressions that differ in names alone', () => {
    const [a, b] = program.steps as ComputeStep[];
    expect(scheduleKey(program, b!)).toBe(scheduleKey(program, a!));
  });

  it('tells a record that no step of its form can take', () => {
    const { ok, problems } = run(new Map([[key, scheduleOf('f/4 q')]]));
    expect(ok).toBe(false);
    expect(problems.map(({ code }) => code)).toEqual(['schedules/record']);
    expect(problems[0]!.message).toContain('the record of b');
  });
});
