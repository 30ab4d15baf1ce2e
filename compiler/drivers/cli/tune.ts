// `atrous tune FILE`: times schedules next to the first guess on this machine, step by step, and keeps what is faster.
import { success } from '../../../dsl/problem.ts';
import { extentsOf } from '../../algebra/expression.ts';
import { neighbours, planOfStep } from '../../analysis/single-step.ts';
import type { Backend } from '../../backends/backend.ts';
import { loadBackend } from '../../backends/index.ts';
import { place } from '../../lower.ts';
import { type Schedule, showSchedule } from '../../machines/machine.ts';
import { scheduleKey } from '../../passes/schedule.ts';
import { showColumns } from '../../presentation/columns.ts';
import type { ComputeStep, Program } from '../../program.ts';
import { writeFiles } from '../files.ts';
import { andThen, chooseModel } from './compile.ts';
import { writeDocument } from './json.ts';
import type { ModelOptions, TargetOptions } from './options.ts';
import { writeSchedules } from './schedules.ts';
import { exitCodeOf, Progress, showProblems, type Terminal } from './terminal.ts';
import { type Patience, timed } from './timing.ts';

export interface TuneOptions extends ModelOptions, TargetOptions {
  /** `NAME.schedules.json` where it is left out. */
  readonly out?: string;
}

interface Tuned {
  readonly layer: string;
  readonly key: string;
  readonly schedule: Schedule;
  /** Milliseconds of the first guess and of the schedule. */
  readonly before: number;
  readonly after: number;
}

const patience: Patience = { milliseconds: 3, rounds: 5 };
/** Less than this is noise. */
const worthwhile = 0.95;

export async function tune(file: string, options: TuneOptions, terminal: Terminal): Promise<number> {
  const backend = await loadBackend(options.target, 'run');
  const progress = new Progress(terminal);
  const tuned = await andThen(await chooseModel(file, options), ({ model }) =>
    andThen(place(model, { machine: backend.machine, sourceHash: '' }), ({ program }) => {
      const found = tuneProgram(program, backend, progress, terminal.now);
      const table = new Map(found.map(({ key, schedule }) => [key, schedule]));
      const path = options.out ?? `${model.name}.schedules.json`;
      const written = writeFiles([{ path, content: writeSchedules(backend.machine, table) }]);
      return andThen(written, () => success({ path, found }));
    }),
  );
  progress.done();
  showProblems(terminal, tuned.problems);
  if (options.json) writeDocument(terminal, tuned.problems, tuned.ok ? tuned.value : {});
  else if (tuned.ok) terminal.write(showTuned(tuned.value.found, tuned.value.path));
  return exitCodeOf(tuned.problems);
}

/** Only what got faster; equal steps are timed once. */
function tuneProgram(program: Program, backend: Backend, progress: Progress, now: () => number): Tuned[] {
  const steps = new Map(
    program.steps.flatMap((step) => (step.kind === 'compute' ? [[scheduleKey(program, step), step] as const] : [])),
  );
  let done = 0;
  return [...steps].flatMap(([key, step]): Tuned[] => {
    progress.step(`tuning ${++done} of ${steps.size}: ${step.id}`);
    const measure = (schedule: Schedule): number => timeOf(program, step, schedule, backend, now);
    const { schedule, before, after } = descend(step, backend, measure);
    return after < worthwhile * before ? [{ layer: step.id, key, schedule, before, after }] : [];
  });
}

/** From the first guess to the fastest neighbour, until none is faster. */
function descend(step: ComputeStep, { machine }: Backend, measure: (schedule: Schedule) => number) {
  const extents = extentsOf(step.expression.axes);
  let schedule = machine.firstGuess(step.expression);
  const before = measure(schedule);
  let after = before;
  for (let round = 0; round < 3; round++) {
    const timings = neighbours(schedule, extents, machine).map((next) => ({ next, time: measure(next) }));
    const best = timings.reduce((a, b) => (b.time < a.time ? b : a), { next: schedule, time: after });
    if (best.time >= worthwhile * after) break;
    schedule = best.next;
    after = best.time;
  }
  return { schedule, before, after };
}

function timeOf(program: Program, step: ComputeStep, schedule: Schedule, backend: Backend, now: () => number): number {
  const plan = planOfStep(program, step, backend.machine, schedule);
  const instance = backend.instantiate(plan, new Float32Array(plan.weights.stored).fill(0.5));
  return timed(() => instance.run({}), now, patience);
}

function showTuned(found: readonly Tuned[], path: string): string {
  const rows = found.map(({ layer, before, after, schedule }) => [
    layer,
    before.toFixed(3),
    after.toFixed(3),
    showSchedule(schedule),
  ]);
  const titles = [
    { title: 'step' },
    { title: 'ms before', right: true },
    { title: 'ms', right: true },
    { title: 'schedule' },
  ];
  const table = rows.length > 0 ? showColumns(titles, rows) : ['the first guesses are the fastest'];
  return `${[...table, '', `written  ${path}`].join('\n')}\n`;
}
