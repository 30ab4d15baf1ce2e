// Elements along an axis, at places that another value decides: rows of a table by their numbers.
//
//   out[i, c] = in[round(indices[i]), c]        a place beyond the axis is its nearest end

import { Affine } from '../../algebra/affine.ts';
import { express, read, readAt } from '../../algebra/expression.ts';
import { defineOperator, faults, isFault, operand } from '../operator.ts';
import { optional } from '../parameters.ts';
import { axis, resolveAxis } from '../shared/axes.ts';

interface Arguments {
  readonly axis: number;
}

export const gather = defineOperator<Arguments>({
  name: 'gather',
  family: 'arrangement',
  about:
    'Elements of the first value along an axis, at the places that the second one holds: rounded, and clamped to the axis.',
  example: 'gather(a, b)',
  exampleInputs: [[5, 3], [4]],
  operands: { minimum: 2, maximum: 2 },
  parameters: {
    axis: optional(axis('The axis whose elements are chosen; the sizes of the second value take its place.'), 0),
  },
  positional: [],
  infer: ({ arguments: { axis: given }, inputs }) => {
    const [shape, places] = inputs as [readonly number[], readonly number[]];
    const along = resolveAxis(given, shape);
    if (isFault(along)) return faults(along);
    const names = [
      ...shape.slice(0, along).map((_, n) => `a${n}`),
      ...places.map((_, n) => `i${n}`),
      ...shape.slice(along + 1).map((_, n) => `a${along + 1 + n}`),
    ];
    const output = [...shape.slice(0, along), ...places, ...shape.slice(along + 1)];
    const target = names.map((name) => Affine.axis(name));
    const place = read(
      operand(1),
      places.map((_, n) => Affine.axis(`i${n}`)),
    );
    const others = shape.map((_, n) => (n === along ? Affine.constant(0) : Affine.axis(`a${n}`)));
    const statement = express({
      axes: Object.fromEntries(names.map((name, n) => [name, output[n]!])),
      target,
      value: readAt(operand(0), others, { axis: along, extent: shape[along]!, value: place }),
    });
    return { output, weights: [], axes: [], meaning: { kind: 'expressions', statements: [statement] } };
  },
});
