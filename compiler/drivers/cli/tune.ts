// `atrous tune FILE`: times schedules next to the first guess and both algorithms on this machine, layer by layer, and keeps
// what is faster.
import { success } from '../../../dsl/problem.ts';
import { planOfAlone } from '../../analysis/single-step.ts';
import { stageAfter } from '../../passes/index.ts';
import type { Plan } from '../../plan/plan.ts';
import { showColumns } from '../../presentation/columns.ts';
import { type Schedule, showSchedule } from '../../scheduling/machine.ts';
import { type Algorithm, type Records, writeRecords } from '../../scheduling/records.ts';
import { loadBackend } from '../../targets/index.ts';
import { bytesOf as bytesOfNumbers } from '../../targets/shared/weights-file.ts';
import type { Backend } from '../../targets/target.ts';
import { bytesOf } from '../../tensor.ts';
import { checkWritable, FilesRead, writeFiles } from '../files.ts';
import { andThen, choosePlanned } from './compile.ts';
import { writeDocument } from './json.ts';
import type { CompilationArguments } from './options.ts';
import { exitCodeOf, Progress, showProblems, showText, type Terminal } from './terminal.ts';
import { callsIn, timeOf } from './timing.ts';
import { type Measure, type Tuned, tuneProgram } from './tuning.ts';
import { refuseOverwriting } from './usage.ts';

export interface TuneOptions extends CompilationArguments {
  /** `NAME.schedules.json` where it is left out. */
  readonly out?: string;
}

export async function tune(file: string, options: TuneOptions, terminal: Terminal): Promise<number> {
  const backend = await loadBackend(options.target);
  const progress = new Progress(terminal);
  const read = new FilesRead();
  const chosen = await choosePlanned(file, { ...options, onRead: read.add });
  const tuned = await andThen(chosen, ({ model, passOptions }) => {
    const path = options.out ?? `${model.name}.schedules.json`;
    refuseOverwriting(read, [path], '--out');
    const writable = checkWritable(path);
    if (!writable.ok) return writable;
    // As it comes to the choice of algorithms.
    const fused = stageAfter('fuse', model, passOptions);
    if (!fused.ok) return fused;
    // Without costs there is only one algorithm.
    const machine = options.exact ? { ...passOptions.machine, costs: undefined } : passOptions.machine;
    const found = tuneProgram(fused.value, machine, measureOn(backend, terminal.now), (layer, done, all) =>
      progress.step(`${bar(done, all)} ${done + 1} of ${all}: ${layer}`),
    );
    const written = writeFiles([{ path, content: writeRecords(machine, recordsOf(found)) }]);
    return andThen(written, () => success({ path, found }));
  });
  progress.done();
  showProblems(terminal, tuned.problems);
  if (options.json)
    writeDocument(terminal, tuned.problems, tuned.ok ? documentOf(tuned.value.found, tuned.value.path) : {});
  else if (tuned.ok) showText(terminal, showTuned(tuned.value.found, tuned.value.path));
  return exitCodeOf(tuned.problems);
}

/** A turn has so many calls that it takes a few milliseconds: long enough for the clock. */
const turn = 3;
const turns = 9;
/** Candidates that take turns are in memory together: so many elements, 256 MiB. */
const together = 2 ** 26;

/** Each one's fastest turn, which is the one that other work on the machine disturbed least. */
const measureOn =
  (backend: Backend, now: () => number): Measure =>
  (candidates) => {
    const planned = candidates.map(({ alone, schedules }) => planOfAlone(alone, backend.machine, schedules));
    const plans = planned.flatMap((plan) => (plan.ok ? [plan.value] : []));
    const times = groupsOf(plans).flatMap((group) => race(group, backend, now));
    // One with too much code is never the fastest.
    return planned.map((plan) => (plan.ok ? times.shift()! : Number.POSITIVE_INFINITY));
  };

function race(plans: readonly Plan[], backend: Backend, now: () => number): number[] {
  const runs = plans.map((plan) => {
    const instance = backend.instantiate(
      plan,
      bytesOfNumbers(new Float32Array(plan.weights.storedBytes / bytesOf('f32')).fill(0.5)),
      0.5,
    );
    const run = (): unknown => instance.run({});
    return { run, calls: callsIn(turn, run, now) };
  });
  const fastest = plans.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < turns; round++)
    for (const [n, { run, calls }] of runs.entries())
      fastest[n] = Math.min(fastest[n]!, timeOf(run, calls, now) / calls);
  return fastest;
}

/** As many next to each other as fit into memory, at least one. */
function groupsOf(plans: readonly Plan[]): Plan[][] {
  const groups: Plan[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const plan of plans) {
    const own = plan.weights.bytes / bytesOf('f32') + plan.arena;
    if (size + own > together) {
      groups.push([]);
      size = 0;
    }
    groups.at(-1)!.push(plan);
    size += own;
  }
  return groups;
}

const isAlgorithm = (record: Schedule | Algorithm): record is Algorithm => typeof record === 'string';

function recordsOf(found: readonly Tuned[]): Records {
  return {
    schedules: new Map(found.flatMap(({ key, record }) => (isAlgorithm(record) ? [] : [[key, record] as const]))),
    algorithms: new Map(found.flatMap(({ key, record }) => (isAlgorithm(record) ? [[key, record] as const] : []))),
  };
}

const documentOf = (found: readonly Tuned[], path: string): object => ({
  path,
  found: found.map(({ record, ...rest }) => ({ ...rest, [isAlgorithm(record) ? 'algorithm' : 'schedule']: record })),
});

/** `████░░░░░░`. */
function bar(done: number, all: number): string {
  const width = 20;
  const full = Math.floor((width * done) / all);
  return `${'█'.repeat(full)}${'░'.repeat(width - full)}`;
}

function showTuned(found: readonly Tuned[], path: string): string {
  const rows = found.map(({ layer, before, after, record }) => [
    layer,
    before.toFixed(3),
    after.toFixed(3),
    isAlgorithm(record) ? record : showSchedule(record),
  ]);
  const titles = [
    { title: 'step' },
    { title: 'ms before', right: true },
    { title: 'ms', right: true },
    { title: 'schedule or algorithm' },
  ];
  const table = rows.length > 0 ? showColumns(titles, rows) : ['the first guesses are the fastest'];
  return `${[...table, '', `written  ${path}`].join('\n')}\n`;
}
