// The axes in another order: axis n of the result is axis permutation[n] of the input.
import { express, read } from '../../algebra/expression.ts';
import { defineOperator, faults, operand } from '../operator.ts';
import { wholes } from '../parameters.ts';
import { elementAxes, elementIndex } from '../shared/elementwise.ts';

interface Arguments {
  readonly permutation: readonly number[];
}

export const transpose = defineOperator<Arguments>({
  name: 'transpose',
  family: 'dense',
  about: 'The axes in another order: axis n of the result is axis permutation[n] of the input.',
  example: 'transpose([2, 0, 1])',
  exampleInputs: [[2, 3, 4]],
  operands: { minimum: 1, maximum: 1 },
  parameters: { permutation: wholes('The axes of the input in their new order, from 0.') },
  positional: ['permutation'],
  infer: ({ arguments: { permutation }, inputs }) => {
    const input = inputs[0]!;
    const sorted = [...permutation].sort((a, b) => a - b);
    if (permutation.length !== input.length || sorted.some((axis, n) => axis !== n)) {
      return faults({
        parameter: 'permutation',
        code: 'shape/permutation',
        message: `[${permutation.join(', ')}] is not an order of ${input.length} axes`,
        notes: [`name each of ${input.map((_, n) => n).join(', ')} once`],
      });
    }
    const output = permutation.map((axis) => input[axis]!);
    const index = elementIndex(output);
    const source = input.map((_, axis) => index[permutation.indexOf(axis)]!);
    const statement = express({ axes: elementAxes(output), target: index, value: read(operand(0), source) });
    return { output, weights: [], axes: [], meaning: { kind: 'expressions', statements: [statement] } };
  },
});
