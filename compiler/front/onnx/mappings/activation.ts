// Activations in ONNX.

import { celu } from '../../../operators/activation/celu.ts';
import { clip } from '../../../operators/activation/clip.ts';
import { elu } from '../../../operators/activation/elu.ts';
import { gelu } from '../../../operators/activation/gelu.ts';
import { hardSigmoid } from '../../../operators/activation/hard-sigmoid.ts';
import { hardSwish } from '../../../operators/activation/hard-swish.ts';
import { leakyRelu } from '../../../operators/activation/leaky-relu.ts';
import { logSigmoid } from '../../../operators/activation/log-sigmoid.ts';
import { logSoftmax } from '../../../operators/activation/log-softmax.ts';
import { mish } from '../../../operators/activation/mish.ts';
import { prelu } from '../../../operators/activation/prelu.ts';
import { relu } from '../../../operators/activation/relu.ts';
import { relu6 } from '../../../operators/activation/relu6.ts';
import { ALPHA, LAMBDA, selu } from '../../../operators/activation/selu.ts';
import { sigmoid } from '../../../operators/activation/sigmoid.ts';
import { silu } from '../../../operators/activation/silu.ts';
import { softmax } from '../../../operators/activation/softmax.ts';
import { softplus } from '../../../operators/activation/softplus.ts';
import { softsign } from '../../../operators/activation/softsign.ts';
import { tanh } from '../../../operators/activation/tanh.ts';
import { thresholdedRelu } from '../../../operators/activation/thresholded-relu.ts';
import { mul } from '../../../operators/elementwise/mul.ts';
import type { LayerValue } from '../../importing/values.ts';
import { permuted, reshapedTo } from '../../importing/weights.ts';
import type { OnnxLayerWriter, OnnxNodeReader, OnnxTable } from '../mapping.ts';
import { exportedAxis, onnxAlongAxis } from './shared/axes.ts';
import { onnxGated, onnxUnary } from './shared/elementwise.ts';

const twins = [
  [relu, 'Relu'],
  [sigmoid, 'Sigmoid'],
  [softsign, 'Softsign'],
  [tanh, 'Tanh'],
] as const;

