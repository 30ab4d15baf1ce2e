// Where an index lies: always inside its bounds, always outside, or where to cut the box so that it is one or the other.
//
//   2·y + i − 1 within 0 … 9, y < 6, i < 3   →   cut y into 0 | 1 … 4 | 5 (only i ≥ 1 | all | only i = 0)
import type { Affine } from '../algebra/affine.ts';
import { type Axis, extentsOf } from '../algebra/expression.ts';

/** The bounds of an index, both included. */
export interface Condition {
  readonly index: Affine;
  readonly low: number;
  readonly high: number;
}

/** Neighbouring values of an axis. */
export interface Run {
  readonly low: number;
  readonly extent: number;
}

export type Place =
  | { readonly kind: 'inside' }
  | { readonly kind: 'outside' }
  | { readonly kind: 'cut'; readonly axis: string; readonly runs: readonly Run[] };

/** @param axes those that may be cut, the most welcome first @param context all axes of the index */
export function place(condition: Condition, axes: readonly Axis[], context: readonly Axis[]): Place {
  const [low, high] = condition.index.range(extentsOf(context));
  if (low >= condition.low && high <= condition.high) return { kind: 'inside' };
  if (low > condition.high || high < condition.low) return { kind: 'outside' };
  for (const { name } of axes) {
    if (!condition.index.dependsOn(name)) continue;
    const runs = runsOf(condition, name, context);
    if (runs.length > 1) return { kind: 'cut', axis: name, runs };
  }
  return everywhere(condition, context);
}

/** Where every axis makes no difference: an index that is not as wide as its range says, since an axis stands in it twice. */
function everywhere({ index, low, high }: Condition, context: readonly Axis[]): Place {
  const axes = context.filter(({ name }) => index.dependsOn(name));
  const inside = possibleSums(index, axes).map((sum) => sum >= low && sum <= high);
  if (inside.every((is) => is)) return { kind: 'inside' };
  if (inside.every((is) => !is)) return { kind: 'outside' };
  throw new Error(`${index} leaves ${low} … ${high}, and no axis here can be cut`);
}

/** The maximal runs of an axis in which the same values of the other axes are inside. */
export function runsOf(condition: Condition, axis: string, context: readonly Axis[]): Run[] {
  const { index } = condition;
  const extent = context.find(({ name }) => name === axis)!.extent;
  const rests = possibleSums(
    index,
    context.filter(({ name }) => name !== axis && index.dependsOn(name)),
  );
  const tabled = index.tables.some((table) => table.axis === axis);
  const starts = tabled ? tableStarts(condition, axis, extent, rests) : affineStarts(condition, axis, extent, rests);
  return starts.map((low, n) => ({ low, extent: (starts[n + 1] ?? extent) - low }));
}

/** Where runs start: each rest is inside for one interval of the axis, so something changes at both ends of each. */
function affineStarts({ index, low, high }: Condition, axis: string, extent: number, rests: readonly number[]) {
  const coefficient = index.coefficient(axis);
  const starts = new Set([0]);
  for (const rest of rests) {
    const ends = [(low - rest) / coefficient, (high - rest) / coefficient];
    const [first, after] = [Math.ceil(Math.min(...ends)), Math.floor(Math.max(...ends)) + 1];
    if (first >= after) continue;
    for (const start of [first, after]) if (start > 0 && start < extent) starts.add(start);
  }
  return [...starts].sort((a, b) => a - b);
}

/** A table may leave its bounds and come back: every value is looked at. */
function tableStarts({ index, low, high }: Condition, axis: string, extent: number, rests: readonly number[]) {
  const starts: number[] = [];
  let before = '';
  for (let at = 0; at < extent; at++) {
    const share = shareOf(index, axis, at);
    const pattern = rests.map((rest) => (rest + share >= low && rest + share <= high ? '1' : '0')).join('');
    if (at === 0 || pattern !== before) starts.push(at);
    before = pattern;
  }
  return starts;
}

/** What one value of an axis adds to an index. */
function shareOf(index: Affine, axis: string, at: number): number {
  let share = index.coefficient(axis) * at;
  for (const table of index.tables) if (table.axis === axis) share += table.values[at]!;
  return share;
}

/** The distinct values of the rest of an index. */
function possibleSums(index: Affine, axes: readonly Axis[]): number[] {
  let sums = new Set([index.constant]);
  for (const { name, extent } of axes) {
    const next = new Set<number>();
    for (let at = 0; at < extent; at++) {
      const share = shareOf(index, name, at);
      for (const sum of sums) next.add(sum + share);
    }
    sums = next;
  }
  return [...sums];
}
