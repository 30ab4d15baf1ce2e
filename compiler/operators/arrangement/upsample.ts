// Makes space larger by a factor: by repeating cells or by drawing straight lines between them.
import { defineOperator, faults, isFault } from '../operator.ts';
import { choice, optional, type Sizes } from '../parameters.ts';
import {
  ignoredOption,
  resample,
  type SamplingArguments,
  samplingParameters,
  scaledAxes,
  scales,
} from '../shared/resizing.ts';

interface Arguments extends Pick<SamplingArguments, 'coordinates' | 'rounding'> {
  readonly scale: Sizes;
  readonly mode: 'nearest' | 'bilinear';
}

export const upsample = defineOperator<Arguments>({
  name: 'upsample',
  family: 'arrangement',
  about: 'Makes space larger by a factor; `bilinear` interpolates along every spatial axis, however many there are.',
  example: 'upsample(2)',
  exampleInputs: [[3, 3, 2]],
  operands: { minimum: 1, maximum: 1 },
  parameters: {
    scale: scales('How many times larger each spatial axis becomes.'),
    mode: optional(choice('How cells between are made.', 'nearest', 'bilinear'), 'nearest'),
    coordinates: samplingParameters.coordinates,
    rounding: samplingParameters.rounding,
  },
  positional: ['scale'],
  infer: ({ arguments: { scale, coordinates, rounding, ...rest }, inputs, given }) => {
    const mode = rest.mode === 'bilinear' ? 'linear' : 'nearest';
    const ignored = ignoredOption(mode, (name) => name === 'rounding' && given(name));
    if (ignored) return faults(ignored);
    const axes = scaledAxes(scale, inputs[0]!);
    if (isFault(axes)) return faults(axes);
    return resample(axes, { mode, coordinates, rounding, coefficient: 0, excludeOutside: false, antialias: false });
  },
});
