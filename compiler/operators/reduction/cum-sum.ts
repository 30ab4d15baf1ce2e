// Running sums along an axis: each element is the sum of those up to it.
//
//   for t < 5    out[t, c] = out[t − 1, c] + in[t, c]        before the first there is nothing, which is zero

import { Affine } from '../../algebra/affine.ts';
import { add, express, read } from '../../algebra/expression.ts';
import { defineOperator, faults, isFault, operand, type Repetition } from '../operator.ts';
import { flag, optional } from '../parameters.ts';
import { axis, resolveAxis } from '../shared/axes.ts';
import { elementAxes, elementIndex } from '../shared/elementwise.ts';

interface Arguments {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

export const cumSum = defineOperator<Arguments>({
  name: 'cumSum',
  family: 'reduction',
  about: 'Running sums along an axis: each element is the sum of those up to it.',
  example: 'cumSum(axis: 0)',
  exampleInputs: [[5, 3]],
  operands: { minimum: 1, maximum: 1 },
  parameters: {
    axis: axis('The axis along which is summed.'),
    exclusive: optional(flag('Whether an element is left out of its own sum.'), false),
    reverse: optional(flag('Whether sums begin at the end of the axis.'), false),
  },
  positional: ['axis'],
  infer: ({ arguments: { axis: given, exclusive, reverse }, inputs }) => {
    const shape = inputs[0]!;
    const along = resolveAxis(given, shape);
    if (isFault(along)) return faults(along);
    const { [`a${along}`]: _, ...others } = elementAxes(shape);
    const turn = Affine.axis('t');
    const here = reverse ? turn.times(-1).plus(shape[along]! - 1) : turn;
    const at = (place: Affine): readonly Affine[] => elementIndex(shape).with(along, place);
    const before = at(here.plus(reverse ? 1 : -1));
    const statement = express({
      axes: others,
      target: at(here),
      value: add(read('output', before), read(operand(0), exclusive ? before : at(here))),
    });
    const repeat = { name: 't', extent: shape[along]! };
    const running: Repetition = { repeat, statements: [statement], scratch: [], carried: ['output'] };
    return { output: shape, weights: [], axes: [], meaning: { kind: 'expressions', statements: [running] } };
  },
});
