// Concatenation along one axis: one statement for each operand, into a region of its own.
//
//   out[y, x, c]      = in0[y, x, c]
//   out[y, x, C0 + c] = in1[y, x, c]

import { express, read, type TensorExpression } from '../../algebra/expression.ts';
import { type Shape, showShape } from '../../tensor.ts';
import { defineOperator, type Fault, faults, isFault, operand } from '../operator.ts';
import { optional } from '../parameters.ts';
import { axis, resolveAxis } from '../shared/axes.ts';
import { elementAxes, elementIndex } from '../shared/elementwise.ts';
import { sizeFault } from '../shared/size-limit.ts';

interface Arguments {
  readonly axis: number;
}

export const concat = defineOperator<Arguments>({
  name: 'concat',
  family: 'arrangement',
  about: 'Values one after the other along an axis, by default the channels.',
  example: 'concat(a, b, axis: -1)',
  exampleInputs: [
    [3, 4, 2],
    [3, 4, 3],
  ],
  operands: { minimum: 2, maximum: Number.POSITIVE_INFINITY },
  parameters: { axis: optional(axis('The axis along which sizes add up; -1 is the last.'), -1) },
  positional: [],
  infer: ({ arguments: given, inputs }) => {
    const first = inputs[0]!;
    const along = resolveAxis(given.axis, first);
    if (isFault(along)) return faults(along);
    const misfits = inputs.flatMap((shape, n) => misfit(first, shape, along, n));
    if (misfits.length > 0) return faults(...misfits);
    const total = inputs.reduce((sum, shape) => sum + shape[along]!, 0);
    const output = first.map((size, n) => (n === along ? total : size));
    const oversized = sizeFault(output);
    if (oversized) return faults(oversized);
    return { output, weights: [], axes: [], meaning: { kind: 'expressions', statements: regions(inputs, along) } };
  },
});

function misfit(first: Shape, shape: Shape, along: number, n: number): readonly Fault[] {
  if (shape.length === first.length && shape.every((size, axis) => axis === along || size === first[axis])) return [];
  const differing = first.flatMap((size, axis) => (axis !== along && shape[axis] !== size ? [axis] : []));
  return [
    {
      parameter: operand(n),
      code: 'shape/concat',
      message: `${showShape(first)} and ${showShape(shape)} cannot be joined along axis ${along}`,
      label: `this is ${showShape(shape)}`,
      notes: [
        shape.length === first.length
          ? `every axis but ${along} must agree, ${axesDo(differing)} not: crop or pad one of them`
          : `all values need the same number of axes, ${first.length} here`,
      ],
    },
  ];
}

const axesDo = (axes: readonly number[]): string =>
  axes.length === 1 ? `axis ${axes[0]} does` : `axes ${axes.slice(0, -1).join(', ')} and ${axes.at(-1)} do`;

function regions(inputs: readonly Shape[], along: number): readonly TensorExpression[] {
  let start = 0;
  return inputs.map((shape, n) => {
    const index = elementIndex(shape);
    const offset = start;
    start += shape[along]!;
    const target = index.map((one, axis) => (axis === along ? one.plus(offset) : one));
    return express({ axes: elementAxes(shape), target, value: read(operand(n), index) });
  });
}
