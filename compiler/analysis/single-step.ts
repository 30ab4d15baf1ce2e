// One step as a program of its own, to be timed by itself: what it reads has places, and no meaning.
import { type Result, success } from '../../dsl/problem.ts';
import { runPasses } from '../passes/index.ts';
import type { Plan } from '../plan/plan.ts';
import type { ComputeStep, Program, ProgramValue } from '../program/program.ts';
import { preparedValues, readValues } from '../program/usage.ts';
import type { Machine, Schedule } from '../scheduling/machine.ts';
import type { ScheduleTable } from '../scheduling/records.ts';

/**
 * The plan copies nothing in and nothing out: a run is the program's steps alone. Where a step was transformed into blocks,
 * that is all blocks with their scratch values. A problem where the schedules are not legal or make too much code.
 */
export function planOfAlone(alone: Program, machine: Machine, schedules: ScheduleTable): Result<Plan> {
  // Packing moves weights; where that itself takes steps, they are not what is timed.
  const assembled = runPasses('schedule', 'assemble', alone, { machine, schedules });
  if (!assembled.ok) return assembled;
  return success({
    name: 'step',
    documentation: '',
    inputs: [],
    outputs: [],
    ...assembled.value.assembly,
    parameters: 0,
    multiplyAccumulates: 0,
    sourceHash: '',
  });
}

export function programOfStep(program: Program, step: ComputeStep): Program {
  const prepared = preparedValues(program);
  const target = step.expression.target.tensor;
  const read = [...readValues(step)].filter((id) => id !== target);
  const values = new Map<string, ProgramValue>(
    [target, ...read].map((id) => [id, strippedValue(program, id, prepared, target)]),
  );
  return {
    name: 'step',
    documentation: '',
    inputs: read.filter((id) => !prepared.has(id)),
    outputs: [{ name: 'output', value: target }],
    values,
    preparation: [],
    steps: [step],
  };
}

/** What is prepared counts as a weight, what is computed before as an input. */
function strippedValue(program: Program, id: string, prepared: ReadonlySet<string>, target: string): ProgramValue {
  const value = program.values.get(id)!;
  if (id === target) return { role: 'intermediate', id, shape: value.shape };
  if (value.role === 'constant') return value;
  return { role: prepared.has(id) ? 'weight' : 'input', id, shape: value.shape };
}

/** Records next to this one: another step for one axis, or the innermost loop written out more or less often. */
export function neighbours(schedule: Schedule, extents: ReadonlyMap<string, number>, machine: Machine): Schedule[] {
  const found: Schedule[] = [];
  schedule.order.forEach(([axis, step], at) => {
    const isLast = !schedule.order.slice(at + 1).some(([later]) => later === axis);
    if (!isLast) return;
    for (const other of stepsFor(axis === schedule.lanes && machine.lanes === 4, extents.get(axis)!)) {
      const order = schedule.order.with(at, [axis, other]);
      const tile = order.reduce((product, [, size]) => product * size, 1);
      if (other !== step && tile <= 32 * machine.lanes) found.push({ ...schedule, order });
    }
  });
  for (const unroll of [1, 2, 4]) if (unroll !== (schedule.unroll ?? 1)) found.push({ ...schedule, unroll });
  return found;
}

const stepsFor = (inVectors: boolean, extent: number): number[] =>
  (inVectors ? [4, 8, 12, 16] : [1, 2, 3, 4, 5, 6, 8]).filter((step) => step <= extent);
