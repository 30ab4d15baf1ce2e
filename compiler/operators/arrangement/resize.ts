// Gives space another size, or another scale, with every rule of ONNX Resize; a part of it too, as TensorFlow's
// crop_and_resize does.
import { defineOperator, type Fault, faults, isFault } from '../operator.ts';
import { choice, optional, type Parameter, real, type Sizes, type Static, sizes } from '../parameters.ts';
import type { Region } from '../shared/resampling.ts';
import {
  ignoredOption,
  resample,
  type SamplingArguments,
  samplingParameters,
  scaledAxes,
  scales,
  sizedAxes,
  withRegion,
} from '../shared/resizing.ts';

interface Arguments extends SamplingArguments {
  readonly size: Sizes | undefined;
  readonly scale: Sizes | undefined;
  readonly region: readonly Region[] | undefined;
  readonly outside: number;
}

const region: Parameter<readonly Region[] | undefined> = {
  expects: 'a list by axis of [from, to] pairs of numbers',
  about: 'The part of each spatial axis that is resampled: 0 is its first cell, 1 its last.',
  fallback: { value: undefined },
  read: (value) => {
    const pair = (one: Static): boolean =>
      Array.isArray(one) && one.length === 2 && one.every((end) => typeof end === 'number' && Number.isFinite(end));
    return Array.isArray(value) && value.length > 0 && value.every(pair) ? (value as readonly Region[]) : undefined;
  },
};

/** A region has a coordinate rule of its own and wants the size said; only it reaches outside. */
function regionConflict(given: Arguments, isGiven: (name: string) => boolean): Fault | undefined {
  const conflict = (parameter: string, message: string, note: string): Fault => ({
    parameter,
    code: 'argument/conflict',
    message,
    notes: [note],
  });
  if (!given.region)
    return isGiven('outside')
      ? conflict('outside', 'outside has no effect without a region', 'leave it out, or give a region')
      : undefined;
  if (given.size === undefined)
    return conflict('region', 'a region says nothing of the size of the result', 'write size in place of scale');
  return isGiven('coordinates')
    ? conflict('coordinates', 'a region fixes where output cells lie', 'leave out coordinates')
    : undefined;
}

export const resize = defineOperator<Arguments>({
  name: 'resize',
  family: 'arrangement',
  about: 'Gives space another size. A list is for the spatial axes, or for every axis.',
  example: 'resize([5, 7], mode: linear)',
  exampleInputs: [[4, 4, 2]],
  operands: { minimum: 1, maximum: 1 },
  parameters: {
    size: optional<Sizes | undefined>(sizes('Size of each spatial axis of the result.'), undefined),
    scale: optional<Sizes | undefined>(scales('Scale of each spatial axis, instead of the size.'), undefined),
    mode: optional(choice('How cells between are made.', 'nearest', 'linear', 'cubic'), 'nearest'),
    ...samplingParameters,
    region,
    outside: optional(real('What cells beyond the input are, where the region reaches there.'), 0),
  },
  positional: ['size'],
  infer: ({ arguments: given, inputs, ...call }) => {
    const { size, scale } = given;
    const ignored = ignoredOption(given.mode, (name) => call.given(name as keyof Arguments));
    if (ignored) return faults(ignored);
    if (size !== undefined && scale !== undefined) {
      return faults({
        parameter: 'scale',
        code: 'argument/conflict',
        message: 'size and scale both fix the result',
        notes: ['give one of them'],
      });
    }
    if (size === undefined && scale === undefined) {
      return faults({
        code: 'argument/missing',
        message: 'the layer needs size or scale',
        notes: ['write size: [64, 64] or scale: 2'],
      });
    }
    const conflict = regionConflict(given, (name) => call.given(name as keyof Arguments));
    if (conflict) return faults(conflict);
    const axes = size === undefined ? scaledAxes(scale!, inputs[0]!) : sizedAxes(size, inputs[0]!);
    if (isFault(axes)) return faults(axes);
    const parts = given.region ? withRegion(axes, given.region, inputs[0]!) : axes;
    return isFault(parts) ? faults(parts) : resample(parts, given, given.outside);
  },
});
