// Activations and arithmetic: mostly another name, sometimes another default or a few layers.
import type { Static } from '../../../../compiler/operators/parameters.ts';
import type { Dense } from '../case.ts';
import type { Value } from '../network.ts';
import { reshaped } from '../tensors.ts';
import { type Call, number, numbers, type Table, type Translation, text } from '../translation.ts';

type Given = Readonly<Record<string, Static | undefined>>;

/** One layer of one input. */
const unary = (layer: string, given: (call: Call) => Given = () => ({})): Translation => ({
  layers: (call) => call.network.layer(layer, given(call), [call.value('input')]),
});

const withAlpha = (layer: string, parameter: string, fallback: number): Translation =>
  unary(layer, (call) => ({ [parameter]: number(call, 'alpha', fallback) }));

/** One layer of two inputs or more. */
const arithmetic = (layer: string): Translation => ({ layers: (call) => combined(call, layer) });

function combined(call: Call, layer: string): Value {
  const operands = call.values.length > 0 ? call.values : [call.value('a'), second(call)];
  return operands.length === 1 ? same(call, operands[0]!) : call.network.layer(layer, {}, operands);
}

/** Before operator set 7, ONNX aligned the second operand at a stated axis. */
function second(call: Call): Value {
  const axis = numbers(call, 'axis')?.[0];
  if (axis === undefined) return call.value('b');
  const rank = call.network.shapeOf(call.value('a')).length;
  const shape = call.network.shapeOf(call.value('b'));
  const trailing = Array(Math.max(0, rank - axis - shape.length)).fill(1);
  return call.network.layer('reshape', { shape: [...shape, ...trailing] }, [call.value('b')]);
}

const same = ({ network }: Call, value: Value): Value => network.layer('dropout', {}, [value]);

/** The limits of a clamp: attributes in some sources, scalar inputs in others; NaN is no limit. */
function limits(call: Call): Given {
  const limit = (names: readonly string[], none: number): number => {
    const stated = names.map((name) => call.tensor(name)?.data?.[0] ?? number(call, name, Number.NaN));
    return stated.find((value) => !Number.isNaN(value)) ?? none;
  };
  const min = limit(['min', 'minValue'], Number.NEGATIVE_INFINITY);
  const max = limit(['max', 'maxValue'], Number.POSITIVE_INFINITY);
  // ONNX states what limits in the wrong order give.
  return { min: call.source === 'onnx' ? Math.min(min, max) : min, max };
}

function prelu(call: Call): Value {
  const slope = call.tensor('slope')!;
  const input = call.network.shapeOf(call.value('input'));
  // Before broadcasting, ONNX stated one slope a channel, the second axis.
  const channels = call.source === 'onnx' && slope.shape.length === 1 && slope.shape[0] !== input.at(-1);
  const shape = channels ? [...slope.shape, ...Array(Math.max(0, input.length - 2)).fill(1)] : slope.shape;
  return slopeBelow(call, call.value('input'), reshaped(slope, shape));
}

/** A batch of one in front of what the value has. */
const withoutBatch = (shape: readonly number[], rank: number): readonly number[] =>
  shape.length === rank + 1 && shape[0] === 1 ? shape.slice(1) : shape;

/** A slope that spreads over the value is a weight; a larger one spreads the value. */
export function slopeBelow({ network }: Call, x: Value, slope: Dense): Value {
  const input = network.shapeOf(x);
  const shape = slope.shape.length === 0 ? [1] : withoutBatch(slope.shape, input.length);
  const spreads =
    shape.length <= input.length &&
    shape.every((size, n) => size === 1 || size === input[input.length - shape.length + n]);
  if (spreads) return network.layer('prelu', { shape }, [x], { slope: { ...slope, shape } });
  const below = network.layer('mul', {}, [network.layer('clip', { max: 0 }, [x]), network.input([slope])]);
  return network.layer('add', {}, [network.layer('relu', {}, [x]), below]);
}

