// How other frameworks write padding, each resolved into explicit numbers for one axis: what an importer needs.
//
//   keras transposed, same, I = 4, kernel 3, stride 2      →      [before, after] = [0, 1], output 8
//
// Forward:    output o reads input o·stride + k·dilation − before;       out = ⌊(I + before + after − extent) / stride⌋ + 1
// Transposed: input i adds to output i·stride + k·dilation − before;     out = full − before − after
// where extent = (kernel − 1)·dilation + 1 and full = (I − 1)·stride + extent. A transposed `after` may be negative: the
// output then ends in cells that no tap reaches. The table for readers is in `docs/padding.md`.
import type { Fault } from '../operators/operator.ts';
import { sameHead } from '../operators/shared/transposed-windows.ts';
import { effectiveKernel, type Geometry } from '../operators/shared/windows.ts';

/** Explicit padding of one axis, as our `padding` argument takes it. */
export type Ends = readonly [before: number, after: number];

/** ONNX lists all heads, then all tails. */
export const onnxPads = (pads: readonly number[]): readonly Ends[] =>
  pads.slice(0, pads.length / 2).map((before, axis) => [before, pads[pads.length / 2 + axis]!]);

/** WebNN lists [top, bottom, left, right]. */
export const webnnPads = (pads: readonly number[]): readonly Ends[] =>
  pads.flatMap((before, n) => (n % 2 === 0 ? [[before, pads[n + 1]!] as const] : []));

const extentOf = ({ kernel, dilation }: Geometry): number => effectiveKernel(kernel, dilation);
const fullOf = (axis: Geometry): number => (axis.input - 1) * axis.stride + extentOf(axis);

/** SAME of TensorFlow and ONNX: ⌈I / stride⌉ windows, the odd cell at the tail (`same`) or the head (`same_lower`). */
function forwardSame(axis: Geometry, padding: 'same' | 'same_lower'): Ends {
  const windows = Math.ceil(axis.input / axis.stride);
  const total = Math.max((windows - 1) * axis.stride + extentOf(axis) - axis.input, 0);
  const before = sameHead(total, padding);
  return [before, total - before];
}

/** The cut of a transposed output of a known size that a SAME rule shares between the ends. */
function transposedSame(axis: Geometry, output: number, padding: 'same' | 'same_lower'): Ends {
  const total = fullOf(axis) - output;
  const before = sameHead(total, padding);
  return [before, total - before];
}

const noPadding: Ends = [0, 0];

/** Convolutions and pools. */
export const forwardDialects = {
  /** `same` of PyTorch is for stride 1. */
  pytorch(axis: Geometry, padding: number | 'same' | 'valid'): Ends | Fault {
    if (padding === 'valid') return noPadding;
    if (padding !== 'same') return [padding, padding];
    if (axis.stride !== 1) {
      return {
        parameter: 'padding',
        code: 'dialect/same-stride',
        message: `PyTorch has padding same for stride 1 only, the stride is ${axis.stride}`,
      };
    }
    const total = extentOf(axis) - 1;
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  },

  /** `pads` are this axis's; `auto_pad` other than NOTSET overrides them. */
  onnx(axis: Geometry, { pads = noPadding, autoPad = 'NOTSET' }: OnnxForward): Ends {
    switch (autoPad) {
      case 'SAME_UPPER':
        return forwardSame(axis, 'same');
      case 'SAME_LOWER':
        return forwardSame(axis, 'same_lower');
      case 'VALID':
        return noPadding;
      case 'NOTSET':
        return pads;
    }
  },

  /** Keras, TensorFlow, TensorFlow.js and TFLite. */
  keras(axis: Geometry, padding: 'valid' | 'same' | 'causal'): Ends {
    switch (padding) {
      case 'valid':
        return noPadding;
      case 'same':
        return forwardSame(axis, 'same');
      case 'causal':
        return [extentOf(axis) - 1, 0];
    }
  },

  jax(axis: Geometry, padding: 'SAME' | 'SAME_LOWER' | 'VALID' | Ends): Ends {
    if (typeof padding !== 'string') return padding;
    return forwardDialects.onnx(axis, { autoPad: padding === 'SAME' ? 'SAME_UPPER' : padding });
  },

  /** WebNN has explicit padding only; see `webnnPads` for its order. */
  webnn: (_axis: Geometry, padding: Ends): Ends => padding,

  /** No padding at all means SAME. */
  nnef: (axis: Geometry, padding: Ends | undefined): Ends => padding ?? forwardSame(axis, 'same'),
} as const;

export type AutoPad = 'NOTSET' | 'SAME_UPPER' | 'SAME_LOWER' | 'VALID';

export interface OnnxForward {
  readonly pads?: Ends;
  readonly autoPad?: AutoPad;
}

