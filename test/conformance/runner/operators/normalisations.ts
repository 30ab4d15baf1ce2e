// Normalisations and softmax.
import type { Dense } from '../case.ts';
import type { Value } from '../network.ts';
import { permuted, reshaped } from '../tensors.ts';
import {
  type Call,
  number,
  numbers,
  type Results,
  rankOf,
  refuse,
  type Table,
  Unsupported,
  withAxisLast,
} from '../translation.ts';

const epsilonOf = (call: Call, fallback = 1e-5): number => number(call, 'epsilon', fallback);

const bias = (call: Call): Dense | undefined => call.tensor('bias') ?? call.tensor('offset');

function batchNormalization(call: Call): Value {
  const [mean, variance, gamma, beta] = [
    call.tensor('mean')!,
    call.tensor('variance')!,
    call.tensor('scale'),
    bias(call),
  ];
  if (call.attributes.training_mode || call.results.some((slot) => slot.startsWith('running')))
    throw new Unsupported('batch normalisation in training');
  const x = call.value('input');
  const normalised = (value: Value): Value => {
    // tfjs also takes statistics for every element, which are arithmetic.
    if ([mean, variance, gamma, beta].some((one) => call.source === 'tfjs' && one && one.shape.length > 1))
      return byArithmetic(call, value);
    return call.network.layer(
      'batchNorm',
      { epsilon: epsilonOf(call), scale: gamma !== undefined, center: beta !== undefined },
      [value],
      { mean, variance, gamma, beta },
    );
  };
  if (call.layout.input !== undefined) return normalised(x);
  return withAxisLast(call, x, number(call, 'axis', call.source === 'tfjs' ? -1 : 1), normalised);
}

function byArithmetic(call: Call, x: Value): Value {
  const { network } = call;
  const value = (slot: string): Value => network.input([call.tensor(slot)!]);
  const centred = network.layer('sub', {}, [x, value('mean')]);
  const variance = network.layer('add', {}, [value('variance'), network.constant(epsilonOf(call))]);
  const standard = network.layer('div', {}, [centred, network.layer('sqrt', {}, [variance])]);
  const scaled = call.has('scale') ? network.layer('mul', {}, [standard, value('scale')]) : standard;
  const shift = call.has('offset') ? 'offset' : 'bias';
  return call.has(shift) ? network.layer('add', {}, [scaled, value(shift)]) : scaled;
}

function layerNormalization(call: Call): Results {
  const { network } = call;
  const x = call.value('input');
  const rank = rankOf(call, x);
  const from = number(call, 'axis', call.source === 'onnx' ? -1 : 1);
  const written = numbers(call, 'axes') ?? [...Array(rank).keys()].slice(from);
  const axes = written.map((axis) => (axis < 0 ? axis + rank : axis));
  const sorted = [...axes].sort((a, b) => a - b);
  // Over no axes every element is its own mean: an axis of size 1 says so.
  if (axes.length === 0) return eachAlone(call, x);
  // WebNN states gamma and beta in the order of its axes, we in rising order.
  const order = sorted.map((axis) => axes.indexOf(axis));
  const weight = (tensor: Dense | undefined): Dense | undefined =>
    tensor && tensor.shape.length === order.length ? permuted(tensor, order) : tensor;
  const [gamma, beta] = [weight(call.tensor('scale')), weight(bias(call))];
  const given = { axes, epsilon: epsilonOf(call), scale: gamma !== undefined, center: beta !== undefined };
  const output = network.layer('layerNorm', given, [x], { gamma, beta });
  return call.results.includes('mean') ? { output, ...statistics(call, x, axes) } : output;
}

/** What ONNX states besides: the means and the reciprocal deviations. */
function statistics(call: Call, x: Value, axes: readonly number[]): Readonly<Record<string, Value>> {
  const { network } = call;
  const mean = network.layer('reduceMean', { axes, keepAxes: true }, [x]);
  const square = network.layer('square', {}, [network.layer('sub', {}, [x, mean])]);
  const variance = network.layer('reduceMean', { axes, keepAxes: true }, [square]);
  const shifted = network.layer('add', {}, [variance, network.constant(epsilonOf(call))]);
  return { mean, invStdDev: network.layer('reciprocal', {}, [network.layer('sqrt', {}, [shifted])]) };
}

