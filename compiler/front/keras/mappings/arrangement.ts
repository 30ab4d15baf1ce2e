// Layers that move, cut and resample, and those that do nothing at inference.
import { crop } from '../../../operators/arrangement/crop.ts';
import { expand } from '../../../operators/arrangement/expand.ts';
import { pad } from '../../../operators/arrangement/pad.ts';
import { resize } from '../../../operators/arrangement/resize.ts';
import { upsample } from '../../../operators/arrangement/upsample.ts';
import { add } from '../../../operators/elementwise/add.ts';
import { mul } from '../../../operators/elementwise/mul.ts';
import { reshapeTo, spreadOver, transposed } from '../../importing/arranging.ts';
import { constantOf } from '../../importing/constants.ts';
import { reshapedDims } from '../../importing/shapes.ts';
import type { Arguments, ConstantValue, LayerValue } from '../../importing/values.ts';
import { compact, type LayerCall } from '../layer-call.ts';
import type { Mapping, Table } from './mapping.ts';
import { combined } from './normalisation.ts';

const asIs: Mapping = (call) => {
  call.config.passOver();
  return call.input;
};

/** channels_first here means that the channels go last before the numbers are put in one row. */
function flattened(call: LayerCall): LayerValue {
  const { importer, dims } = call;
  const first = call.channelsFirst && dims.length > 2;
  const value = first ? call.turned(call.input) : call.input;
  return reshapeTo(importer, value, [dims[0]!, dims.slice(1).reduce((product, size) => product * size, 1)]);
}

/** To these sizes behind the batch; one of them may be −1. */
export function reshaped(call: LayerCall, sizes: readonly number[]): LayerValue {
  const [batch, ...rest] = call.dims;
  const single = reshapedDims(rest, sizes, true);
  return reshapeTo(call.importer, call.input, [batch!, ...single]);
}

/** TensorFlow.js writes null for −1. */
function openSizes({ config, refuse }: LayerCall): readonly number[] {
  const sizes = [config.value('target_shape')].flat().map((size) => size ?? -1);
  return sizes.every((size): size is number => Number.isSafeInteger(size))
    ? sizes
    : refuse('has a target_shape that is no list of sizes');
}

function permutedAxes(call: LayerCall): LayerValue {
  const order = call.config.integers('dims');
  const sorted = [...order].sort((a, b) => a - b);
  if (order.length !== call.dims.length - 1 || sorted.some((axis, n) => axis !== n + 1))
    call.refuse(`has dims [${order.join(', ')}] for ${call.dims.length} axes`, 'each axis behind the batch once');
  return transposed(call.input, [0, ...order]);
}

function repeated(call: LayerCall): LayerValue {
  const [batch, channels] = call.dims;
  if (call.dims.length !== 2) call.refuse(`repeats ${call.dims.length - 1} axes`, 'a vector');
  const tall = reshapeTo(call.importer, call.input, [batch!, 1, channels!]);
  const { value, shape, layout } = spreadOver(call.importer, tall, [1, call.config.integer('n'), channels!]);
  if (shape.join() === value.shape.join()) return { ...value, layout };
  return call.importer.layer(expand, { shape }, [value], { layout });
}

/** One number, one per axis, or pairs: as [before, after] per axis. Over one axis a pair is meant. */
function borders(call: LayerCall, name: string, rank: number): readonly (readonly [number, number])[] {
  const value = call.config.value(name) ?? 1;
  const list = Array.isArray(value) ? value : Array.from({ length: rank }, () => value);
  const entries = rank === 1 && list.length === 2 ? [list] : list;
  const pairs = entries.map((entry) => (Array.isArray(entry) ? entry : [entry, entry]));
  const fits =
    pairs.length === rank &&
    pairs.every((pair) => pair.length === 2 && pair.every((cells) => Number.isSafeInteger(cells) && cells >= 0));
  if (!fits) call.refuse(`has a ${name} that is no number of cells an axis`);
  return pairs as unknown as readonly (readonly [number, number])[];
}

const padding =
  (rank: number): Mapping =>
  (call) =>
    call.each(pad, { padding: amounts(borders(call, 'padding', rank)) }, call.space(rank));

const cropping =
  (rank: number): Mapping =>
  (call) =>
    call.each(crop, { amount: amounts(borders(call, 'cropping', rank)) }, call.space(rank));