export const activations: OnnxTable = [
  ...twins.map(([operator, name]) => [operator, onnxUnary(name)] as const),
  [celu, onnxUnary('Celu', { attribute: 'alpha', parameter: 'alpha', fallback: 1 })],
  [
    clip,
    {
      imports: {
        Clip: (node) => {
          const { min, max } = onnxLimits(node);
          if (min === 0 && max === 6) return undefined;
          const given = { ...(min > -LARGEST && { min }), ...(max < LARGEST && { max }) };
          // Limits that cross leave nothing but the upper one.
          if (min > max) return node.layer({ max }, [node.layer({ min }, [node.value(0)])]);
          return Object.keys(given).length === 0 ? node.value(0) : node.layer(given, [node.value(0)]);
        },
      },
      exports: (layer) => exportLimits(layer, layer.arguments.min as number, layer.arguments.max as number),
    },
  ],
  [elu, onnxUnary('Elu', { attribute: 'alpha', parameter: 'alpha', fallback: 1 })],
  [
    gelu,
    {
      imports: {
        Gelu: (node) => node.layer({ approximate: node.string('approximate', 'none') }, [node.value(0)]),
        'com.microsoft:Gelu': (node) => node.layer({}, [node.value(0)]),
      },
      patterns: { Mul: (node) => erfGate(node) },
      exports: (layer) =>
        layer.node('Gelu', layer.operands, { approximate: { string: layer.arguments.approximate as string } }),
    },
  ],
  [
    hardSigmoid,
    onnxUnary(
      'HardSigmoid',
      { attribute: 'alpha', parameter: 'alpha', fallback: 0.2 },
      { attribute: 'beta', parameter: 'beta', fallback: 0.5 },
    ),
  ],
  [
    hardSwish,
    {
      ...onnxUnary('HardSwish'),
      patterns: {
        Mul: (node) =>
          onnxGated(node, 'HardSigmoid', (gate) => {
            const [alpha, beta] = [gate.float('alpha', 0.2), gate.float('beta', 0.5)];
            return Math.abs(alpha - 1 / 6) < 1e-6 && beta === 0.5;
          }),
      },
    },
  ],
  [leakyRelu, onnxUnary('LeakyRelu', { attribute: 'alpha', parameter: 'slope', fallback: 0.01 })],
  [
    logSigmoid,
    {
      // min(x, 0) − ln(1 + e^−|x|): the sigmoid itself is 0 where its logarithm is a number of ordinary size.
      exports: (layer) => {
        const number = (name: string, value: number): string =>
          layer.tensor(name, { shape: [], data: Float32Array.of(value) });
        const away = layer.node('Exp', [layer.node('Neg', [layer.node('Abs', layer.operands)])]);
        const tail = layer.node('Log', [layer.node('Add', [away, number('one', 1)])]);
        return layer.node('Sub', [layer.node('Min', [layer.operands[0]!, number('zero', 0)]), tail]);
      },
    },
  ],
  [
    logSoftmax,
    {
      imports: { LogSoftmax: (node) => onnxAlongAxis(node) },
      exports: (layer) => layer.node('LogSoftmax', layer.operands, { axis: { int: exportedAxis(layer) } }),
    },
  ],
  [
    mish,
    {
      ...onnxUnary('Mish'),
      patterns: {
        Mul: (node) => {
          for (const [x, gate] of [
            [0, 1],
            [1, 0],
          ] as const) {
            const bend = node.madeBy(gate, 'Tanh')?.madeBy(0, 'Softplus');
            if (bend?.name(0) === node.name(x)) return node.layer({}, [node.value(x)]);
          }
          return undefined;
        },
      },
    },
  ],
  [
    prelu,
    {
      imports: {
        PRelu: (node) => {
          // Before operator set 7 a list of slopes is for the channels.
          const perChannel =
            node.version < 7 && node.constant(1).shape.length === 1 && node.constant(1).data.length > 1;
          const x = perChannel ? node.channelsLast(0) : node.separate(0);
          const slope = perChannel ? reshapedTo(x.shape.slice(-1), node.constant(1)) : node.alongside(1, x);
          const isUsual = slope.shape.join() === `${x.shape.at(-1)}`;
          return node.layer(isUsual ? {} : { shape: slope.shape }, [x], { weights: { slope } });
        },
      },
      exports: (layer) => {
        const { shape, data } = layer.weight('slope');
        const rank = layer.output.length;
        const full = [...Array(rank - shape.length).fill(1), ...shape];
        // [space…, channels] → [channels, space…]
        const slope = permuted({ shape: full, data }, [rank - 1, ...full.slice(0, -1).map((_, axis) => axis)]);
        return layer.node('PRelu', [layer.operands[0]!, layer.tensor('slope', slope)]);
      },
    },
  ],
  [
    relu6,
    {
      imports: {
        Clip: (node) => {
          const { min, max } = onnxLimits(node);
          return min === 0 && max === 6 ? node.layer({}, [node.value(0)]) : undefined;
        },
      },
      exports: (layer) => exportLimits(layer, 0, 6),
    },
  ],
  [
    selu,
    {
      imports: {
        Selu: (node) => {
          const [alpha, gamma] = [node.float('alpha', ALPHA), node.float('gamma', LAMBDA)];
          if (near(alpha, ALPHA) && near(gamma, LAMBDA)) return node.layer({}, [node.value(0)]);
          const bent = node.layerOf(elu, { alpha }, [node.value(0)]);
          return node.layerOf(mul, {}, [bent, node.number(gamma)]);
        },
      },
      exports: (layer) => layer.node('Selu', layer.operands),
    },
  ],
  [
    silu,
    {
      imports: {
        Swish: (node) => (node.float('alpha', 1) === 1 ? node.layer({}, [node.value(0)]) : undefined),
      },
      patterns: { Mul: (node) => onnxGated(node, 'Sigmoid') },
      // Operator sets before 24 have no Swish.
      exports: (layer) => layer.node('Mul', [layer.operands[0]!, layer.node('Sigmoid', layer.operands)]),
    },
  ],
  [
    softmax,
    {
      imports: { Softmax: (node) => onnxAlongAxis(node) },
      exports: (layer) => layer.node('Softmax', layer.operands, { axis: { int: exportedAxis(layer) } }),
    },
  ],
  [
    softplus,
    {
      imports: { Softplus: (node) => node.layer({}, [node.value(0)]) },
      exports: (layer) => {
        const beta = layer.arguments.beta as number;
        if (beta === 1) return layer.node('Softplus', layer.operands);
        const factor = layer.tensor('beta', { shape: [1], data: Float32Array.of(beta) });
        const bent = layer.node('Softplus', [layer.node('Mul', [layer.operands[0]!, factor])]);
        return layer.node('Div', [bent, factor]);
      },
    },
  ],
  [thresholdedRelu, onnxUnary('ThresholdedRelu', { attribute: 'alpha', parameter: 'theta', fallback: 1 })],
];

