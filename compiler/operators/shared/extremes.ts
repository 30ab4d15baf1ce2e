// Where the largest or smallest element along an axis stands: the first of equals.
//
//   extreme[y, x, 0] max= in[y, x, c]
//   out[y, x]        min= in[y, x, c] < extreme[y, x, 0] ? ∞ : places[c]

import { Affine } from '../../algebra/affine.ts';
import { type Combine, call, express, read } from '../../algebra/expression.ts';
import { defineOperator, faults, isFault, type Operator, operand } from '../operator.ts';
import { flag, optional } from '../parameters.ts';
import { axis, resolveAxis } from './axes.ts';
import { elementAxes, elementIndex } from './elementwise.ts';

export interface ExtremeArguments {
  readonly axis: number;
  readonly keepAxes: boolean;
}

export const extreme = (name: string, combine: Extract<Combine, 'max' | 'min'>): Operator<ExtremeArguments> =>
  defineOperator<ExtremeArguments>({
    name,
    family: 'reduction',
    about: `Where the ${combine === 'max' ? 'largest' : 'smallest'} element along an axis stands, from 0: the first of equals.`,
    example: name,
    exampleInputs: [[3, 4, 5]],
    operands: { minimum: 1, maximum: 1 },
    parameters: {
      axis: optional(axis('The axis along which is looked.'), -1),
      keepAxes: optional(flag('Whether the axis stays, with size 1.'), false),
    },
    positional: [],
    infer: ({ arguments: given, inputs }) => {
      const shape = inputs[0]!;
      const along = resolveAxis(given.axis, shape);
      if (isFault(along)) return faults(along);
      const size = shape[along]!;
      const element = elementIndex(shape);
      const line = element.with(along, Affine.constant(0));
      // A value always has an axis.
      const keeps = given.keepAxes || shape.length === 1;
      const kept = (_: unknown, n: number): boolean => keeps || n !== along;
      const here = read(operand(0), element);
      const best = read('extreme', line);
      const [less, more] = combine === 'max' ? [here, best] : [best, here];
      return {
        output: shape.with(along, 1).filter(kept),
        weights: [],
        axes: [],
        meaning: {
          kind: 'expressions',
          statements: [
            express({ tensor: 'extreme', axes: elementAxes(shape), target: line, combine, value: here }),
            express({
              axes: elementAxes(shape),
              target: line.filter(kept),
              combine: 'min',
              value: call(
                'select',
                call('less', less, more),
                Number.POSITIVE_INFINITY,
                read('places', [Affine.axis(`a${along}`)]),
              ),
            }),
          ],
          temporaries: { extreme: shape.with(along, 1) },
          constants: { places: { shape: [size], data: Array.from({ length: size }, (_, n) => n) } },
        },
      };
    },
  });
