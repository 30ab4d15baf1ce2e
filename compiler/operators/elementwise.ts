// How an activation is defined: one scalar function of each element.
import { Affine } from '../algebra/affine.ts';
import { express, read, type Scalar } from '../algebra/expression.ts';
import { defineOperator, type Operator, operand, type Shape } from './operator.ts';
import type { Parameter } from './parameters.ts';

export interface Elementwise<A> {
  readonly name: string;
  readonly about: string;
  readonly example: string;
  readonly parameters?: { readonly [K in keyof A]: Parameter<A[K]> };
  readonly positional?: readonly (keyof A & string)[];
  /** The function, of one element. */
  readonly value: (x: Scalar, given: A) => Scalar;
}

export function elementwise<A = Record<never, never>>(definition: Elementwise<A>): Operator<A> {
  const { name, about, example, value } = definition;
  return defineOperator<A>({
    name,
    family: 'activation',
    about,
    example,
    exampleInputs: [[3, 4, 2]],
    operands: { minimum: 1, maximum: 1 },
    parameters: definition.parameters ?? ({} as { readonly [K in keyof A]: Parameter<A[K]> }),
    positional: definition.positional ?? [],
    infer: ({ arguments: given, inputs }) => ({
      output: inputs[0]!,
      weights: [],
      axes: [],
      meaning: {
        kind: 'expressions',
        statements: [
          express({
            axes: elementAxes(inputs[0]!),
            target: elementIndex(inputs[0]!),
            value: value(read(operand(0), elementIndex(inputs[0]!)), given),
          }),
        ],
      },
    }),
  });
}

/** One axis for each dimension of a shape: a0, a1, …, with the index that walks them. */
export const elementAxes = (shape: Shape): Record<string, number> =>
  Object.fromEntries(shape.map((size, n) => [`a${n}`, size]));
export const elementIndex = (shape: Shape): readonly Affine[] => shape.map((_, n) => Affine.axis(`a${n}`));
