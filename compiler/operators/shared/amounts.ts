// Amounts at both ends of axes, as `pad` and `crop` take them: one number, a number per axis, or a [before, after] pair per
// axis. A list has an entry for each spatial axis, or one for every axis, channels included.
import { type Shape, showShape } from '../../tensor.ts';
import type { Fault } from '../operator.ts';
import type { Parameter, Static } from '../parameters.ts';

export type Amounts = number | readonly (number | readonly [number, number])[];
export type Pair = readonly [before: number, after: number];

/** Whole numbers from `minimum` on. */
export const amounts = (about: string, minimum = Number.NEGATIVE_INFINITY): Parameter<Amounts> => ({
  expects: `${minimum === 0 ? 'a whole number of at least 0' : 'a whole number'}, or a list by axis of numbers or [before, after] pairs`,
  about,
  read: (value) => {
    const fits = (one: Static): boolean => Number.isSafeInteger(one) && (one as number) >= minimum;
    const pair = (one: Static): boolean => Array.isArray(one) && one.length === 2 && one.every(fits);
    const list = Array.isArray(value) && value.length > 0 && value.every((one) => fits(one) || pair(one));
    return fits(value) || list ? (value as Amounts) : undefined;
  },
});

/** How many leading axes are space: all but the channels, or the only one. */
export const spatialRank = (shape: Shape): number => Math.max(1, shape.length - 1);

/** Entries for the spatial axes or for every axis, made one for every axis; channels that are not named get `rest`. */
export function spreadAxes<T>(
  entries: T | readonly T[],
  shape: Shape,
  rest: T,
  parameter: string,
): readonly T[] | Fault {
  const space = spatialRank(shape);
  const list = Array.isArray(entries) ? (entries as readonly T[]) : shape.slice(0, space).map(() => entries as T);
  if (list.length === space || list.length === shape.length) return shape.map((_, n) => list[n] ?? rest);
  return {
    parameter,
    code: 'shape/axes',
    message: `${parameter} has ${list.length} entries for ${showShape(shape)}`,
    label:
      space === shape.length
        ? `one number, or a list of ${space}`
        : `a list of ${space}, or ${shape.length} with channels`,
  };
}

/** A pair for every axis. */
export function pairs(given: Amounts, shape: Shape, parameter: string): readonly Pair[] | Fault {
  const list = spreadAxes<number | Pair>(given, shape, 0, parameter);
  return 'code' in list ? list : list.map((entry): Pair => (typeof entry === 'number' ? [entry, entry] : entry));
}
