// Elements along an axis, at places that are known: some of them, in any order, one more than once.
//
//   out[y, a, c] = in[y, places[a], c]

import { Affine } from '../../algebra/affine.ts';
import { express, read } from '../../algebra/expression.ts';
import { showShape } from '../../tensor.ts';
import { defineOperator, faults, isFault, operand } from '../operator.ts';
import { type Parameter, wholes } from '../parameters.ts';
import { axis, resolveAxis } from '../shared/axes.ts';
import { elementAxes, elementIndex } from '../shared/elementwise.ts';

interface Arguments {
  readonly axis: number;
  readonly indices: number | readonly number[];
}

const places: Parameter<Arguments['indices']> = {
  expects: 'a whole number or a list of them',
  about: 'Which elements, from 0, or from the end with negative numbers; a single number drops the axis.',
  read: (value) =>
    typeof value === 'number' ? (Number.isSafeInteger(value) ? value : undefined) : wholes('').read(value),
};

export const take = defineOperator<Arguments>({
  name: 'take',
  family: 'arrangement',
  about: 'Elements along an axis, at places that are known when the model is compiled.',
  example: 'take(axis: 0, indices: [2, 0, -1])',
  exampleInputs: [[4, 3]],
  operands: { minimum: 1, maximum: 1 },
  parameters: { axis: axis('The axis along which is taken.'), indices: places },
  positional: [],
  infer: ({ arguments: given, inputs }) => {
    const shape = inputs[0]!;
    const along = resolveAxis(given.axis, shape);
    if (isFault(along)) return faults(along);
    const size = shape[along]!;
    const list = typeof given.indices === 'number' ? [given.indices] : given.indices;
    const beyond = list.find((index) => index < -size || index >= size);
    if (beyond !== undefined || list.length === 0) {
      const message =
        beyond === undefined
          ? 'no element is taken'
          : `there is no element ${beyond} in axis ${along} of ${showShape(shape)}`;
      return faults({ parameter: 'indices', code: 'shape/take', message, label: `from ${-size} to ${size - 1}` });
    }
    const wanted = list.map((index) => (index < 0 ? index + size : index));
    const taken = shape.with(along, wanted.length);
    const source = elementIndex(taken).with(along, Affine.table(`a${along}`, wanted));
    const drops = typeof given.indices === 'number' && shape.length > 1;
    const keep = (_: unknown, n: number): boolean => !drops || n !== along;
    const statement = express({
      axes: elementAxes(taken),
      target: elementIndex(taken).filter(keep),
      value: read(operand(0), source),
    });
    const output = taken.filter(keep);
    return { output, weights: [], axes: [], meaning: { kind: 'expressions', statements: [statement] } };
  },
});
