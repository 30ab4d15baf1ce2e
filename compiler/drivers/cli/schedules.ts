// What `atrous tune` writes and `--schedules` reads: schedules by the key of an expression, and whether an expression that
// could be transformed into tiles is.
//
//   { "version": 1, "machine": "wasm",
//     "schedules": { "KEY": { "order": [["f", 8], ["y", 1]], "lanes": "f", "splat": "load" } },
//     "algorithms": { "KEY": "direct", "KEY": "tiled" } }
import { error, failure, type Result, success } from '../../../dsl/problem.ts';
import type { Machine, Schedule } from '../../machines/machine.ts';
import type { ScheduleTable } from '../../passes/schedule.ts';
import type { Algorithm, AlgorithmTable } from '../../passes/winograd.ts';
import { readSource } from '../files.ts';

/** Everything that was measured. */
export interface Records {
  readonly schedules: ScheduleTable;
  readonly algorithms: AlgorithmTable;
}

const fileVersion = 1;

export function writeSchedules(machine: Machine, { schedules, algorithms }: Records): string {
  const parts = [
    `  "version": ${fileVersion}`,
    `  "machine": ${JSON.stringify(machine.name)}`,
    `  "schedules": ${writeTable(schedules)}`,
    `  "algorithms": ${writeTable(algorithms)}`,
  ];
  return `{\n${parts.join(',\n')}\n}\n`;
}

/** A line for each record, in the order of their keys. */
function writeTable(table: ReadonlyMap<string, unknown>): string {
  const sorted = [...table].sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = sorted.map(([key, record]) => `    ${JSON.stringify(key)}: ${JSON.stringify(record)}`);
  return lines.length > 0 ? `{\n${lines.join(',\n')}\n  }` : '{}';
}

/** A file without algorithms leaves them all to the estimate. Problems: of reading a text, `schedules/format`, `schedules/machine`. */
export function readSchedules(file: string, machine: Machine): Result<Records> {
  const source = readSource(file);
  if (!source.ok) return source;
  const fail = (code: string, message: string) => failure([error(`schedules/${code}`, `${file} ${message}`)]);
  const content = parsed(source.value.text);
  if (!isRecord(content) || content.version !== fileVersion || !isRecord(content.schedules))
    return fail('format', 'is no file of schedules: expected { "version": 1, "machine": …, "schedules": { … } }');
  if (content.machine !== machine.name)
    return fail('machine', `was tuned for ${String(content.machine)}, the target runs on ${machine.name}`);
  const { schedules, algorithms = {} } = content;
  if (!isRecord(algorithms)) return fail('format', 'has algorithms that are no table: expected { "KEY": "direct", … }');
  const noSchedule = wrongKey(schedules, isSchedule);
  if (noSchedule !== undefined) return fail('format', `has a schedule that is none, for ${noSchedule}`);
  const noAlgorithm = wrongKey(algorithms, isAlgorithm);
  if (noAlgorithm !== undefined)
    return fail('format', `has an algorithm other than "direct" and "tiled", for ${noAlgorithm}`);
  return success({
    schedules: new Map(Object.entries(schedules) as [string, Schedule][]),
    algorithms: new Map(Object.entries(algorithms) as [string, Algorithm][]),
  });
}

/** Keys are long: their beginning has to do. */
const wrongKey = (table: Record<string, unknown>, isRight: (record: unknown) => boolean): string | undefined =>
  Object.entries(table)
    .find(([, record]) => !isRight(record))?.[0]
    .slice(0, 60);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isAlgorithm = (value: unknown): boolean => value === 'direct' || value === 'tiled';

const isStep = (value: unknown): boolean =>
  Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= 4096;

const isLevel = (level: unknown): boolean =>
  Array.isArray(level) && level.length === 2 && typeof level[0] === 'string' && isStep(level[1]);

function isSchedule(value: unknown): value is Schedule {
  if (!isRecord(value) || !Array.isArray(value.order) || !value.order.every(isLevel)) return false;
  const { lanes, splat, unroll } = value;
  return (
    (lanes === undefined || typeof lanes === 'string') &&
    (splat === 'load' || splat === 'lane') &&
    (unroll === undefined || isStep(unroll))
  );
}
