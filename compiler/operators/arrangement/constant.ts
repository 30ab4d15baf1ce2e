// A tensor that no layer computes: a learned scale, an offset, a table of positions.
//
//   constant([64]) as scale
//   conv(64, kernel: 3); mul(it, scale)
import { express, read } from '../../algebra/expression.ts';
import { type Shape, showShape } from '../../tensor.ts';
import { defineOperator, type Fault, faults } from '../operator.ts';
import { type Literal, literal, wholes } from '../parameters.ts';
import { elementAxes, elementIndex } from '../shared/elementwise.ts';
import { sizeFault } from '../shared/size-limit.ts';

interface Arguments {
  readonly shape: readonly number[];
  readonly value: Literal | undefined;
}

export const constant = defineOperator<Arguments>({
  name: 'constant',
  family: 'arrangement',
  about: 'A tensor of its own, from the weights or written out: a learned scale, an offset, a table.',
  example: 'constant([3])',
  exampleInputs: [],
  operands: { minimum: 0, maximum: 0 },
  parameters: { shape: wholes('The shape of the tensor.'), value: literal('The numbers, written out.') },
  positional: ['shape'],
  infer: ({ arguments: { shape, value } }) => {
    const fault = shapeFault(shape) ?? sizeFault(shape) ?? literalFault(shape, value);
    if (fault) return faults(fault);
    const index = elementIndex(shape);
    return {
      output: shape,
      weights: [{ name: 'value', shape, fill: 'zero', ...(value && { literal: value.data }) }],
      axes: [],
      meaning: {
        kind: 'expressions',
        statements: [express({ axes: elementAxes(shape), target: index, value: read('value', index) })],
      },
    };
  },
});

function shapeFault(shape: Shape): Fault | undefined {
  if (shape.length > 0 && shape.every((size) => size >= 1)) return undefined;
  return {
    parameter: 'shape',
    code: 'shape/size',
    message: `${showShape(shape)} is no shape: every size is at least 1`,
  };
}

function literalFault(shape: Shape, value: Literal | undefined): Fault | undefined {
  if (!value || value.shape.join() === shape.join()) return undefined;
  return {
    parameter: 'value',
    code: 'weights/shape',
    message: `the list is ${showShape(value.shape)}, the shape is ${showShape(shape)}`,
  };
}
