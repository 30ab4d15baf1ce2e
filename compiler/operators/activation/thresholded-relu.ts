// Rectified linear unit with a threshold.

import { call, constant } from '../../algebra/expression.ts';
import { onnxUnary } from '../../front/onnx/mappings/elementwise.ts';
import { finite, optional } from '../parameters.ts';
import { elementwise } from '../shared/elementwise.ts';

interface Arguments {
  readonly theta: number;
}

export const thresholdedRelu = elementwise<Arguments>({
  name: 'thresholdedRelu',
  about: 'x above theta, else 0.',
  example: 'thresholdedRelu(0.5)',
  parameters: { theta: optional(finite('The threshold.'), 1) },
  positional: ['theta'],
  onnx: onnxUnary('ThresholdedRelu', { attribute: 'alpha', parameter: 'theta', fallback: 1 }),
  value: (x, { theta }) => call('select', call('less', constant(theta), x), x, 0),
});
