// Batch normalisation at inference: a scale and a shift for each channel, known when the weights are.
//
//   scale[c] = gamma[c] / √(variance[c] + epsilon)
//   shift[c] = beta[c] − mean[c] · scale[c]
//   out[y, x, c] = in[y, x, c] · scale[c] + shift[c]

import { Affine } from '../algebra/affine.ts';
import { add, call, express, multiply, read, type Scalar, type TensorExpression } from '../algebra/expression.ts';
import { elementAxes, elementIndex } from './elementwise.ts';
import { epsilonFault, type NormalisationArguments, normalisationParameters, scaleAndShift } from './normalisation.ts';
import { reshapedTo } from './onnx-weights.ts';
import { type Call, defineOperator, faults, type InferenceResult, operand } from './operator.ts';

export const batchNorm = defineOperator<NormalisationArguments>({
  name: 'batchNorm',
  family: 'normalisation',
  about: 'Batch normalisation with the recorded mean and variance: (x − mean) / √(variance + epsilon) · gamma + beta.',
  example: 'batchNorm',
  exampleInputs: [[3, 4, 2]],
  operands: { minimum: 1, maximum: 1 },
  parameters: normalisationParameters,
  positional: [],
  onnx: {
    imports: {
      BatchNormalization: (node) => {
        if (node.int('training_mode', 0) !== 0) node.refuse('is in training mode', 'a model exported for inference');
        if (node.int('spatial', 1) === 0) node.refuse('normalises each cell on its own', 'spatial: 1');
        for (const name of ['is_test', 'momentum', 'consumed_inputs']) node.hasAttribute(name);
        const x = node.channelsLast(0);
        const names = ['gamma', 'beta', 'mean', 'variance'];
        const shape = x.shape.slice(-1);
        const weights = Object.fromEntries(names.map((name, n) => [name, reshapedTo(shape, node.constant(n + 1))]));
        return node.layer({ epsilon: node.float('epsilon', 1e-5) }, [x], { weights });
      },
    },
    exports: (layer) => {
      const channels = layer.output.at(-1)!;
      const or = (name: string, value: number): string =>
        layer.tensor(
          name,
          layer.hasWeight(name)
            ? layer.weight(name)
            : { shape: [channels], data: new Float32Array(channels).fill(value) },
        );
      const inputs = [layer.operands[0]!, or('gamma', 1), or('beta', 0), or('mean', 0), or('variance', 1)];
      return layer.node('BatchNormalization', inputs, { epsilon: { float: layer.arguments.epsilon as number } });
    },
  },
  infer,
});

function infer({ arguments: given, inputs }: Call<NormalisationArguments>): InferenceResult {
  const fault = epsilonFault(given.epsilon);
  if (fault) return faults(fault);
  const output = inputs[0]!;
  const channels = output.at(-1)!;
  const channel = [Affine.axis(`a${output.length - 1}`)];
  const index = elementIndex(output);
  const normalised = express({
    axes: elementAxes(output),
    target: index,
    value: add(multiply(read(operand(0), index), read('scale', channel)), read('shift', channel)),
  });
  return {
    output,
    weights: [
      ...scaleAndShift(given, [channels]),
      { name: 'mean', shape: [channels], fill: 'zero' },
      { name: 'variance', shape: [channels], fill: 'one' },
    ],
    axes: [],
    meaning: {
      kind: 'expressions',
      statements: [...perChannel(given, channels), normalised],
      temporaries: { scale: [channels], shift: [channels] },
    },
  };
}

/** The statements over weights alone. */
function perChannel({ epsilon, scale, center }: NormalisationArguments, channels: number): TensorExpression[] {
  const at = [Affine.axis('c')];
  const deviation = call('squareRoot', add(read('variance', at), epsilon));
  const statement = (tensor: string, value: Scalar) => express({ tensor, axes: { c: channels }, target: at, value });
  return [
    statement('scale', call('divide', scale ? read('gamma', at) : 1, deviation)),
    statement('shift', call('subtract', center ? read('beta', at) : 0, multiply(read('mean', at), read('scale', at)))),
  ];
}
