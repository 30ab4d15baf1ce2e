// ONNX's Resize (and the older Upsample) between its attributes and the arguments of our resampling layers.

import { isFault } from '../../../../operators/operator.ts';
import type { Sizes, Static } from '../../../../operators/parameters.ts';
import { spreadAxes } from '../../../../operators/shared/amounts.ts';
import type { Region } from '../../../../operators/shared/resampling.ts';
import type { SamplingArguments } from '../../../../operators/shared/resizing.ts';
import type { Arguments, LayerValue } from '../../../importing/values.ts';
import type { OnnxLayerWriter, OnnxNodeReader } from '../../mapping.ts';
import { compact } from './windows.ts';

export interface OnnxResampling {
  readonly value: LayerValue;
  readonly mode: string;
  /** Of each axis of ours; one of the two is there. */
  readonly scales: readonly number[] | undefined;
  readonly sizes: readonly number[] | undefined;
  readonly sampling: Arguments;
  /** The part of each axis of ours that is resampled, where the node crops. */
  readonly region: readonly Region[] | undefined;
}

export function onnxResampling(node: OnnxNodeReader): OnnxResampling {
  const rank = node.dims(0).length;
  const isOld = node.operator === 'Upsample' || node.version < 11;
  const value = rank > 2 && node.isRow(0, 1) ? node.channelsLast(0) : node.separate(0);
  const axes = node.ints('axes') ?? Array.from({ length: rank }, (_, axis) => axis);
  const counted = axes.map((axis) => (axis < 0 ? axis + rank : axis));
  if (new Set(counted).size < axes.length) node.refuse(`has axes [${axes.join(', ')}], one of them twice`);
  const filled = (input: number): boolean => node.has(input) && node.constant(input).data.length > 0;
  const [scalesAt, sizesAt] = isOld ? [1, 99] : [2, 3];
  const scales = node.hasAttribute('scales')
    ? oldScales(node)
    : filled(scalesAt)
      ? [...node.constant(scalesAt).data]
      : undefined;
  const sizes = filled(sizesAt) ? [...node.constant(sizesAt).data] : undefined;
  if (!scales && !sizes) node.refuse('has neither scales nor sizes');
  if (node.string('keep_aspect_ratio_policy', 'stretch') !== 'stretch') {
    node.refuse(`has keep_aspect_ratio_policy ${node.string('keep_aspect_ratio_policy')}`, 'stretch');
  }
  const named = node.string('mode', 'nearest');
  const mode = named === 'bilinear' ? 'linear' : named;
  if (!['nearest', 'linear', 'cubic'].includes(mode)) node.refuse(`has mode ${named}`, 'nearest, linear or cubic');
  const sampling = samplingOf(node, mode, isOld);
  const ourScales = scales && onOurAxes(node, value, axes, scales, 1);
  const ourSizes = sizes && onOurAxes(node, value, axes, sizes, undefined);
  if (sampling.coordinates !== undefined)
    return { value, mode, scales: ourScales, sizes: ourSizes, sampling, region: undefined };
  const region = regionOf(node, value, axes);
  const extent = (axis: number): number => value.shape[axis]! * (region[axis]![1] - region[axis]![0]);
  const cropped = ourSizes ?? ourScales!.map((scale, axis) => Math.floor(extent(axis) * scale));
  return { value, mode, scales: undefined, sizes: cropped, sampling, region };
}

/** Of `tf_crop_and_resize`: the heads of all axes, then their ends. */
function regionOf(node: OnnxNodeReader, value: LayerValue, axes: readonly number[]): readonly Region[] {
  const list = node.has(1) ? [...node.constant(1).data].map(shortest) : [];
  if (list.length !== 2 * axes.length) node.refuse(`has a roi of ${list.length} numbers for ${axes.length} axes`);
  const region: Region[] = value.shape.map(() => [0, 1]);
  axes.forEach((axis, n) => {
    const [from, to] = [list[n]!, list[n + axes.length]!];
    if (from !== 0 || to !== 1) region[node.axis(value, axis)] = [from, to];
  });
  return region;
}

/** 0.6 for the float32 next to it. */
const shortest = (value: number): number => {
  const short = Number(value.toPrecision(7));
  return Math.fround(short) === value ? short : value;
};

/** An attribute before operator set 9. */
function oldScales(node: OnnxNodeReader): readonly number[] {
  return node.floats('scales') ?? node.refuse('has no scales');
}

/** ONNX's list as one entry for each axis of ours; what an axis of size 1 that we do not have asks for must be nothing. */
function onOurAxes(
  node: OnnxNodeReader,
  value: LayerValue,
  axes: readonly number[],
  list: readonly number[],
  rest: number | undefined,
): readonly number[] {
  const result = value.shape.map((size) => rest ?? size);
  if (list.length !== axes.length) node.refuse(`has ${list.length} scales or sizes for ${axes.length} axes`);
  axes.forEach((axis, n) => {
    const isUnchanged = list[n] === (rest ?? node.dims(0).at(axis));
    if (!isUnchanged) result[node.axis(value, axis)] = list[n]!;
  });
  return result;
}

