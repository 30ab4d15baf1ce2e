// Softmax along an axis. The largest element is subtracted first, so that no exponential overflows.
//
//   largest[y, x, 0] max= in[y, x, c]
//   power[y, x, c]      = e^(in[y, x, c] − largest[y, x, 0])
//   total[y, x, 0]     += power[y, x, c]
//   out[y, x, c]        = power[y, x, c] / total[y, x, 0]

import { Affine } from '../algebra/affine.ts';
import { call, express, read } from '../algebra/expression.ts';
import { axis, resolveAxis } from './axes.ts';
import { elementAxes, elementIndex } from './elementwise.ts';
import { exportedAxis, onnxAlongAxis } from './onnx-axes.ts';
import { defineOperator, faults, operand } from './operator.ts';
import { optional } from './parameters.ts';
import { isFault } from './windows.ts';

interface Arguments {
  readonly axis: number;
}

export const softmax = defineOperator<Arguments>({
  name: 'softmax',
  family: 'activation',
  about: 'e^x / Σ e^x along an axis: positive numbers whose sum is 1.',
  example: 'softmax',
  exampleInputs: [[3, 4, 2]],
  operands: { minimum: 1, maximum: 1 },
  parameters: { axis: optional(axis('The axis along which the sum is 1; the last one by default.'), -1) },
  positional: ['axis'],
  onnx: {
    imports: { Softmax: (node) => onnxAlongAxis(node) },
    exports: (layer) => layer.node('Softmax', layer.operands, { axis: { int: exportedAxis(layer) } }),
  },
  infer: ({ arguments: given, inputs }) => {
    const shape = inputs[0]!;
    const along = resolveAxis(given.axis, shape);
    if (isFault(along)) return faults(along);
    const axes = elementAxes(shape);
    const element = elementIndex(shape);
    const line = element.with(along, Affine.constant(0));
    const lines = shape.with(along, 1);
    const shifted = call('subtract', read(operand(0), element), read('largest', line));
    return {
      output: shape,
      weights: [],
      axes: [],
      meaning: {
        kind: 'expressions',
        statements: [
          express({ tensor: 'largest', axes, target: line, combine: 'max', value: read(operand(0), element) }),
          express({ tensor: 'power', axes, target: element, value: call('exponential', shifted) }),
          express({ tensor: 'total', axes, target: line, combine: 'sum', value: read('power', element) }),
          express({ axes, target: element, value: call('divide', read('power', element), read('total', line)) }),
        ],
        temporaries: { largest: lines, power: shape, total: lines },
      },
    };
  },
});
