// Measured records, in the file that `atrous tune` writes and `--schedules` reads: schedules by the key of an expression, and
// whether an expression that could be transformed into tiles is.
//
//   { "version": 1, "machine": "wasm",
//     "schedules": { "KEY": { "order": [["f", 8], ["y", 1]], "lanes": "f", "splat": "load" } },
//     "algorithms": { "KEY": "direct", "KEY": "tiled" } }
import { error, failure, type Result, success } from '../../dsl/problem.ts';
import { fieldsOf, parseJson, showJson } from '../files/json.ts';
import type { Machine, Schedule } from './machine.ts';

/** By the key of an expression: `scheduleKey` in passes/schedule.ts. */
export type ScheduleTable = ReadonlyMap<string, Schedule>;

export type Algorithm = 'direct' | 'tiled';

/** By the key of an expression; where it says nothing, the estimate decides. */
export type AlgorithmTable = ReadonlyMap<string, Algorithm>;

/** Everything that was measured. */
export interface Records {
  readonly schedules: ScheduleTable;
  readonly algorithms: AlgorithmTable;
}

const fileVersion = 1;

export function writeRecords(machine: Machine, { schedules, algorithms }: Records): string {
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

/**
 * A file without algorithms leaves them all to the estimate. One invalid record refuses the file. Problems:
 * `schedules/format`, `schedules/machine`, `schedules/record`.
 * @param file its name in problems
 */
export function readRecords(bytes: Uint8Array, file: string, machine: Machine): Result<Records> {
  const fail = (code: string, message: string) => failure([error(`schedules/${code}`, `${file} ${message}`)]);
  const json = parseJson(bytes);
  if (!json.ok) return fail('format', json.reason);
  const content = fieldsOf(json.value);
  const schedules = fieldsOf(content?.get('schedules'));
  if (content?.get('version') !== fileVersion || !schedules)
    return fail('format', 'is no file of schedules: expected { "version": 1, "machine": …, "schedules": { … } }');
  const tunedFor = content.get('machine');
  if (tunedFor !== machine.name)
    return fail('machine', `was tuned for ${showJson(tunedFor)}, the target runs on ${machine.name}`);
  const algorithms = content.has('algorithms') ? fieldsOf(content.get('algorithms')) : new Map<string, unknown>();
  if (!algorithms) return fail('format', 'has algorithms that are no table: expected { "KEY": "direct", … }');
  const wrong = [...faultsIn(schedules, faultInRecord), ...faultsIn(algorithms, faultInAlgorithm)];
  if (wrong.length > 0) return failure(wrong.map((fault) => error('schedules/record', `${file}: the record ${fault}`)));
  return success({
    schedules: schedules as ReadonlyMap<string, Schedule>,
    algorithms: algorithms as ReadonlyMap<string, Algorithm>,
  });
}

/** Keys are long: their beginning has to do, with a number. */
const faultsIn = (table: ReadonlyMap<string, unknown>, faultIn: (record: unknown) => string | undefined): string[] =>
  [...table].flatMap(([key, record], n) => {
    const fault = faultIn(record);
    return fault === undefined ? [] : [`${n + 1}, of ${key.slice(0, 60)}: ${fault}`];
  });

const faultInAlgorithm = (value: unknown): string | undefined =>
  value === 'direct' || value === 'tiled' ? undefined : `"direct" or "tiled" is expected, not ${showJson(value)}`;

const largestStep = 4096;

const isStep = (value: unknown): boolean =>
  Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= largestStep;

/** Of its form only; whether it suits an expression is found where they meet. */
function faultInRecord(value: unknown): string | undefined {
  const fields = fieldsOf(value);
  if (!fields) return `an object is expected, not ${showJson(value)}`;
  const [order, lanes, splat, unroll] = ['order', 'lanes', 'splat', 'unroll'].map((key) => fields.get(key));
  const unknown = [...fields.keys()].find((key) => !['order', 'lanes', 'splat', 'unroll'].includes(key));
  if (unknown !== undefined) return `${showJson(unknown)} is no field; there are order, lanes, splat and unroll`;
  if (!Array.isArray(order)) return `order is expected as a list of levels, not ${showJson(order)}`;
  for (const [n, level] of order.entries())
    if (!Array.isArray(level) || level.length !== 2 || typeof level[0] !== 'string' || !isStep(level[1]))
      return `level ${n + 1} of its order is no ["axis", step] with a step of 1 to ${largestStep}`;
  if (lanes !== undefined && typeof lanes !== 'string') return `lanes is expected as an axis, not ${showJson(lanes)}`;
  if (splat !== 'load' && splat !== 'lane') return `splat is "load" or "lane", not ${showJson(splat)}`;
  if (unroll !== undefined && !isStep(unroll)) return `unroll is 1 to ${largestStep}, not ${showJson(unroll)}`;
  return undefined;
}
