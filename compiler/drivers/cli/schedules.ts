// Files of tuned schedules: what `atrous tune` writes and `--schedules` reads.
//
//   { "version": 1, "machine": "wasm", "schedules": { "KEY": { "order": [["f", 8], ["y", 1]], "lanes": "f", "splat": "load" } } }
import { error, failure, type Result, success } from '../../../dsl/problem.ts';
import type { Machine, Schedule } from '../../machines/machine.ts';
import type { ScheduleTable } from '../../passes/schedule.ts';
import { readSource } from '../files.ts';

const fileVersion = 1;

export function writeSchedules(machine: Machine, schedules: ScheduleTable): string {
  const sorted = [...schedules].sort(([a], [b]) => (a < b ? -1 : 1));
  const lines = sorted.map(([key, schedule]) => `    ${JSON.stringify(key)}: ${JSON.stringify(schedule)}`);
  const head = `  "version": ${fileVersion},\n  "machine": ${JSON.stringify(machine.name)},\n`;
  return `{\n${head}  "schedules": {\n${lines.join(',\n')}\n  }\n}\n`;
}

/** Problems: those of reading a text, `schedules/format`, `schedules/machine`. */
export function readSchedules(file: string, machine: Machine): Result<ScheduleTable> {
  const source = readSource(file);
  if (!source.ok) return source;
  const fail = (code: string, message: string) => failure([error(`schedules/${code}`, `${file} ${message}`)]);
  const content = parsed(source.value.text);
  if (!isRecord(content) || content.version !== fileVersion || !isRecord(content.schedules))
    return fail('format', 'is no file of schedules: expected { "version": 1, "machine": …, "schedules": { … } }');
  if (content.machine !== machine.name)
    return fail('machine', `was tuned for ${String(content.machine)}, the target runs on ${machine.name}`);
  const entries = Object.entries(content.schedules);
  const wrong = entries.find(([, schedule]) => !isSchedule(schedule));
  if (wrong) return fail('format', `has a schedule that is none, for ${wrong[0].slice(0, 60)}`);
  return success(new Map(entries as [string, Schedule][]));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

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
