// Rearranging stated tensors before and after a run: axes in another order, samples of a batch apart and together.
import type { Dense } from './case.ts';

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** Axis n of the result is axis order[n] of the tensor. */
export function permuted(tensor: Dense, order: readonly number[]): Dense {
  const shape = order.map((axis) => tensor.shape[axis]!);
  if (!tensor.data || order.every((axis, n) => axis === n)) return { ...tensor, shape };
  const strides = tensor.shape.map((_, axis) => sizeOf(tensor.shape.slice(axis + 1)));
  const steps = order.map((axis) => strides[axis]!);
  const data = new Float32Array(tensor.data.length);
  const point = shape.map(() => 0);
  let from = 0;
  for (let to = 0; to < data.length; to++) {
    data[to] = tensor.data[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      point[axis]!++;
      from += steps[axis]!;
      if (point[axis]! < shape[axis]!) break;
      from -= steps[axis]! * shape[axis]!;
      point[axis] = 0;
    }
  }
  return { shape, data };
}

/** The n-th slice along the first axis, without that axis. */
export function part(tensor: Dense, n: number): Dense {
  const shape = tensor.shape.slice(1);
  const size = sizeOf(shape);
  return tensor.data ? { shape, data: tensor.data.subarray(n * size, (n + 1) * size) } : { shape };
}

/** Tensors of one shape along a new first axis. */
export function stacked(parts: readonly Dense[]): Dense {
  const shape = [parts.length, ...parts[0]!.shape];
  if (parts.some((one) => !one.data)) return { shape };
  const data = new Float32Array(sizeOf(shape));
  for (const [n, one] of parts.entries()) data.set(one.data!, n * one.data!.length);
  return { shape, data };
}

export const reshaped = (tensor: Dense, shape: readonly number[]): Dense => ({ ...tensor, shape });

/** For letters `nchw` the order `nhwc`, as positions: [0, 2, 3, 1]. */
export const orderOf = (letters: string, wanted: string): number[] =>
  [...wanted].map((letter) => letters.indexOf(letter));

/** A layout's letters in our order: batch, space, channels. */
export const channelsLast = (letters: string): string =>
  `${letters.includes('n') ? 'n' : ''}${[...letters].filter((letter) => letter !== 'n' && letter !== 'c').join('')}c`;

/** The samples of a batch, channels last; a tensor that does not have the layout's axes is passed on as it is. */
export function samplesOf(tensor: Dense, letters: string): Dense[] {
  const fits = tensor.shape.length === letters.length;
  const ordered = fits ? permuted(tensor, orderOf(letters, channelsLast(letters))) : tensor;
  if (!letters.includes('n')) return [ordered];
  const count = Math.max(1, ordered.shape[0] ?? 1);
  // Without data all samples are alike.
  return Array.from({ length: tensor.data ? count : Math.min(count, 4096) }, (_, n) => part(ordered, n));
}

/** The way back from `samplesOf`. */
export function batchOf(samples: readonly Dense[], letters: string): Dense {
  const ordered = letters.includes('n') ? stacked(samples) : samples[0]!;
  if (ordered.shape.length !== letters.length) return ordered;
  return permuted(ordered, orderOf(channelsLast(letters), letters));
}
