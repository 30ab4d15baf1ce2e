// Gives space another size, or another scale, with every rule of ONNX Resize (except tf_crop_and_resize).
import { asUpsampling, exportResampling, onnxResampling, resizeArguments } from './onnx-resampling.ts';
import { defineOperator, faults } from './operator.ts';
import { choice, optional, type Sizes, sizes } from './parameters.ts';
import {
  ignoredOption,
  resample,
  type SamplingArguments,
  samplingParameters,
  scaledAxes,
  scales,
  sizedAxes,
} from './resizing.ts';
import { isFault } from './windows.ts';

interface Arguments extends SamplingArguments {
  readonly size: Sizes | undefined;
  readonly scale: Sizes | undefined;
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
  },
  positional: ['size'],
  onnx: {
    imports: {
      Resize: (node) => {
        const read = onnxResampling(node);
        return asUpsampling(read) ? undefined : node.layer(resizeArguments(read), [read.value]);
      },
    },
    exports: (layer) => {
      const { mode, scale } = layer.arguments as unknown as Arguments;
      return exportResampling(layer, mode, scale);
    },
  },
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
    const axes = size === undefined ? scaledAxes(scale!, inputs[0]!) : sizedAxes(size, inputs[0]!);
    return isFault(axes) ? faults(axes) : resample(axes, given);
  },
});