function scaled(call: Call): Value {
  const { network } = call;
  const product = network.layer('mul', {}, [call.value('input'), network.constant(number(call, 'alpha', 1))]);
  return network.layer('add', {}, [product, network.constant(number(call, 'beta', 0))]);
}

function selu(call: Call): Value {
  const { network, attributes } = call;
  if (attributes.alpha === undefined && attributes.gamma === undefined)
    return network.layer('selu', {}, [call.value('input')]);
  const curve = network.layer('elu', { alpha: number(call, 'alpha', 1.6732632423543772) }, [call.value('input')]);
  return network.layer('mul', {}, [curve, network.constant(number(call, 'gamma', 1.0507009873554805))]);
}

/** 1 above 0, alpha below, NaN for NaN. */
function step(call: Call): Value {
  const { network } = call;
  const above = network.layer('relu', {}, [network.layer('sign', {}, [call.value('input')])]);
  const alpha = number(call, 'alpha', 0);
  const height = network.layer('mul', {}, [above, network.constant(1 - alpha)]);
  return network.layer('add', {}, [height, network.constant(alpha)]);
}

function mean(call: Call): Value {
  const total = combined(call, 'add');
  return call.network.layer('div', {}, [total, call.network.constant(call.values.length)]);
}

function squaredDifference({ network, value }: Call): Value {
  return network.layer('square', {}, [network.layer('sub', {}, [value('a'), value('b')])]);
}

function quotientOrZero({ network, value }: Call): Value {
  const quotient = network.layer('div', {}, [value('a'), value('b')]);
  return network.layer('where', {}, [value('b'), quotient, network.constant(0)]);
}

const plainUnary = [
  'abs',
  'ceil',
  'cos',
  'erf',
  'exp',
  'expm1',
  'floor',
  'hardSwish',
  'log',
  'log1p',
  'logSigmoid',
  'mish',
  'neg',
  'reciprocal',
  'relu',
  'relu6',
  'round',
  'sigmoid',
  'sign',
  'silu',
  'sin',
  'softplus',
  'softsign',
  'sqrt',
  'square',
  'tan',
  'tanh',
];

export const elementwise: Table = {
  ...Object.fromEntries(plainUnary.map((name) => [name, unary(name)])),
  ...Object.fromEntries(
    ['add', 'div', 'greater', 'less', 'max', 'min', 'mul', 'pow', 'sub'].map((name) => [name, arithmetic(name)]),
  ),
  celu: withAlpha('celu', 'alpha', 1),
  clamp: unary('clip', limits),
  clip: unary('clip', limits),
  divNoNan: { layers: quotientOrZero },
  elu: withAlpha('elu', 'alpha', 1),
  gelu: unary('gelu', (call) => ({ approximate: text(call, 'approximate', 'none') })),
  geluTanh: unary('gelu', () => ({ approximate: 'tanh' })),
  hardSigmoid: unary('hardSigmoid', (call) => ({ alpha: number(call, 'alpha', 0.2), beta: number(call, 'beta', 0.5) })),
  identity: { layers: (call) => same(call, call.value('input')) },
  leakyRelu: withAlpha('leakyRelu', 'slope', 0.01),
  linear: { layers: scaled },
  mean: { layers: mean },
  prelu: { layers: prelu },
  selu: { layers: selu },
  roundEven: unary('round'),
  rsqrt: {
    layers: ({ network, value }) => network.layer('reciprocal', {}, [network.layer('sqrt', {}, [value('input')])]),
  },
  squaredDifference: { layers: squaredDifference },
  step: { layers: step },
  sum: arithmetic('add'),
  swish: { layers: (call) => swish(call) },
  thresholdedRelu: withAlpha('thresholdedRelu', 'theta', 1),
};

/** x · sigmoid(alpha·x). */
function swish(call: Call): Value {
  const { network } = call;
  const alpha = number(call, 'alpha', 1);
  if (alpha === 1) return network.layer('silu', {}, [call.value('input')]);
  const bent = network.layer('mul', {}, [call.value('input'), network.constant(alpha)]);
  return network.layer('mul', {}, [call.value('input'), network.layer('sigmoid', {}, [bent])]);
}
