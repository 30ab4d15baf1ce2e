// Convolutions and pools. The model sees one sample, channels last; filters are put into our order by their letters.

import { transposedDialects } from '../../../../compiler/front/padding.ts';
import type { Static } from '../../../../compiler/operators/parameters.ts';
import type { Dense } from '../case.ts';
import type { Value } from '../network.ts';
import { orderOf, permuted, reshaped } from '../tensors.ts';
import {
  type Call,
  flag,
  number,
  numbers,
  type Results,
  type Table,
  type Translation,
  text,
  Unsupported,
} from '../translation.ts';
import { activated } from './fused.ts';
import { amounts, pairsOf, roundedPadding, spaceOf } from './padding.ts';

type Given = Record<string, Static | undefined>;

/** The filter with its axes in the wanted order; one that does not have the stated axes is passed on as it is. */
function filterOf(call: Call, slot: string, wanted: string): Dense {
  const tensor = call.tensor(slot);
  if (!tensor) throw new Unsupported(`a ${slot} that is computed`);
  const letters = call.layout[slot] ?? '';
  return tensor.shape.length === letters.length ? permuted(tensor, orderOf(letters, wanted)) : tensor;
}

/** The spatial letters of a layout. */
const spatialLetters = (call: Call, slot: string): string => (call.layout[slot] ?? '').replace(/[^dhw]/g, '');

/** What every convolution says: the kernel's size, how it moves, whether there is a bias. */
function common(call: Call, kernel: readonly number[]): Record<string, Static | undefined> {
  return {
    kernel,
    stride: numbers(call, 'strides'),
    dilation: numbers(call, 'dilations'),
    bias: call.has('bias'),
  };
}

function convolution(call: Call): Value {
  const space = spatialLetters(call, 'filter');
  const kernel = filterOf(call, 'filter', `${space}io`);
  const size = kernel.shape.slice(0, space.length);
  const given = {
    ...common(call, size),
    filters: kernel.shape.at(-1),
    groups: impliedGroups(call, kernel),
    padding: roundedPadding(call, size),
  };
  return call.network.layer('conv', given, [call.value('input')], { kernel, bias: biasOf(call, kernel.shape.at(-1)!) });
}

/** One bias for all channels is one for each. */
function biasOf(call: Call, channels: number): Dense | undefined {
  const bias = call.tensor('bias');
  if (bias?.data?.length !== 1 || channels === 1) return bias && bias.shape.length === 0 ? reshaped(bias, [1]) : bias;
  return { shape: [channels], data: new Float32Array(channels).fill(bias.data[0]!) };
}

/** tfjs has no groups attribute: a filter of fewer input channels groups them. */
function impliedGroups(call: Call, kernel: Dense): number {
  if (call.attributes.groups !== undefined) return number(call, 'groups', 1);
  const channels = call.network.shapeOf(call.value('input')).at(-1)!;
  const groups = channels / kernel.shape.at(-2)!;
  return Number.isSafeInteger(groups) && kernel.shape.at(-1)! % groups === 0 ? groups : 1;
}

function transposed(call: Call): Value {
  const space = spatialLetters(call, 'filter');
  const kernel = filterOf(call, 'filter', `${space}oi`);
  const size = kernel.shape.slice(0, space.length);
  const groups = number(call, 'groups', 1);
  const given = {
    ...common(call, size),
    filters: (kernel.shape.at(-2) ?? 1) * groups,
    groups,
    ...outputSize(call, size),
  };
  return call.network.layer('convTranspose', given, [call.value('input')], { kernel, bias: call.tensor('bias') });
}