function eachAlone(call: Call, x: Value): Value {
  const shape = call.network.shapeOf(x);
  const single = (tensor: Dense | undefined): Dense | undefined => tensor && reshaped(tensor, [1]);
  const [gamma, beta] = [single(call.tensor('scale')), single(bias(call))];
  const given = { epsilon: epsilonOf(call), scale: gamma !== undefined, center: beta !== undefined };
  const elements = call.network.layer('reshape', { shape: [...shape, 1] }, [x]);
  const normalised = call.network.layer('layerNorm', given, [elements], { gamma, beta });
  return call.network.layer('reshape', { shape }, [normalised]);
}

function instanceNormalization(call: Call): Value {
  // Others normalise any space; WebNN an image.
  const rank = call.tensor('input')?.shape.length;
  if (call.source === 'wpt' && rank !== undefined && rank !== 4) refuse(`${rank} axes are no image`);
  const [gamma, beta] = [call.tensor('scale'), bias(call)];
  const given = { epsilon: epsilonOf(call), scale: gamma !== undefined, center: beta !== undefined };
  return call.network.layer('instanceNorm', given, [call.value('input')], { gamma, beta });
}

function groupNormalization(call: Call): Value {
  const [gamma, beta] = [call.tensor('scale'), bias(call)];
  const groups = number(call, 'num_groups', number(call, 'groups', 1));
  const given = { groups, epsilon: epsilonOf(call), scale: gamma !== undefined, center: beta !== undefined };
  return call.network.layer('groupNorm', given, [call.value('input')], { gamma, beta });
}

/** TensorFlow states a radius, and its alpha is for the sum where ours is for the mean. */
function lrn(call: Call): Value {
  const { network } = call;
  const x = call.value('input');
  if (call.attributes.depthRadius === undefined) {
    const given = {
      size: number(call, 'size', 5),
      alpha: number(call, 'alpha', 1e-4),
      beta: number(call, 'beta', 0.75),
      bias: number(call, 'bias', 1),
    };
    return network.layer('lrn', given, [x]);
  }
  const radius = number(call, 'depthRadius', 5);
  const size = Number.isInteger(radius) ? 2 * radius + 1 : radius;
  const given = {
    size,
    alpha: number(call, 'alpha', 1) * size,
    beta: number(call, 'beta', 0.5),
    bias: number(call, 'bias', 1),
  };
  return network.layer('lrn', given, [x]);
}

function lpNormalization(call: Call): Value {
  return call.network.layer('lpNormalize', { p: number(call, 'p', 2), axis: number(call, 'axis', -1) }, [
    call.value('input'),
  ]);
}

/** Before operator set 13, ONNX's softmax took all axes from one on together. */
function softmax(call: Call, layer: string): Value {
  const { network } = call;
  const x = call.value('input');
  if (call.source !== 'onnx' || call.opset >= 13) return network.layer(layer, { axis: number(call, 'axis', -1) }, [x]);
  const shape = network.shapeOf(x);
  const axis = number(call, 'axis', 1);
  const flat = [shape.slice(0, axis), shape.slice(axis)].map((sizes) => sizes.reduce((a, b) => a * b, 1));
  const result = network.layer(layer, {}, [network.layer('reshape', { shape: flat }, [x])]);
  return network.layer('reshape', { shape }, [result]);
}

export const normalisations: Table = {
  batchNormalization: { samples: true, layers: batchNormalization },
  groupNormalization: { samples: true, layers: groupNormalization },
  instanceNormalization: { samples: true, layers: instanceNormalization },
  layerNormalization: { layers: layerNormalization },
  logSoftmax: { layers: (call) => softmax(call, 'logSoftmax') },
  lpNormalization: { layers: lpNormalization },
  lrn: { samples: true, layers: lrn },
  softmax: { layers: (call) => softmax(call, 'softmax') },
};
