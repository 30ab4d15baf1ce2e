// The search of `atrous tune`. Every expression is timed alone: directly and, where it can be, in tiles; each part (the whole
// expression, or transform, multiply and transform back) goes from its first guess to the fastest schedule near it. Only what
// beats the guess and the estimate is kept.
import { extentsOf } from '../../algebra/expression.ts';
import { neighbours, programOfStep } from '../../analysis/single-step.ts';
import type { Machine, Schedule } from '../../machines/machine.ts';
import { type ScheduleTable, scheduleKey } from '../../passes/schedule.ts';
import { computeSteps } from '../../passes/usage.ts';
import { type Algorithm, considerWinograd, winograd } from '../../passes/winograd.ts';
import type { ComputeStep, Program } from '../../program.ts';

/** Milliseconds of a program of one step, or of the blocks it became. */
export type Measure = (alone: Program, schedules: ScheduleTable) => number;

/** One record that made its layer faster. */
export interface Tuned {
  readonly layer: string;
  readonly key: string;
  readonly record: Schedule | Algorithm;
  /** Milliseconds of the layer without this record and with it. */
  readonly before: number;
  readonly after: number;
}

/** A saving of less than this is noise. */
const worthwhile = 0.95;
/** An algorithm that starts so much slower is not searched further. */
const hopeless = 1.5;
const longestDescent = 3;

/** @param watch is told the step that is being timed, and how many are done of how many. */
export function tuneProgram(
  program: Program,
  machine: Machine,
  measure: Measure,
  watch: (layer: string, done: number, all: number) => void,
): Tuned[] {
  const steps = new Map(program.steps.flatMap(computeSteps).map((step) => [scheduleKey(program, step), step]));
  return [...steps.values()].flatMap((step, done) =>
    tuneStep(programOfStep(program, step), step, machine, (alone, schedules) => {
      watch(step.id, done, steps.size);
      return measure(alone, schedules);
    }),
  );
}

interface Variant {
  readonly algorithm: Algorithm;
  readonly alone: Program;
}

interface Searched {
  readonly algorithm: Algorithm;
  readonly records: readonly Tuned[];
  readonly time: number;
}

function tuneStep(alone: Program, step: ComputeStep, machine: Machine, measure: Measure): Tuned[] {
  const guessed = variantsOf(alone, step, machine).map((variant) => ({
    ...variant,
    time: measure(variant.alone, new Map()),
  }));
  const best = Math.min(...guessed.map(({ time }) => time));
  const [estimated, other] = guessed.map(
    ({ algorithm, alone, time }): Searched =>
      time > hopeless * best ? { algorithm, records: [], time } : searched(algorithm, alone, time, machine, measure),
  );
  if (!other || other.time >= worthwhile * estimated!.time) return [...estimated!.records];
  const change = { layer: step.id, key: scheduleKey(alone, step), record: other.algorithm };
  return [{ ...change, before: estimated!.time, after: other.time }, ...other.records];
}

/** What the estimate chooses comes first. */
function variantsOf(alone: Program, step: ComputeStep, { costs }: Machine): Variant[] {
  const direct: Variant = { algorithm: 'direct', alone };
  const tiling = costs && considerWinograd(alone, costs)[0]?.tiling;
  if (!costs || !tiling) return [direct];
  const tiled: Variant = {
    algorithm: 'tiled',
    alone: winograd(alone, costs, new Map([[scheduleKey(alone, step), 'tiled']])),
  };
  return tiling.time < tiling.direct ? [tiled, direct] : [direct, tiled];
}

/** Part after part, each with what was found for those before it. */
function searched(algorithm: Algorithm, alone: Program, guess: number, machine: Machine, measure: Measure): Searched {
  const parts = new Map(alone.steps.flatMap(computeSteps).map((part) => [scheduleKey(alone, part), part]));
  const table = new Map<string, Schedule>();
  const records: Tuned[] = [];
  let time = guess;
  for (const [key, part] of parts) {
    const timed = (schedule: Schedule): number => measure(alone, new Map(table).set(key, schedule));
    const record = descend(part, time, machine, timed);
    if (!record) continue;
    // The fastest of many timings is a lucky one too: what counts is the two beside each other, once more.
    const before = measure(alone, table);
    const after = timed(record);
    if (after >= worthwhile * before) continue;
    table.set(key, record);
    records.push({ layer: part.id, key, record, before, after });
    time = after;
  }
  return { algorithm, records, time };
}

/** From the first guess to the fastest neighbour, until none is faster. */
function descend(
  { expression }: ComputeStep,
  guess: number,
  machine: Machine,
  measure: (schedule: Schedule) => number,
): Schedule | undefined {
  const extents = extentsOf(expression.axes);
  let [schedule, time] = [machine.firstGuess(expression), guess];
  let found: Schedule | undefined;
  for (let round = 0; round < longestDescent; round++) {
    const timings = neighbours(schedule, extents, machine).map((next) => ({ next, time: measure(next) }));
    const best = timings.reduce((a, b) => (b.time < a.time ? b : a), { next: schedule, time });
    if (best.time >= worthwhile * time) break;
    found = schedule = best.next;
    time = best.time;
  }
  return found;
}
