// Strides, dilations and padding of TensorFlow's windows: lists over all four or five axes, channels last.
import type { Static } from '../../operators/parameters.ts';
import type { Operation } from './operation.ts';

/** One number where all are the same. */
export const compact = (list: readonly number[]): Static => (list.every((one) => one === list[0]) ? list[0]! : list);

/** The spatial part of a list over all axes; batch and channels must be 1. */
export function spatial(operation: Operation, name: string, rank: number): readonly number[] {
  checkFormat(operation);
  const list = operation.numbers(name);
  if (!list || list.length === 0) return Array.from({ length: rank }, () => 1);
  if (list.length !== rank + 2) operation.refuse(`has ${list.length} ${name} for ${rank + 2} axes`);
  if (list[0] !== 1 || list.at(-1) !== 1) operation.refuse(`has ${name} over the batch or the channels`);
  return list.slice(1, -1);
}

/** `SAME`, `VALID`, or `EXPLICIT` with a pair for every axis. */
export function paddingOf(operation: Operation, rank: number): Static {
  const padding = operation.text('padding', 'VALID');
  const explicit = operation.numbers('explicit_paddings') ?? [];
  if (padding === 'SAME') return 'same';
  if (padding === 'VALID') return 'valid';
  if (padding !== 'EXPLICIT' || explicit.length !== 2 * (rank + 2)) operation.refuse(`has padding ${padding}`);
  return Array.from({ length: rank }, (_, axis) => [explicit[2 * axis + 2]!, explicit[2 * axis + 3]!]);
}

/** Channels come last; the other format is for graphs that no web runtime takes. */
export function checkFormat(operation: Operation): void {
  const format = operation.text('data_format', 'NHWC');
  if (format !== 'NHWC' && format !== 'NDHWC') operation.refuse(`has data_format ${format}`, 'channels last (NHWC)');
}
