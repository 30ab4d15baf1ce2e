// Cuts a border off.
//
//   out[y, x, c] = in[y + top, x + left, c]
import { express, read } from '../../algebra/expression.ts';
import { defineOperator, faults, isFault, operand } from '../operator.ts';
import { type Amounts, amounts, pairs } from '../shared/amounts.ts';
import { elementAxes, elementIndex } from '../shared/elementwise.ts';

interface Arguments {
  readonly amount: Amounts;
}

export const crop = defineOperator<Arguments>({
  name: 'crop',
  family: 'arrangement',
  about: 'Cuts cells off both ends of each spatial axis. A list of amounts is for the spatial axes, or for every axis.',
  example: 'crop([[1, 0], [0, 2]])',
  exampleInputs: [[4, 4, 2]],
  operands: { minimum: 1, maximum: 1 },
  parameters: { amount: amounts('Cells cut off at both ends of each spatial axis.', 0) },
  positional: ['amount'],
  infer: ({ arguments: { amount }, inputs }) => {
    const input = inputs[0]!;
    const borders = pairs(amount, input, 'amount');
    if (isFault(borders)) return faults(borders);
    const output = input.map((size, n) => size - borders[n]![0] - borders[n]![1]);
    const empty = output.findIndex((size) => size < 1);
    if (empty >= 0) {
      const [before, after] = borders[empty]!;
      return faults({
        parameter: 'amount',
        code: 'shape/empty',
        message: `cropping ${before} and ${after} leaves nothing of the ${input[empty]} in axis ${empty}`,
        notes: [`crop at most ${input[empty]! - 1} in all`],
      });
    }
    const index = elementIndex(output);
    const statement = express({
      axes: elementAxes(output),
      target: index,
      value: read(
        operand(0),
        index.map((one, n) => one.plus(borders[n]![0])),
      ),
    });
    return { output, weights: [], axes: [], meaning: { kind: 'expressions', statements: [statement] } };
  },
});
