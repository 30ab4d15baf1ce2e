// Division by the length of a vector along an axis.
//
//   length[y, x, 0] = max((Σ |in[y, x, c]|^p)^(1/p), epsilon)
//   out[y, x, c]    = in[y, x, c] / length[y, x, 0]

import { Affine } from '../../algebra/affine.ts';
import { call, express, read } from '../../algebra/expression.ts';
import { type Call, defineOperator, faults, type InferenceResult, isFault, operand } from '../operator.ts';
import { finite, optional, type Parameter } from '../parameters.ts';
import { axis, resolveAxis } from '../shared/axes.ts';
import { elementAxes, elementIndex } from '../shared/elementwise.ts';
import { normOf } from '../shared/norm.ts';

export interface LengthArguments {
  readonly axis: number;
  readonly epsilon: number;
}

export const lengthParameters: { readonly [K in keyof LengthArguments]: Parameter<LengthArguments[K]> } = {
  axis: optional(axis('The axis along which a vector lies; the last one by default.'), -1),
  epsilon: optional(finite('The smallest length to divide by, so that a vector of zeros stays one.'), 1e-12),
};

interface Arguments extends LengthArguments {
  readonly p: number;
}

export const lpNormalize = defineOperator<Arguments>({
  name: 'lpNormalize',
  family: 'normalisation',
  about: 'Divides each vector along an axis by its p-norm: the sum of sizes for p = 1, the Euclidean length for p = 2.',
  example: 'lpNormalize(p: 1)',
  exampleInputs: [[3, 4, 2]],
  operands: { minimum: 1, maximum: 1 },
  parameters: {
    p: optional(
      {
        expects: 'a number above 0',
        about: 'The exponent of the norm.',
        read: (value) =>
          typeof value === 'number' && value > 0 && value < Number.POSITIVE_INFINITY ? value : undefined,
      },
      2,
    ),
    ...lengthParameters,
  },
  positional: ['p'],
  infer: inferLength,
});

/** The shape rule and the meaning, for any p. */
export function inferLength({
  arguments: given,
  inputs,
}: Pick<Call<Arguments>, 'arguments' | 'inputs'>): InferenceResult {
  const shape = inputs[0]!;
  const along = resolveAxis(given.axis, shape);
  if (isFault(along)) return faults(along);
  const element = elementIndex(shape);
  const line = element.with(along, Affine.constant(0));
  const { statements, temporaries } = normOf({
    p: given.p,
    axes: elementAxes(shape),
    target: line,
    element: read(operand(0), element),
    output: shape.with(along, 1),
    tensor: 'length',
    finish: (norm) => call('maximum', norm, given.epsilon),
  });
  const divided = express({
    axes: elementAxes(shape),
    target: element,
    value: call('divide', read(operand(0), element), read('length', line)),
  });
  return {
    output: shape,
    weights: [],
    axes: [],
    meaning: { kind: 'expressions', statements: [...statements, divided], temporaries },
  };
}