/** How each source fixes the output's size. */
function outputSize(call: Call, kernel: readonly number[]): Record<string, Static | undefined> {
  const sizes = numbers(call, 'outputSizes');
  const extra = numbers(call, 'outputPadding');
  if (!sizes) return { padding: amounts(call), outputPadding: extra?.some((cells) => cells > 0) ? extra : undefined };
  if (call.source === 'wpt') return { padding: amounts(call), outputShape: sizes };
  const pads = pairsOf(call);
  const padding = kernel.map((taps, n): [number, number] => {
    const [stride = 1, dilation = 1] = [numbers(call, 'strides')?.[n], numbers(call, 'dilations')?.[n]];
    const axis = { input: spaceOf(call)[n]!, kernel: taps, stride, dilation };
    const same = text(call, 'padding', '') === 'same';
    const [before, after] =
      call.source === 'onnx'
        ? transposedDialects.onnx(axis, { autoPad: same ? 'SAME_UPPER' : 'NOTSET', outputSize: sizes[n]! })
        : transposedDialects.tensorflow(axis, pads?.[n] ?? (same ? 'SAME' : 'VALID'), sizes[n]!);
    return [before, after];
  });
  return { padding };
}

function depthwise(call: Call): Value {
  const space = spatialLetters(call, 'filter');
  const kernel = filterOf(call, 'filter', `${space}im`);
  const size = kernel.shape.slice(0, space.length);
  const given = { ...common(call, size), multiplier: kernel.shape.at(-1), padding: roundedPadding(call, size) };
  const channels = kernel.shape.at(-2)! * kernel.shape.at(-1)!;
  return call.network.layer('depthwiseConv', given, [call.value('input')], { kernel, bias: biasOf(call, channels) });
}

function separable(call: Call): Value {
  const space = spatialLetters(call, 'depthwiseFilter');
  const depthwise = filterOf(call, 'depthwiseFilter', `${space}im`);
  const pointwise = filterOf(call, 'pointwiseFilter', `${space}io`);
  const size = depthwise.shape.slice(0, space.length);
  const given = {
    ...common(call, size),
    multiplier: depthwise.shape.at(-1),
    filters: pointwise.shape.at(-1),
    padding: roundedPadding(call, size),
  };
  const single = pointwise.shape.slice(0, -2).every((taps) => taps === 1);
  const weights = {
    depthwise,
    pointwise: single ? reshaped(pointwise, pointwise.shape.slice(-2)) : pointwise,
    bias: call.tensor('bias'),
  };
  return call.network.layer('separableConv', given, [call.value('input')], weights);
}

/** A convolution with an activation; a 1-D slope in a channels-first layout is one per channel, which ours is anyway. */
function fused(call: Call, layers: (call: Call) => Value): Value {
  const slope = call.tensor('preluSlope');
  const letters = call.layout.input ?? '';
  const first = letters.includes('ch') || letters.includes('cw');
  const turned =
    slope && first && slope.shape.length === letters.length - 1
      ? permuted(slope, [...slope.shape.keys()].slice(1).concat(0))
      : slope;
  return activated(call, layers(call), turned);
}

function pool(call: Call, layer: string, more: Given = {}): Value {
  const sizes = numbers(call, 'outputSizes');
  const shape = sizes && [...sizes, undefined];
  return call.network.layer(layer, { ...poolArguments(call), ...more }, [call.value('input')], {}, shape);
}

function poolArguments(call: Call): Given {
  const kernel = numbers(call, 'windowDimensions') ?? spaceOf(call);
  const sizes = numbers(call, 'outputSizes');
  const dropsLast = call.source === 'onnx' || call.source === 'torch';
  return {
    kernel,
    stride: numbers(call, 'strides'),
    dilation: numbers(call, 'dilations'),
    ceil: dropsLast && text(call, 'roundingType', 'floor') === 'ceil',
    padding: dropsLast ? amounts(call) : roundedPadding(call, kernel, sizes),
  };
}

function maxPool(call: Call): Results {
  const output = pool(call, 'maxPool');
  return call.results.includes('indices') ? { output, indices: indices(call) } : output;
}

/**
 * Positions in the source's own count: within the plane (PyTorch), over the whole tensor (ONNX), or (y·W + x)·C + c, with the
 * samples before it or not (tfjs).
 */