/** Pairs as a person writes them. */
const amounts = (pairs: readonly (readonly [number, number])[]): Arguments[string] =>
  pairs.every(([before, after]) => before === after) ? compact(pairs.map(([before]) => before)) : pairs;

/** TensorFlow.js samples at o·I/O where Keras takes the middle of cells. */
const enlarging =
  (rank: number): Mapping =>
  (call) => {
    const scale = compact(call.config.sizes('size', rank, 2));
    const mode = rank === 2 ? call.config.word('interpolation', 'nearest', 'bilinear') : 'nearest';
    const x = call.space(rank);
    if (mode === 'nearest') return call.each(upsample, { scale }, x);
    return call.each(upsample, { scale, mode, ...(call.dialect === 'tfjs' && { coordinates: 'asymmetric' }) }, x);
  };

/** To a size. TensorFlow.js brings the corners together. */
function resized(call: LayerCall): LayerValue {
  const { config } = call;
  const size = [config.integer('height'), config.integer('width')];
  const mode = config.word('interpolation', 'bilinear', 'nearest');
  if (config.flag('crop_to_aspect_ratio', false))
    call.refuse('crops to the aspect ratio', 'crop_to_aspect_ratio false');
  const x = call.space(2);
  if (mode === 'bilinear') {
    const coordinates = call.dialect === 'tfjs' ? 'align_corners' : 'half_pixel';
    return call.each(resize, { size, mode: 'linear', coordinates }, x);
  }
  if (call.dialect === 'tfjs')
    return call.each(resize, { size, coordinates: 'align_corners', rounding: 'round_prefer_ceil' }, x);
  return call.each(resize, { size, coordinates: 'tf_half_pixel_for_nn', rounding: 'floor' }, x);
}

function centred(call: LayerCall): LayerValue {
  const x = call.space(2);
  const wanted = [call.config.integer('height'), call.config.integer('width')];
  const cut = wanted.map((size, axis): readonly [number, number] => {
    const total = x.shape[axis]! - size;
    if (total < 0) call.refuse(`crops ${x.shape[axis]} cells to ${size}`, 'an input that is at least as large');
    return [Math.floor(total / 2), total - Math.floor(total / 2)];
  });
  return cut.every(([before, after]) => before + after === 0) ? x : call.each(crop, { amount: amounts(cut) }, x);
}

/** x · scale + offset; each is one number, or one per channel. */
function rescaled(call: LayerCall): LayerValue {
  const numbers = (name: string, fallback: number): ConstantValue => {
    const value = [call.config.value(name) ?? fallback].flat();
    if (!value.every((one) => typeof one === 'number')) call.refuse(`has a ${name} that is no number`);
    return constantOf(value.length === 1 ? [] : [value.length], Float32Array.from(value as number[]));
  };
  const [scale, offset] = [numbers('scale', 1), numbers('offset', 0)];
  const idle = ({ data }: ConstantValue, neutral: number) => data.every((one) => one === neutral);
  const scaled = idle(scale, 1) ? call.input : combined(call, mul, [call.input, scale]);
  return idle(offset, 0) ? scaled : combined(call, add, [scaled, offset]);
}

export const arrangements: Table = {
  Flatten: flattened,
  Reshape: (call) => reshaped(call, openSizes(call)),
  Permute: permutedAxes,
  RepeatVector: repeated,
  ZeroPadding1D: padding(1),
  ZeroPadding2D: padding(2),
  ZeroPadding3D: padding(3),
  Cropping1D: cropping(1),
  Cropping2D: cropping(2),
  Cropping3D: cropping(3),
  UpSampling1D: enlarging(1),
  UpSampling2D: enlarging(2),
  UpSampling3D: enlarging(3),
  Resizing: resized,
  CenterCrop: centred,
  Rescaling: rescaled,
};

/** In training only. */
export const withoutEffect: Table = Object.fromEntries(
  [
    'Dropout',
    'SpatialDropout1D',
    'SpatialDropout2D',
    'SpatialDropout3D',
    'AlphaDropout',
    'GaussianDropout',
    'GaussianNoise',
    'ActivityRegularization',
    'RandomFlip',
    'RandomRotation',
    'RandomTranslation',
    'RandomZoom',
    'RandomContrast',
    'RandomBrightness',
  ].map((name) => [name, asIs]),
);
