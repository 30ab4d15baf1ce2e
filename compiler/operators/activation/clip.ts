// Limits from below and above.

import { call, type Scalar } from '../../algebra/expression.ts';
import type { OnnxLayerWriter, OnnxNodeReader } from '../../front/onnx/mapping.ts';
import { optional, real } from '../parameters.ts';
import { elementwise } from '../shared/elementwise.ts';

interface Arguments {
  readonly min: number;
  readonly max: number;
}

export const clip = elementwise<Arguments>({
  name: 'clip',
  about: 'min(max(x, min), max): x within limits.',
  example: 'clip(min: -1, max: 1)',
  parameters: {
    min: optional(real('The lower limit; none by default.'), Number.NEGATIVE_INFINITY),
    max: optional(real('The upper limit; none by default.'), Number.POSITIVE_INFINITY),
  },
  positional: ['min', 'max'],
  onnx: {
    imports: {
      Clip: (node) => {
        const { min, max } = onnxLimits(node);
        if (min === 0 && max === 6) return undefined;
        const given = { ...(min > -LARGEST && { min }), ...(max < LARGEST && { max }) };
        return Object.keys(given).length === 0 ? node.value(0) : node.layer(given, [node.value(0)]);
      },
    },
    exports: (layer) => exportLimits(layer, layer.arguments.min as number, layer.arguments.max as number),
  },
  check: ({ min, max }) => {
    if (min <= max) return undefined;
    return {
      parameter: 'min',
      code: 'argument/range',
      message: `min is ${min}, above max, which is ${max}`,
      notes: ['exchange the limits'],
    };
  },
  value: (x, { min, max }) => {
    const raised: Scalar = min === Number.NEGATIVE_INFINITY ? x : call('maximum', x, min);
    return max === Number.POSITIVE_INFINITY ? raised : call('minimum', raised, max);
  },
});

/** The largest float32, which stands for no limit. */
const LARGEST = 3.4028234e38;

/** Attributes before operator set 11, inputs since. */
export function onnxLimits(node: OnnxNodeReader): { readonly min: number; readonly max: number } {
  const limit = (name: string, input: number, none: number): number =>
    node.has(input) ? node.constant(input).data[0]! : node.float(name, none);
  return { min: limit('min', 1, -LARGEST), max: limit('max', 2, LARGEST) };
}

export function exportLimits(layer: OnnxLayerWriter, min: number, max: number): string {
  const limit = (name: string, value: number): string =>
    Number.isFinite(value) ? layer.tensor(name, { shape: [], data: Float32Array.of(value) }) : '';
  return layer.node('Clip', [layer.operands[0]!, limit('min', min), limit('max', max)]);
}