function indices(call: Call): Value {
  const { network, source } = call;
  const order = number(call, 'storageOrder', 0) === 1 ? 'columns' : 'rows';
  const place = pool(call, 'argMaxPool', { order });
  if (source === 'torch') return place;
  const shape = network.shapeOf(call.value('input'));
  const channels = shape.at(-1)!;
  const plane = shape.slice(0, -1).reduce((a, b) => a * b, 1);
  const interleaved = source === 'tfjs';
  const ramp = Float32Array.from({ length: channels }, (_, c) => (interleaved ? c : c * plane));
  const scaled = interleaved ? network.layer('mul', {}, [place, network.constant(channels)]) : place;
  const within = network.layer('add', {}, [scaled, network.input([{ shape: [channels], data: ramp }])]);
  if (interleaved && !flag(call, 'includeBatchInIndex', false)) return within;
  const samples = (call.layout.input ?? '').includes('n') ? call.tensor('input')!.shape[0]! : 1;
  const starts = Array.from({ length: samples }, (_, n) => Float32Array.of(n * plane * channels));
  return network.layer('add', {}, [within, network.input(starts.map((data) => ({ shape: [1], data })))]);
}

const average = (call: Call): Value => pool(call, 'avgPool', { countPadding: flag(call, 'countIncludePad', false) });

/** Windows of equal size where the output divides the input; else means of slices, joined, one axis after the other. */
function adaptive(call: Call): Value {
  const space = spaceOf(call);
  const sizes = numbers(call, 'outputSizes')!;
  const kernel = space.map((size, axis) => size / sizes[axis]!);
  const input = call.value('input');
  if (kernel.every(Number.isInteger)) return call.network.layer('avgPool', { kernel }, [input]);
  return space.reduce((value, size, axis) => unevenMeans(call, value, axis, size, sizes[axis]!), input);
}

/** Output o is the mean from ⌊o·I/O⌋ to ⌈(o + 1)·I/O⌉. */
function unevenMeans({ network }: Call, value: Value, axis: number, size: number, count: number): Value {
  const means = Array.from({ length: count }, (_, n) => {
    const [start, end] = [Math.floor((n * size) / count), Math.ceil(((n + 1) * size) / count)];
    const part = network.layer('slice', { starts: [start], ends: [end], axes: [axis] }, [value]);
    return network.layer('reduceMean', { axes: [axis], keepAxes: true }, [part]);
  });
  return means.length === 1 ? means[0]! : network.layer('concat', { axis }, means);
}

/** All sizes of one operator: `conv` for conv1d, conv2d, conv3d. */
const everyRank = (name: string, layers: Translation['layers']): Table =>
  Object.fromEntries(['1d', '2d', '3d'].map((rank) => [`${name}${rank}`, { samples: true, layers }]));

export const windows: Table = {
  ...everyRank('conv', convolution),
  ...everyRank('convTranspose', transposed),
  ...everyRank('depthwiseConv', depthwise),
  ...everyRank('separableConv', separable),
  ...everyRank('maxPool', maxPool),
  ...everyRank('pool', (call) => pool(call, 'maxPool')),
  ...everyRank('averagePool', average),
  ...everyRank('l2Pool', (call) => pool(call, 'lpPool', { p: 2 })),
  ...everyRank('lpPool', (call) => pool(call, 'lpPool', { p: number(call, 'p', 2) })),
  ...everyRank('adaptiveAveragePool', adaptive),
  fusedConv2d: { samples: true, layers: (call) => fused(call, convolution) },
  fusedDepthwiseConv2d: { samples: true, layers: (call) => fused(call, depthwise) },
  globalAveragePool: {
    samples: true,
    layers: ({ network, value }) => network.layer('globalAvgPool', {}, [value('input')]),
  },
  globalMaxPool: {
    samples: true,
    layers: ({ network, value }) => network.layer('globalMaxPool', {}, [value('input')]),
  },
};
