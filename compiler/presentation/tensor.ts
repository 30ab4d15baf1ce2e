// Numbers of a tensor for people and for JSON.
import type { Tensor } from '../algebra/evaluate.ts';

/** What JSON has no number for is a string, as in tensor files. */
export type Nested = number | string | readonly Nested[];

export function nestedNumbers({ shape, data }: Tensor): Nested {
  const build = (axis: number, begin: number, end: number): Nested => {
    if (axis === shape.length) return Number.isFinite(data[begin]!) ? data[begin]! : String(data[begin]);
    const step = (end - begin) / shape[axis]!;
    return Array.from({ length: shape[axis]! }, (_, n) => build(axis + 1, begin + n * step, begin + (n + 1) * step));
  };
  return build(0, 0, data.length);
}

/** More numbers than this are summed up. */
const shownNumbers = 256;

/** A small tensor as rows of numbers, one for each place of all axes but the last; a large one in short. */
export function showTensor({ shape, data }: Tensor): string {
  if (data.length > shownNumbers) return `  ${summary(data)}`;
  // A single channel is shown as a picture: its last spatial axis runs along the line.
  const flat = shape.length > 1 && shape.at(-1) === 1 ? shape.slice(0, -1) : shape;
  const width = flat.at(-1) ?? 1;
  const texts = Array.from(data, showNumber);
  const widest = Math.max(...texts.map((text) => text.length));
  const rows = Array.from({ length: data.length / width }, (_, row) => texts.slice(row * width, (row + 1) * width));
  return rows.map((row) => `  ${row.map((text) => text.padStart(widest)).join('  ')}`).join('\n');
}

/** Six digits are what float32 has to say. */
export const showNumber = (value: number): string => String(Number(value.toPrecision(6)));

function summary(data: Float32Array): string {
  let [low, high, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const value of data) {
    low = Math.min(low, value);
    high = Math.max(high, value);
    sum += value;
  }
  return `${data.length} numbers from ${showNumber(low)} to ${showNumber(high)}, mean ${showNumber(sum / data.length)}`;
}
