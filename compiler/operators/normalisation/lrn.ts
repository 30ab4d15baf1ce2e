// Local response normalisation over neighbouring channels.
// A. Krizhevsky et al., "ImageNet Classification with Deep Convolutional Neural Networks" (2012).
//
//   divisor[y, x, c] = (bias + alpha/size · Σ in[y, x, c + k − ⌊(size − 1)/2⌋]²)^beta        channels outside count as 0
//   out[y, x, c]     = in[y, x, c] / divisor[y, x, c]
import { Affine } from '../../algebra/affine.ts';
import { accumulated, add, call, express, multiply, read, type Scalar } from '../../algebra/expression.ts';
import { type Call, defineOperator, type InferenceResult, operand } from '../operator.ts';
import { count, finite, optional } from '../parameters.ts';
import { elementAxes, elementIndex } from '../shared/elementwise.ts';

interface Arguments {
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly bias: number;
}

export const lrn = defineOperator<Arguments>({
  name: 'lrn',
  family: 'normalisation',
  about:
    'Divides by (bias + alpha/size · the sum of the squares of neighbouring channels)^beta, as PyTorch and ONNX do.',
  example: 'lrn(3)',
  exampleInputs: [[3, 4, 6]],
  operands: { minimum: 1, maximum: 1 },
  parameters: {
    size: optional(count('How many channels are summed; of an even number one more lies after than before.'), 5),
    alpha: optional(finite('Factor of the mean square (TensorFlow: of the sum, so multiply its alpha by size).'), 1e-4),
    beta: optional(finite('Exponent.'), 0.75),
    bias: optional(finite('Added to the mean square, k in the paper.'), 1),
  },
  positional: ['size'],
  infer,
});

function infer({ arguments: { size, alpha, beta, bias }, inputs }: Call<Arguments>): InferenceResult {
  const output = inputs[0]!;
  const element = elementIndex(output);
  const channel = element.at(-1)!;
  const { before, after } = neighbours(size, output.at(-1)!);
  const neighbour = channel.plus(Affine.axis('k')).minus(before);
  const input = read(operand(0), element.with(-1, neighbour));
  const sum = add(multiply(accumulated, alpha / size), bias);
  const divisor = alpha >= 0 && bias > 0 ? positivePower(sum, beta) : call('power', sum, beta);
  return {
    output,
    weights: [],
    axes: [],
    meaning: {
      kind: 'expressions',
      statements: [
        express({
          tensor: 'divisor',
          axes: { ...elementAxes(output), k: before + 1 + after },
          target: element,
          combine: 'sum',
          value: multiply(input, input),
          finish: divisor,
        }),
        express({
          axes: elementAxes(output),
          target: element,
          value: call('divide', read(operand(0), element), read('divisor', element)),
        }),
      ],
      temporaries: { divisor: output },
    },
  };
}

/** How many channels before and after one are summed; those that no channel has so far away are outside for all. */
const neighbours = (size: number, channels: number): { readonly before: number; readonly after: number } => ({
  before: Math.min(Math.floor((size - 1) / 2), channels - 1),
  after: Math.min(Math.floor(size / 2), channels - 1),
});

/** Powers by quarters are square roots, which cost a tenth: x^0.75 = √x · √√x. For x > 0 only: at −∞ they differ. */
function positivePower(x: Scalar, exponent: number): Scalar {
  const root = call('squareRoot', x);
  switch (exponent) {
    case 1:
      return x;
    case 0.5:
      return root;
    case 0.25:
      return call('squareRoot', root);
    case 0.75:
      return multiply(root, call('squareRoot', root));
    default:
      return call('power', x, exponent);
  }
}
