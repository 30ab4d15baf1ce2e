// The whole value again and again, along each axis so many times.
//
//   out[y, x, c] = in[y mod H, x mod W, c]

import { Affine } from '../../algebra/affine.ts';
import { express, read } from '../../algebra/expression.ts';
import { showShape } from '../../tensor.ts';
import { defineOperator, faults, operand } from '../operator.ts';
import { type Parameter, wholes } from '../parameters.ts';

interface Arguments {
  readonly counts: readonly number[];
}

const counts: Parameter<readonly number[]> = {
  expects: 'a list of whole numbers of at least 1',
  about: 'How often, one count for every axis, channels included.',
  read: (value) => {
    const list = wholes('').read(value);
    return list?.every((count) => count >= 1) ? list : undefined;
  },
};

export const tile = defineOperator<Arguments>({
  name: 'tile',
  family: 'arrangement',
  about: 'The value repeated along each axis.',
  example: 'tile([2, 3, 1])',
  exampleInputs: [[2, 3, 2]],
  operands: { minimum: 1, maximum: 1 },
  parameters: { counts },
  positional: ['counts'],
  infer: ({ arguments: { counts: given }, inputs }) => {
    const shape = inputs[0]!;
    if (given.length !== shape.length) {
      const message = `${given.length} counts for the ${shape.length} axes of ${showShape(shape)}`;
      return faults({ parameter: 'counts', code: 'shape/axis', message, notes: ['one count for every axis'] });
    }
    const output = shape.map((size, n) => size * given[n]!);
    // An axis in two: which copy, and where in it.
    const statement = express({
      axes: Object.fromEntries(shape.flatMap((size, n) => [[`n${n}`, given[n]!] as const, [`a${n}`, size] as const])),
      target: shape.map((size, n) => Affine.axis(`n${n}`, size).plus(Affine.axis(`a${n}`))),
      value: read(
        operand(0),
        shape.map((_, n) => Affine.axis(`a${n}`)),
      ),
    });
    return { output, weights: [], axes: [], meaning: { kind: 'expressions', statements: [statement] } };
  },
});
