// Fully connected layer: every output sums every input, weighted. Inputs of any rank count as flattened, row-major.
//
//   out[f] += in[y, x, c] · kernel[(y·W + x)·C + c, f]

import { Affine } from '../../algebra/affine.ts';
import { express, multiply, read } from '../../algebra/expression.ts';
import { type Shape, sizeOf } from '../../tensor.ts';
import { defineOperator, faults, isFault, operand } from '../operator.ts';
import { bias, count, type Literal, literal } from '../parameters.ts';
import { biasWeight, finishWithBias, kernelWeight } from '../shared/convolution.ts';
import { elementAxes, elementIndex } from '../shared/elementwise.ts';

interface Arguments {
  readonly units: number;
  readonly weights: Literal | undefined;
  readonly bias: boolean | Literal;
}

export const dense = defineOperator<Arguments>({
  name: 'dense',
  family: 'dense',
  about: 'Fully connected layer: every output is a weighted sum of all inputs, which count as flattened.',
  example: 'dense(10)',
  exampleInputs: [[4, 4, 3]],
  operands: { minimum: 1, maximum: 1 },
  parameters: {
    units: count('Outputs.'),
    weights: literal('The kernel, written out: [inputs, units].'),
    bias: bias('Whether a value is added to each output, or the values themselves.'),
  },
  positional: ['units'],
  infer: ({ arguments: { units, weights, bias }, inputs }) => {
    const input = inputs[0]!;
    const inputSize = sizeOf(input);
    const kernel = kernelWeight({ name: 'kernel', taps: [inputSize], channels: [units], fanIn: inputSize }, weights);
    if (isFault(kernel)) return faults(kernel);
    const offsets = biasWeight(units, bias);
    if (isFault(offsets)) return faults(offsets);
    const statement = express({
      axes: { f: units, ...elementAxes(input) },
      target: [Affine.axis('f')],
      combine: 'sum',
      value: multiply(read(operand(0), elementIndex(input)), read('kernel', [rowMajor(input), Affine.axis('f')])),
      finish: finishWithBias(bias, 0),
    });
    return {
      output: [units],
      weights: [kernel, ...offsets],
      axes: [],
      meaning: { kind: 'expressions', statements: [statement] },
    };
  },
});

/** The position of the element that `elementIndex` walks: (a0·n1 + a1)·n2 + a2. */
const rowMajor = (shape: Shape): Affine =>
  elementIndex(shape).reduce((position, axis, n) => position.times(shape[n]!).plus(axis), Affine.constant(0));
