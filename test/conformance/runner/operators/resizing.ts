// Resizing: where output cells lie, and which cell is the nearest, in the words of each source.
import type { Static } from '../../../../compiler/operators/parameters.ts';
import type { Value } from '../network.ts';
import { type Call, flag, number, numbers, refuse, type Table, text, Unsupported } from '../translation.ts';

type Given = Record<string, Static | undefined>;

/** WebNN resizes any two axes of a tensor of four. */
function resample(call: Call): Value {
  const { network } = call;
  const x = call.value('input');
  const shape = network.shapeOf(x);
  const axes = numbers(call, 'axes') ?? [2, 3];
  if (new Set(axes).size < axes.length) refuse(`axes [${axes.join(', ')}] have one twice`);
  const mode = text(call, 'mode', 'nearest-neighbor') === 'linear' ? 'linear' : 'nearest';
  const sizes = numbers(call, 'sizes');
  const scales = numbers(call, 'scales');
  const chosen = sizes ?? scales ?? axes.map(() => 1);
  const rank = Math.max(shape.length, ...axes.map((axis) => axis + 1));
  const all = [...Array(rank).keys()].map((axis) => {
    const at = axes.indexOf(axis);
    return at < 0 ? (sizes ? shape[axis]! : 1) : chosen[at]!;
  });
  // Lists of the wrong length stay wrong.
  const list = chosen.length === 2 && axes.length === 2 ? all : [...chosen, ...axes];
  return network.layer('resize', { mode, [sizes ? 'size' : 'scale']: list }, [x]);
}

/** PyTorch's interpolate. */
function interpolate(call: Call): Value {
  const mode = text(call, 'mode', 'nearest');
  const names: Record<string, string> = { bilinear: 'linear', linear: 'linear', bicubic: 'cubic', nearest: 'nearest' };
  const kind = names[mode];
  if (!kind) throw new Unsupported(`interpolation ${mode}`);
  const aligned = flag(call, 'alignCorners', false) ? 'align_corners' : 'half_pixel';
  const given: Given = kind === 'nearest' ? floored : { coordinates: aligned };
  return call.network.layer('resize', { size: numbers(call, 'sizes'), mode: kind, ...given }, [call.value('input')]);
}

const floored: Given = { coordinates: 'asymmetric', rounding: 'floor' };

/** TensorFlow's two ways; nearest without corners or centres rounds down. */
function tensorflow(call: Call, mode: 'linear' | 'nearest'): Value {
  const aligned = flag(call, 'alignCorners', false);
  const centred = flag(call, 'halfPixelCenters', false);
  const coordinates = aligned ? 'align_corners' : centred ? 'half_pixel' : 'asymmetric';
  // With centres TensorFlow's nearest cell is the one that the output's centre falls into.
  const nearest: Given = aligned
    ? { coordinates, rounding: 'round_prefer_ceil' }
    : centred
      ? { coordinates, rounding: 'round_prefer_ceil' }
      : floored;
  const given = mode === 'linear' ? { coordinates } : nearest;
  return call.network.layer('resize', { size: numbers(call, 'size'), mode, ...given }, [call.value('input')]);
}

/** ONNX Resize and Upsample over the spatial axes. */
function onnx(call: Call, defaults: Given): Value {
  const { network } = call;
  const x = call.value('input');
  const mode = text(call, 'mode', 'nearest');
  const rule = text(call, 'coordinate_transformation_mode', 'half_pixel');
  const where = rule === 'tf_crop_and_resize' ? region(call, network.shapeOf(x)) : { coordinates: rule };
  const given: Given = { mode, ...where, ...defaults };
  if (mode === 'nearest' && call.attributes.nearest_mode) given.rounding = text(call, 'nearest_mode', '');
  if (mode === 'cubic') given.coefficient = number(call, 'cubic_coeff_a', -0.75);
  if (mode !== 'nearest') {
    given.excludeOutside = flag(call, 'exclude_outside', false) || undefined;
    given.antialias = flag(call, 'antialias', false) || undefined;
  }
  return network.layer('resize', { ...given, ...extent(call, network.shapeOf(x)) }, [x]);
}

/** The part of each spatial axis that is resized: all heads, then all ends. */
function region(call: Call, sample: readonly number[]): Given {
  const space = sample.slice(0, -1);
  const axes = numbers(call, 'axes') ?? [...Array(space.length + 2).keys()];
  const ends = call.tensor('roi')!.data!;
  const pairs = space.map((_, n): Static => {
    const at = axes.indexOf(n + 2);
    return at < 0 ? [0, 1] : [ends[at]!, ends[at + axes.length]!];
  });
  return { region: pairs, outside: number(call, 'extrapolation_value', 0) };
}

/** The size or the scale of each spatial axis; stated for all axes (NCHW), or for `axes`. */
function extent(call: Call, sample: readonly number[]): Given {
  const space = sample.slice(0, -1);
  const axes = numbers(call, 'axes') ?? [...Array(space.length + 2).keys()];
  const spread = (values: ArrayLike<number>, rest: (axis: number) => number): number[] =>
    space.map((_, n) => {
      const at = axes.indexOf(n + 2);
      return at < 0 ? rest(n) : values[at]!;
    });
  const scales = call.tensor('scales')?.data;
  // Without a stated layout the whole tensor is the value, and the lists are for its axes.
  if (call.layout.input === undefined && scales) return { scale: [...scales] };
  if (scales && scales.length > 0) return { scale: spread(scales, () => 1) };
  const sizes = spread(call.tensor('sizes')!.data!, (n) => space[n]!);
  const policy = text(call, 'keep_aspect_ratio_policy', 'stretch');
  if (policy === 'stretch') return { size: sizes };
  const ratios = sizes.map((size, n) => size / space[n]!);
  const scale = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios);
  return { size: space.map((size) => Math.round(size * scale)) };
}

export const resizing: Table = {
  interpolate: { samples: true, layers: interpolate },
  resample2d: { layers: resample },
  resize: { samples: true, layers: (call) => onnx(call, {}) },
  resizeBilinear: { samples: true, layers: (call) => tensorflow(call, 'linear') },
  resizeNearestNeighbor: { samples: true, layers: (call) => tensorflow(call, 'nearest') },
  upsample: { samples: true, layers: (call) => onnx(call, floored) },
};
