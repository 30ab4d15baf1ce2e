// What the normalisations share: the small number under the root, the learned scale and shift, and the statements of a
// mean and a variance in two passes, of which the second subtracts the mean before it squares.

import type { Affine } from '../../algebra/affine.ts';
import {
  accumulated,
  add,
  call,
  express,
  multiply,
  read,
  type Scalar,
  type TensorExpression,
} from '../../algebra/expression.ts';
import type { Shape } from '../../tensor.ts';
import { type Fault, operand, type WeightSpecification } from '../operator.ts';
import { finite, flag, optional, type Parameter } from '../parameters.ts';

export const epsilon: Parameter<number> = optional(
  finite('Added to the variance; 0.001 as in Keras (PyTorch and ONNX: 0.00001).'),
  1e-3,
);

export function epsilonFault(value: number): Fault | undefined {
  if (value >= 0) return undefined;
  return {
    parameter: 'epsilon',
    code: 'argument/range',
    message: `epsilon is ${value}, below 0: the root of variance + epsilon may not exist`,
    notes: ['give a small positive number, such as epsilon: 0.001'],
  };
}

export interface NormalisationArguments {
  readonly epsilon: number;
  readonly scale: boolean;
  readonly center: boolean;
}

export const normalisationParameters: {
  readonly [K in keyof NormalisationArguments]: Parameter<NormalisationArguments[K]>;
} = {
  epsilon,
  scale: optional(flag('Whether there is a weight gamma.'), true),
  center: optional(flag('Whether there is a weight beta.'), true),
};

/** gamma and beta, as far as they are wanted. */
export const scaleAndShift = (given: NormalisationArguments, shape: Shape): readonly WeightSpecification[] => [
  ...(given.scale ? [{ name: 'gamma', shape, fill: 'one' } as const] : []),
  ...(given.center ? [{ name: 'beta', shape, fill: 'zero' } as const] : []),
];

export interface Standardisation {
  /** The box of all elements of the input. */
  readonly axes: Readonly<Record<string, number>>;
  /** Where an element stands in the input and in the output. */
  readonly element: readonly Affine[];
  /** Which mean belongs to the element. */
  readonly set: readonly Affine[];
  /** The shape of the means. */
  readonly sets: Shape;
  /** How many elements share a mean. */
  readonly count: number;
  /** Where gamma and beta are read. */
  readonly weight: readonly Affine[];
  readonly given: NormalisationArguments;
}

/**
 *   mean[s]    = (Σ in[e]) / n
 *   inverse[s] = 1 / √((Σ (in[e] − mean[s])²) / n + epsilon)
 *   out[e]     = (in[e] − mean[s]) · inverse[s] · gamma[w] + beta[w]
 */
export function standardise(parts: Standardisation): {
  readonly statements: readonly TensorExpression[];
  readonly temporaries: Readonly<Record<string, Shape>>;
} {
  const { axes, element, set, sets, count, weight, given } = parts;
  const centred = call('subtract', read(operand(0), element), read('mean', set));
  const variance = call('divide', accumulated, count);
  const deviation = call('squareRoot', add(variance, given.epsilon));
  const sum = (tensor: string, value: Scalar, finish: Scalar) =>
    express({ tensor, axes, target: set, combine: 'sum', value, finish });
  let value = multiply(centred, read('inverse', set));
  if (given.scale) value = multiply(value, read('gamma', weight));
  if (given.center) value = add(value, read('beta', weight));
  return {
    statements: [
      sum('mean', read(operand(0), element), call('divide', accumulated, count)),
      sum('inverse', multiply(centred, centred), call('divide', 1, deviation)),
      express({ axes, target: element, value }),
    ],
    temporaries: { mean: sets, inverse: sets },
  };
}
