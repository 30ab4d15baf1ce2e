// Axes as arguments: counted from 0, or from the end with negative numbers (−1 is the channel axis).
import type { Shape } from '../../tensor.ts';
import { showShape } from '../../tensor.ts';
import type { Fault } from '../operator.ts';
import { isFault } from '../operator.ts';
import { type Parameter, type Static, whole } from '../parameters.ts';

/** One axis. */
export const axis = (about: string): Parameter<number> => ({ ...whole(about), expects: 'an axis: a whole number' });

/** One axis or a list of axes; undefined stands for a default that depends on the shape. */
export const axes = (about: string): Parameter<readonly number[] | undefined> => ({
  expects: 'an axis or a list of axes: whole numbers',
  about,
  fallback: { value: undefined },
  read: (value: Static) => {
    const list: readonly Static[] = typeof value === 'number' ? [value] : Array.isArray(value) ? value : ['no list'];
    return list.every((one) => Number.isSafeInteger(one)) ? (list as readonly number[]) : undefined;
  },
});

/** The axis counted from 0, or a fault that names the parameter. */
export function resolveAxis(given: number, shape: Shape, parameter = 'axis'): number | Fault {
  const rank = shape.length;
  if (given >= -rank && given < rank) return given < 0 ? given + rank : given;
  return {
    parameter,
    code: 'shape/axis',
    message: `there is no axis ${given} in ${showShape(shape)}`,
    label: `from ${-rank} to ${rank - 1}`,
    notes: [`axes are counted from 0 to ${rank - 1}, or from the end from −1 to −${rank}; there is no batch axis`],
  };
}

/** The axes counted from 0 in rising order, each once; a fault where one is missing in the shape or stands twice. */
export function resolveAxes(given: readonly number[], shape: Shape, parameter = 'axes'): readonly number[] | Fault {
  const resolved: number[] = [];
  for (const one of given) {
    const position = resolveAxis(one, shape, parameter);
    if (isFault(position)) return position;
    if (resolved.includes(position)) {
      return {
        parameter,
        code: 'shape/axis',
        message: `axis ${position} of ${showShape(shape)} stands twice in ${showShape(given)}`,
        notes: ['name each axis once'],
      };
    }
    resolved.push(position);
  }
  return resolved.sort((a, b) => a - b);
}
