// Division by the Euclidean length of a vector along an axis.
//
//   length[y, x, 0] = max(√(Σ in[y, x, c]²), epsilon)
//   out[y, x, c]    = in[y, x, c] / length[y, x, 0]
import { defineOperator } from '../operator.ts';
import { inferLength, type LengthArguments, lengthParameters } from './lp-normalize.ts';

export const l2Normalize = defineOperator<LengthArguments>({
  name: 'l2Normalize',
  family: 'normalisation',
  about: 'Divides each vector along an axis by its Euclidean length.',
  example: 'l2Normalize',
  exampleInputs: [[3, 4, 2]],
  operands: { minimum: 1, maximum: 1 },
  parameters: lengthParameters,
  positional: ['axis'],
  infer: ({ arguments: given, inputs }) => inferLength({ arguments: { ...given, p: 2 }, inputs }),
});
