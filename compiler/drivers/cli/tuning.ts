// The search of `atrous tune`. Every expression is timed alone: directly and, where it can be, in tiles; each part (the whole
// expression, or transform, multiply and transform back) goes from its first guess to the fastest schedule near it. Only what
// beats the guess and the estimate is kept.
import { extentsOf } from '../../algebra/expression.ts';
import { neighbours, programOfStep } from '../../analysis/single-step.ts';
import { scheduleKey } from '../../passes/schedule.ts';
import { considerWinograd, winograd } from '../../passes/winograd/winograd.ts';
import type { ComputeStep, Program } from '../../program/program.ts';
import { computeSteps } from '../../program/usage.ts';
import type { Machine, Schedule } from '../../scheduling/machine.ts';
import type { Algorithm, AlgorithmTable, ScheduleTable } from '../../scheduling/records.ts';

/** A program of one step, or of the blocks that it became, and schedules for it. */
export interface Candidate {
  readonly alone: Program;
  readonly schedules: ScheduleTable;
}

/** Milliseconds of each candidate, all of them timed in turns, so that a busy machine slows all of them. */
export type Measure = (candidates: readonly Candidate[]) => number[];

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
  return [...steps.values()].flatMap((step, done) => {
    const search: Search = {
      machine,
      measure: (candidates) => {
        watch(step.id, done, steps.size);
        return measure(candidates);
      },
    };
    return tuneStep(programOfStep(program, step), step, search);
  });
}

interface Search {
  readonly machine: Machine;
  readonly measure: Measure;
}

interface Variant extends Candidate {
  readonly algorithm: Algorithm;
  readonly records: readonly Tuned[];
}

function tuneStep(alone: Program, step: ComputeStep, search: Search): Tuned[] {
  const guessed = variantsOf(alone, step, search.machine);
  const times = search.measure(guessed);
  const best = Math.min(...times);
  const [estimated, other] = guessed.map((variant, n) =>
    times[n]! > hopeless * best ? variant : searched(variant, search),
  );
  if (!other) return [...estimated!.records];
  const [before, after] = search.measure([estimated!, other]);
  if (after! >= worthwhile * before!) return [...estimated!.records];
  const key = scheduleKey(alone, step);
  return [{ layer: step.id, key, record: other.algorithm, before: before!, after: after! }, ...other.records];
}

/** What the estimate chooses comes first. */
function variantsOf(alone: Program, step: ComputeStep, machine: Machine): Variant[] {
  const guessed = { schedules: new Map(), records: [] };
  const direct: Variant = { algorithm: 'direct', alone, ...guessed };
  const tiling = machine.costs && considerWinograd(alone, machine.costs)[0]?.tiling;
  if (!tiling) return [direct];
  const asked: AlgorithmTable = new Map([[scheduleKey(alone, step), 'tiled']]);
  const tiled: Variant = { algorithm: 'tiled', alone: winograd.run(alone, { machine, algorithms: asked }), ...guessed };
  return tiling.time < tiling.direct ? [tiled, direct] : [direct, tiled];
}

/** Part after part, each with what was found for those before it. */
function searched(variant: Variant, search: Search): Variant {
  const { alone } = variant;
  const parts = new Map(alone.steps.flatMap(computeSteps).map((part) => [scheduleKey(alone, part), part]));
  let found = variant;
  for (const [key, part] of parts) {
    const { schedules, records } = found;
    const candidate = (schedule: Schedule): Candidate => ({ alone, schedules: new Map(schedules).set(key, schedule) });
    const record = descend(part, found, candidate, search);
    if (!record) continue;
    // The fastest of many timings is a lucky one too: what counts is the two beside each other, once more.
    const [before, after] = search.measure([found, candidate(record)]);
    if (after! >= worthwhile * before!) continue;
    const tuned = { layer: part.id, key, record, before: before!, after: after! };
    found = { ...variant, ...candidate(record), records: [...records, tuned] };
  }
  return found;
}

/** From the first guess to the fastest neighbour, until none is faster. */
function descend(
  { expression }: ComputeStep,
  start: Candidate,
  candidate: (schedule: Schedule) => Candidate,
  { machine, measure }: Search,
): Schedule | undefined {
  const extents = extentsOf(expression.axes);
  let schedule = machine.firstGuess(expression);
  let found: Schedule | undefined;
  for (let round = 0; round < longestDescent; round++) {
    const nearby = neighbours(schedule, extents, machine);
    const here = found ? candidate(found) : start;
    const [time, ...times] = measure([here, ...nearby.map(candidate)]);
    const best = Math.min(...times);
    if (!(best < worthwhile * time!)) break;
    found = schedule = nearby[times.indexOf(best)]!;
  }
  return found;
}
