// Makes space larger by a factor: by repeating cells or by drawing straight lines between them.

import type { LayerValue, OnnxNodeReader } from '../../front/onnx/mapping.ts';
import { asUpsampling, exportResampling, onnxResampling } from '../../front/onnx/mappings/resampling.ts';
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
  onnx: {
    imports: { Resize: onnxUpsampling, Upsample: onnxUpsampling },
    exports: (layer) => {
      const { mode, scale } = layer.arguments as unknown as Arguments;
      return exportResampling(layer, mode === 'bilinear' ? 'linear' : 'nearest', scale);
    },
  },
  infer: ({ arguments: { scale, coordinates, rounding, ...rest }, inputs, given }) => {
    const mode = rest.mode === 'bilinear' ? 'linear' : 'nearest';
    const ignored = ignoredOption(mode, (name) => name === 'rounding' && given(name));
    if (ignored) return faults(ignored);
    const axes = scaledAxes(scale, inputs[0]!);
    if (isFault(axes)) return faults(axes);
    return resample(axes, { mode, coordinates, rounding, coefficient: 0, excludeOutside: false, antialias: false });
  },
});

/** What only enlarges by a factor; the rest is resizing. */
function onnxUpsampling(node: OnnxNodeReader): LayerValue | undefined {
  const read = onnxResampling(node);
  const given = asUpsampling(read);
  return given && node.layer(given, [read.value]);
}