/** What the mode looks at; Upsample and the first Resize are asymmetric and round down. */
function samplingOf(node: OnnxNodeReader, mode: string, isOld: boolean): Arguments {
  const coordinates = node.string('coordinate_transformation_mode', isOld ? 'asymmetric' : 'half_pixel');
  const rounding = node.string('nearest_mode', isOld ? 'floor' : 'round_prefer_floor');
  const outside = node.float('extrapolation_value', 0);
  const coefficient = node.float('cubic_coeff_a', -0.75);
  const excludeOutside = node.int('exclude_outside', 0) === 1;
  const antialias = node.int('antialias', 0) === 1;
  const crops = coordinates === 'tf_crop_and_resize';
  return {
    ...(crops ? outside !== 0 && { outside } : { coordinates }),
    ...(mode === 'nearest' ? { rounding } : { excludeOutside, antialias }),
    ...(mode === 'cubic' && { coefficient }),
  };
}

/** The arguments of an enlargement by a factor, where it is one that `upsample` can say. */
export function asUpsampling(read: OnnxResampling): Arguments | undefined {
  const { value, mode, scales, sizes, sampling } = read;
  if (read.region) return undefined;
  const factors = scales ?? sizes!.map((size, axis) => size / value.shape[axis]!);
  const space = factors.slice(0, -1);
  const channels = factors.at(-1);
  const enlarges =
    space.length > 0 && channels === 1 && space.every((factor) => factor >= 1 && Number.isInteger(factor));
  if (!enlarges || mode === 'cubic' || sampling.excludeOutside === true || sampling.antialias === true)
    return undefined;
  const scale = compact(space);
  if (mode === 'linear') return { scale, mode: 'bilinear', coordinates: sampling.coordinates! };
  const isRepetition =
    (sampling.coordinates === 'asymmetric' && sampling.rounding === 'floor') ||
    (sampling.coordinates === 'half_pixel' && `${sampling.rounding}`.startsWith('round_prefer'));
  return isRepetition ? { scale } : { scale, coordinates: sampling.coordinates!, rounding: sampling.rounding! };
}

/** The arguments of any other resampling. */
export function resizeArguments({ value, mode, scales, sizes, sampling, region }: OnnxResampling): Arguments {
  const list = (scales ?? sizes)!;
  const rest = scales ? 1 : value.shape.at(-1);
  const onlySpace = value.shape.length > 1 && list.at(-1) === rest && (!region || region.at(-1)!.join() === '0,1');
  const written: Static = onlySpace ? compact(list.slice(0, -1)) : list;
  const part = region && { region: onlySpace ? region.slice(0, -1) : region };
  const given = Object.entries(sampling).filter(([, value]) => value !== false);
  return { [scales ? 'scale' : 'size']: written, mode, ...part, ...Object.fromEntries(given) };
}

/** A Resize node. */
export function exportResampling(
  layer: OnnxLayerWriter,
  mode: SamplingArguments['mode'],
  scale: Sizes | undefined,
): string {
  const given = layer.arguments as unknown as Partial<SamplingArguments> & {
    readonly region?: readonly Region[];
    readonly outside?: number;
  };
  const input = layer.inputs[0]!;
  const attributes = {
    mode: { string: mode },
    coordinate_transformation_mode: { string: given.region ? 'tf_crop_and_resize' : given.coordinates! },
    ...(given.outside && { extrapolation_value: { float: given.outside } }),
    ...(mode === 'nearest' && { nearest_mode: { string: given.rounding! } }),
    ...(mode === 'cubic' && { cubic_coeff_a: { float: given.coefficient! } }),
    ...(given.excludeOutside === true && { exclude_outside: { int: 1 } }),
    ...(given.antialias === true && { antialias: { int: 1 } }),
  };
  const ordered = (list: readonly number[]): number[] => [list.at(-1)!, ...list.slice(0, -1)];
  if (scale === undefined) {
    const sizes = layer.integers('sizes', [1, ...ordered(layer.output)]);
    const roi = given.region ? exportRegion(layer, given.region) : '';
    return layer.node('Resize', [layer.operands[0]!, roi, '', sizes], attributes);
  }
  const list = spreadAxes<number>(scale, input, 1, 'scale');
  if (isFault(list)) return layer.refuse(list.message);
  const scales = layer.tensor('scales', { shape: [input.length + 1], data: Float32Array.of(1, ...ordered(list)) });
  return layer.node('Resize', [layer.operands[0]!, '', scales], attributes);
}

/** The heads of all axes and then their ends, the batch and the channels first. */
function exportRegion(layer: OnnxLayerWriter, region: readonly Region[]): string {
  const list = spreadAxes<Region>(region, layer.inputs[0]!, [0, 1], 'region');
  if (isFault(list)) return layer.refuse(list.message);
  const ordered = [[0, 1] as const, list.at(-1)!, ...list.slice(0, -1)];
  const ends = [...ordered.map(([from]) => from), ...ordered.map(([, to]) => to)];
  return layer.tensor('roi', { shape: [ends.length], data: Float32Array.from(ends) });
}
