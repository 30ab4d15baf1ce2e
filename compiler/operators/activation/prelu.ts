// Rectified linear unit with a learned slope. K. He et al., "Delving Deep into Rectifiers" (2015).
//
//   out[y, x, c] = in[y, x, c] above 0, slope[c] · in[y, x, c] below

import { call, express, multiply, read } from '../../algebra/expression.ts';
import { type Shape, showShape } from '../../tensor.ts';
import { type Call, defineOperator, type Fault, faults, type InferenceResult, isFault, operand } from '../operator.ts';
import { type Parameter, wholes } from '../parameters.ts';
import { broadcastIndex, broadcastShape } from '../shared/broadcasting.ts';
import { elementAxes, elementIndex } from '../shared/elementwise.ts';

interface Arguments {
  readonly shape: readonly number[] | undefined;
}

const shape: Parameter<readonly number[] | undefined> = {
  ...wholes(
    'The shape of the slope, repeated over the input’s size-1 and missing axes; one slope a channel by default.',
  ),
  fallback: { value: undefined },
};

export const prelu = defineOperator<Arguments>({
  name: 'prelu',
  family: 'activation',
  about: 'x above 0, slope·x below, with the learned weight slope.',
  example: 'prelu',
  exampleInputs: [[3, 4, 2]],
  operands: { minimum: 1, maximum: 1 },
  parameters: { shape },
  positional: [],
  infer,
});

function infer({ arguments: given, inputs }: Call<Arguments>): InferenceResult {
  const output = inputs[0]!;
  const slopes = given.shape ?? output.slice(-1);
  if (!fits(slopes, output)) return faults(slopeFault(slopes, output));
  const element = elementIndex(output);
  const x = read(operand(0), element);
  const below = multiply(x, read('slope', broadcastIndex(slopes, output)));
  const statement = express({
    axes: elementAxes(output),
    target: element,
    value: call('select', call('less', x, 0), below, x),
  });
  return {
    output,
    weights: [{ name: 'slope', shape: slopes, fill: 'zero' }],
    axes: [],
    meaning: { kind: 'expressions', statements: [statement] },
  };
}

function fits(slopes: Shape, input: Shape): boolean {
  const common = broadcastShape([input, slopes]);
  return slopes.length > 0 && slopes.every((size) => size >= 1) && !isFault(common) && common.join() === input.join();
}

const slopeFault = (slopes: Shape, input: Shape): Fault => ({
  parameter: 'shape',
  code: 'shape/broadcast',
  message: `slopes of ${showShape(slopes)} do not spread over ${showShape(input)}`,
  notes: [
    `sizes are aligned at the last axes and equal the input’s or are 1: [${input.at(-1)}] is one slope a channel`,
  ],
});
