// How a reduction is defined: what is combined over the chosen axes, and what becomes of the result.
//
//   reduceMean(axes: [0, 1])    out[c] = (Σ in[y, x, c]) / (H·W)

import { Affine } from '../../algebra/affine.ts';
import {
  accumulated,
  type Combine,
  express,
  read,
  type Scalar,
  type TensorExpression,
} from '../../algebra/expression.ts';
import { type Shape, sizeOf } from '../../tensor.ts';
import { defineOperator, faults, type InferenceResult, isFault, type Operator, operand } from '../operator.ts';
import { flag, optional, type Parameter } from '../parameters.ts';
import { axes, resolveAxes } from './axes.ts';
import { elementAxes, elementIndex } from './elementwise.ts';

export interface ReductionArguments {
  readonly axes: readonly number[] | undefined;
  readonly keepAxes: boolean;
}

export const reductionParameters: { readonly [K in keyof ReductionArguments]: Parameter<ReductionArguments[K]> } = {
  axes: axes('The axes that are reduced; all of them by default.'),
  keepAxes: optional(flag('Whether reduced axes stay, with size 1.'), false),
};

export interface Reduction {
  readonly name: string;
  readonly about: string;
  readonly combine: Combine;
  /** What is combined; the element itself where it is left out. */
  readonly value?: (element: Scalar) => Scalar;
  /** What the combined value of `count` elements becomes; itself where it is left out. */
  readonly finish?: (combined: Scalar, count: number) => Scalar;
}

export function reduction({ name, about, combine, value, finish }: Reduction): Operator<ReductionArguments> {
  return reducing(name, about, ({ box, element, kept, count }) => {
    const input = read(operand(0), element);
    return {
      statements: [
        express({
          axes: box,
          target: kept,
          combine,
          value: value?.(input) ?? input,
          finish: finish?.(accumulated, count) ?? accumulated,
        }),
      ],
    };
  });
}

export interface Reduced {
  readonly box: Readonly<Record<string, number>>;
  readonly element: readonly Affine[];
  /** Where the result stands in the output. */
  readonly kept: readonly Affine[];
  readonly output: Shape;
  /** How many elements meet in one result. */
  readonly count: number;
}

/** A reduction in any number of statements. */
export function reducing(
  name: string,
  about: string,
  mean: (reduced: Reduced) => {
    readonly statements: readonly TensorExpression[];
    readonly temporaries?: Readonly<Record<string, Shape>>;
  },
): Operator<ReductionArguments> {
  return defineOperator<ReductionArguments>({
    name,
    family: 'reduction',
    about,
    example: `${name}(axes: [0, 1])`,
    exampleInputs: [[3, 4, 2]],
    operands: { minimum: 1, maximum: 1 },
    parameters: reductionParameters,
    positional: ['axes'],
    infer: ({ arguments: given, inputs }): InferenceResult => {
      const shape = inputs[0]!;
      const over = resolveAxes(given.axes ?? shape.map((_, n) => n), shape);
      if (isFault(over)) return faults(over);
      const { kept, output } = result(shape, over, given.keepAxes);
      const count = sizeOf(over.map((axis) => shape[axis]!));
      const meaning = mean({ box: elementAxes(shape), element: elementIndex(shape), kept, output, count });
      return { output, weights: [], axes: [], meaning: { kind: 'expressions', ...meaning } };
    },
  });
}

/** The output's shape and the index into it; a value always has an axis, so a reduction to one number gives [1]. */
function result(shape: Shape, over: readonly number[], keepAxes: boolean): Pick<Reduced, 'kept' | 'output'> {
  const element = elementIndex(shape);
  const zero = Affine.constant(0);
  if (keepAxes) {
    return {
      kept: element.map((index, axis) => (over.includes(axis) ? zero : index)),
      output: shape.map((size, axis) => (over.includes(axis) ? 1 : size)),
    };
  }
  if (over.length === shape.length) return { kept: [zero], output: [1] };
  return {
    kept: element.filter((_, axis) => !over.includes(axis)),
    output: shape.filter((_, axis) => !over.includes(axis)),
  };
}
