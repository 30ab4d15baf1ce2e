// Logarithm near one.

import { call } from '../../algebra/expression.ts';
import type { OnnxLayerWriter } from '../../front/onnx/mapping.ts';
import { elementwise } from '../shared/elementwise.ts';

export const log1p = elementwise({
  name: 'log1p',
  family: 'elementwise',
  about: 'ln(1 + x), exact near 0.',
  example: 'log1p',
  onnx: { exports: (layer) => layer.node('Log', [plusOne(layer)]) },
  value: (x) => call('logarithmOnePlus', x),
});

const plusOne = (layer: OnnxLayerWriter): string =>
  layer.node('Add', [layer.operands[0]!, layer.tensor('one', { shape: [], data: Float32Array.of(1) })]);
