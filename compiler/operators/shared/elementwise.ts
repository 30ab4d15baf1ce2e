// How an operator of one operand is defined that looks at each element alone: one scalar function.
//
//   relu    out[a0, a1, a2] = max(in[a0, a1, a2], 0)

import { Affine } from '../../algebra/affine.ts';
import { express, read, type Scalar } from '../../algebra/expression.ts';
import type { Shape } from '../../tensor.ts';
import { defineOperator, type Family, type Fault, faults, type Operator, operand } from '../operator.ts';
import type { Parameter } from '../parameters.ts';

export interface Elementwise<A> {
  readonly name: string;
  /** 'activation' where it is left out. */
  readonly family?: Family;
  readonly about: string;
  readonly example: string;
  readonly parameters?: { readonly [K in keyof A]: Parameter<A[K]> };
  readonly positional?: readonly (keyof A & string)[];
  /** What is wrong with arguments that each fit on their own. */
  readonly check?: (given: A) => Fault | undefined;
  /** The function, of one element. */
  readonly value: (x: Scalar, given: A) => Scalar;
}

export function elementwise<A = Record<never, never>>(definition: Elementwise<A>): Operator<A> {
  const { name, about, example, check, value } = definition;
  return defineOperator<A>({
    name,
    family: definition.family ?? 'activation',
    about,
    example,
    exampleInputs: [[3, 4, 2]],
    operands: { minimum: 1, maximum: 1 },
    parameters: definition.parameters ?? ({} as { readonly [K in keyof A]: Parameter<A[K]> }),
    positional: definition.positional ?? [],
    infer: ({ arguments: given, inputs }) => {
      const fault = check?.(given);
      if (fault) return faults(fault);
      const shape = inputs[0]!;
      const index = elementIndex(shape);
      const statement = express({
        axes: elementAxes(shape),
        target: index,
        value: value(read(operand(0), index), given),
      });
      return { output: shape, weights: [], axes: [], meaning: { kind: 'expressions', statements: [statement] } };
    },
  });
}

/** One axis for each dimension of a shape: a0, a1, …, with the index that walks them. */
export const elementAxes = (shape: Shape): Record<string, number> =>
  Object.fromEntries(shape.map((size, n) => [`a${n}`, size]));
export const elementIndex = (shape: Shape): readonly Affine[] => shape.map((_, n) => Affine.axis(`a${n}`));
