// Parts of schedules that the machines share.
import type { Axis } from '../algebra/expression.ts';
import type { Schedule } from './machine.ts';

export type Order = Schedule['order'];

/** A plain loop over each axis. */
export const single = (axes: readonly Axis[]): Order => axes.map(({ name }) => [name, 1]);

/** Whole inner loops, as long as their bodies together stay small. */
export function unrolled(reductions: readonly Axis[], most: number): Order {
  let room = most;
  return reductions
    .toReversed()
    .map(({ name, extent }): readonly [string, number] => {
      const step = extent <= room ? extent : 1;
      room = step === extent ? Math.floor(room / extent) : 1;
      return [name, step];
    })
    .toReversed();
}

/** Numbers of data that may pass by for each few columns, and as many as stay in the second-level cache beside a kernel. */
const passing = 128 * 1024;
const staying = 32 * 1024;

/** `y/8 f/8 y x/4 …`: data that is larger than the cache is walked block by block, unless the kernel is the larger one. */
export function blockRows(
  rows: readonly Axis[],
  tile: Order,
  reductions: readonly Axis[],
  columns: { readonly extent: number; readonly step: number },
): Order {
  const [outer, ...inner] = rows;
  const inRow = inner.reduce((product, { extent }) => product * extent, reductions.at(-1)?.extent ?? 1);
  const data = inRow * (outer?.extent ?? 1);
  if (!outer || data <= passing) return [];
  const unit = tile[0]?.[1] ?? 1;
  const size = divisorNear(outer.extent, Math.max(unit, Math.floor(staying / inRow / unit) * unit), unit);
  const kernel = reductions.reduce((product, { extent }) => product * extent, columns.extent);
  const isWorthIt = Math.ceil(outer.extent / size) * kernel < Math.ceil(columns.extent / columns.step) * data;
  return size < outer.extent && isWorthIt ? [[outer.name, size]] : [];
}

/** The largest size up to `most` that leaves no rest, if it is not much smaller. */
function divisorNear(extent: number, most: number, unit: number): number {
  for (let size = most; 2 * size >= most; size -= unit) if (extent % size === 0) return size;
  return most;
}