export interface OnnxTransposed extends OnnxForward {
  readonly outputPadding?: number;
  /** Spatial size from `output_shape`; padding is then derived and `pads` ignored. */
  readonly outputSize?: number;
  /**
   * Which end gets the odd cell of a derived padding. The specification's text cuts it from the tail for SAME_UPPER and
   * from the head otherwise; some runtimes have it the other way round.
   */
  readonly oddCell?: 'specified' | 'swapped';
}

/** Transposed convolutions. */
export const transposedDialects = {
  pytorch(axis: Geometry, padding: number, outputPadding = 0): Ends | Fault {
    const limit = Math.max(axis.stride, axis.dilation);
    return outputPaddingFault(outputPadding, limit) ?? [padding, padding - outputPadding];
  },

  /** A negative total lengthens the tail, whichever rule applies. */
  onnx(axis: Geometry, given: OnnxTransposed): Ends {
    const { pads = noPadding, autoPad = 'NOTSET', outputPadding = 0, oddCell = 'specified' } = given;
    const derived = autoPad === 'SAME_UPPER' || autoPad === 'SAME_LOWER';
    if (given.outputSize === undefined && !derived) {
      const [before, after] = autoPad === 'VALID' ? noPadding : pads;
      return [before, after - outputPadding];
    }
    const output = given.outputSize ?? axis.input * axis.stride;
    const total = fullOf(axis) + outputPadding - output;
    const tailOdd = (autoPad === 'SAME_UPPER') === (oddCell === 'specified');
    const before = sameHead(total, tailOdd ? 'same' : 'same_lower');
    return [before, fullOf(axis) - output - before];
  },

  /** Keras layers, where TensorFlow works out the output size. */
  keras(axis: Geometry, padding: 'valid' | 'same', outputPadding?: number): Ends {
    const { input, stride } = axis;
    const extent = extentOf(axis);
    if (padding === 'same') {
      const output = outputPadding === undefined ? input * stride : (input - 1) * stride + (extent % 2) + outputPadding;
      return transposedSame(axis, output, 'same');
    }
    // Without output padding a stride above the kernel leaves a tail; with it there is none but that.
    return [0, outputPadding === undefined ? Math.min(extent - stride, 0) : 0 - outputPadding];
  },

  /** `tf.nn.conv2d_transpose`, TensorFlow.js and TFLite: padding of the forward convolution over the stated output. */
  tensorflow(axis: Geometry, padding: 'VALID' | 'SAME' | Ends, output: number): Ends {
    if (padding === 'SAME') return transposedSame(axis, output, 'same');
    const before = padding === 'VALID' ? 0 : padding[0];
    return [before, fullOf(axis) - output - before];
  },

  /**
   * `jax.lax.conv_transpose`. Pairs are padding around the input with zeros between. Unless `transpose_kernel` is set, JAX
   * does not flip the kernel: an importer reverses its taps.
   */
  jax(axis: Geometry, padding: 'SAME' | 'VALID' | Ends): Ends {
    if (padding === 'SAME') return transposedDialects.keras(axis, 'same');
    if (padding === 'VALID') return transposedDialects.keras(axis, 'valid');
    const reach = extentOf(axis) - 1;
    return [reach - padding[0], reach - padding[1]];
  },

  /** `outputSizes` wins over `outputPadding`, and must lie less than a stride above the size without it. */
  webnn(axis: Geometry, padding: Ends, outputPadding = 0, outputSize?: number): Ends | Fault {
    const natural = fullOf(axis) - padding[0] - padding[1];
    const extra = outputSize === undefined ? outputPadding : outputSize - natural;
    if (extra < 0) {
      return {
        parameter: 'outputShape',
        code: 'transpose/unreachable-size',
        message: `output size ${outputSize} is below ${natural}, the size without output padding`,
      };
    }
    return outputPaddingFault(extra, axis.stride) ?? [padding[0], padding[1] - extra];
  },

  /** No padding at all means what the forward convolution over the output would have had. */
  nnef(axis: Geometry, padding: Ends | undefined, outputSize?: number): Ends {
    const natural = padding ? fullOf(axis) - padding[0] - padding[1] : axis.input * axis.stride;
    const output = outputSize ?? natural;
    return padding ? [padding[0], fullOf(axis) - output - padding[0]] : transposedSame(axis, output, 'same');
  },
} as const;

function outputPaddingFault(outputPadding: number, limit: number): Fault | undefined {
  if (outputPadding >= 0 && outputPadding < limit) return undefined;
  return {
    parameter: 'outputPadding',
    code: 'transpose/output-padding',
    message: `output padding ${outputPadding} is not from 0 to ${limit - 1}`,
  };
}