/** x · (1 + erf(x/√2)) · ½, in whatever order the three are multiplied. */
function erfGate(node: OnnxNodeReader): LayerValue | undefined {
  const factors = productOf(node);
  const halves = factors.filter(({ reader, input }) => isNumber(reader, input, 0.5));
  const gates = factors.filter(({ reader, input }) => bentInput(reader, input) !== undefined);
  const others = factors.filter((factor) => !halves.includes(factor) && !gates.includes(factor));
  const [half, gate, x] = [halves[0], gates[0], others[0]];
  if (factors.length !== 3 || !half || !gate || !x) return undefined;
  const same = bentInput(gate.reader, gate.input) === x.reader.name(x.input);
  return same ? node.layer({}, [x.reader.value(x.input)]) : undefined;
}

interface Factor {
  readonly reader: OnnxNodeReader;
  readonly input: number;
}

/** The factors of a product and of a product within it. */
const productOf = (node: OnnxNodeReader): Factor[] =>
  [0, 1].flatMap((input): Factor[] => {
    const inner = node.madeBy(input, 'Mul');
    return inner ? [0, 1].map((at) => ({ reader: inner, input: at })) : [{ reader: node, input }];
  });

function isNumber(node: OnnxNodeReader, input: number, value: number): boolean {
  const data = node.known(input)?.data;
  return data?.length === 1 && Math.abs(data[0]! - value) < 1e-6;
}

/** The name of x where an input is 1 + erf(x/√2). */
function bentInput(node: OnnxNodeReader, input: number): string | undefined {
  const sum = node.madeBy(input, 'Add');
  const [at, one] = sum?.madeBy(0, 'Erf') ? [0, 1] : [1, 0];
  const bend = sum?.madeBy(at, 'Erf');
  if (!sum || !bend || !isNumber(sum, one, 1)) return undefined;
  const [quotient, scaled] = [bend.madeBy(0, 'Div'), bend.madeBy(0, 'Mul')];
  if (quotient && isNumber(quotient, 1, Math.SQRT2)) return quotient.name(0);
  return scaled && isNumber(scaled, 1, Math.SQRT1_2) ? scaled.name(0) : undefined;
}

const near = (a: number, b: number): boolean => Math.abs(a - b) < 1e-6;

/** The largest float32, which stands for no limit. */
const LARGEST = 3.4028234e38;

/** Attributes before operator set 11, inputs since. */
function onnxLimits(node: OnnxNodeReader): { readonly min: number; readonly max: number } {
  const limit = (name: string, input: number, none: number): number =>
    node.has(input) ? node.constant(input).data[0]! : node.float(name, none);
  return { min: limit('min', 1, -LARGEST), max: limit('max', 2, LARGEST) };
}

function exportLimits(layer: OnnxLayerWriter, min: number, max: number): string {
  const limit = (name: string, value: number): string =>
    Number.isFinite(value) ? layer.tensor(name, { shape: [], data: Float32Array.of(value) }) : '';
  return layer.node('Clip', [layer.operands[0]!, limit('min', min), limit('max', max)]);
}
