// A file that states its shape is held to it: the tensor's own, with or without a leading 1 for a batch of one. Channels
// first is turned round where the shape can be read in no other way, and that is said.
//
//     (1, 3, 32, 32) for [32, 32, 3]   →   turned, with a warning
//     (32, 96) for [32, 32, 3]         →   a problem, although the count is right
import { error, failure, type Result, success, warning } from '../../dsl/problem.ts';
import { showShape } from '../tensor.ts';
import { countOf } from './elements.ts';
import type { TensorData } from './safetensors.ts';

/**
 * The numbers of `stated` for a tensor of the shape `wanted`. Problems: `input/count`, `input/shape`; the warning
 * `input/channels-first` where numbers were moved.
 */
export function fitStatedShape(stated: TensorData, wanted: readonly number[], file: string): Result<Float32Array> {
  const { shape, data } = stated;
  if (data.length !== countOf(wanted)) return wrongCount(data.length, wanted, file);
  if (isShape(shape, wanted)) return success(data);
  if (wanted.length >= 2 && isShape(shape, channelsFirst(wanted))) return turned(stated, wanted, file);
  const message = `${file} has the shape ${showShape(shape)}, ${showShape(wanted)} is wanted`;
  const notes = ['the axes are rows, columns, channels: channels last', `save it as ${showShape(wanted)}`];
  return failure([error('input/shape', message, undefined, { notes: wanted.length === 3 ? notes : notes.slice(1) })]);
}

export function wrongCount(count: number, wanted: readonly number[], file: string): Result<never> {
  return failure([
    error('input/count', `${file} holds ${count} numbers, ${showShape(wanted)} wants ${countOf(wanted)}`),
  ]);
}

/** Whether it is this shape, or this shape in a batch of one. */
function isShape(stated: readonly number[], wanted: readonly number[]): boolean {
  const batch = stated.length - wanted.length;
  return (
    (batch === 0 || (batch === 1 && stated[0] === 1)) && wanted.every((size, axis) => stated[axis + batch] === size)
  );
}

const channelsFirst = (shape: readonly number[]): readonly number[] => [shape.at(-1)!, ...shape.slice(0, -1)];

function turned({ shape, data }: TensorData, wanted: readonly number[], file: string): Result<Float32Array> {
  const channels = wanted.at(-1)!;
  const positions = data.length / channels;
  // With one channel or one position the order of the numbers is the same.
  if (channels === 1 || positions === 1) return success(data);
  const result = new Float32Array(data.length);
  for (let channel = 0; channel < channels; channel++)
    for (let position = 0; position < positions; position++)
      result[position * channels + channel] = data[channel * positions + position]!;
  const message = `${file} has the shape ${showShape(shape)}: channels first, turned to ${showShape(wanted)}`;
  return success(result, [warning('input/channels-first', message)]);
}
