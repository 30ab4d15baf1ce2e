// Repetition over size-1 and missing axes.
//
//   expand([4, 4, 8])    out[a0, a1, a2] = in[0, 0, a2]        from [1, 1, 8]
import { express, read } from '../../algebra/expression.ts';
import { showShape } from '../../tensor.ts';
import { defineOperator, faults, isFault, operand } from '../operator.ts';
import { wholes } from '../parameters.ts';
import { broadcastIndex, broadcastShape } from '../shared/broadcasting.ts';
import { elementAxes, elementIndex } from '../shared/elementwise.ts';

interface Arguments {
  readonly shape: readonly number[];
}

export const expand = defineOperator<Arguments>({
  name: 'expand',
  family: 'arrangement',
  about: 'Repeats the value over axes of size 1, and over new leading axes, up to a shape.',
  example: 'expand([3, 4, 2])',
  exampleInputs: [[1, 4, 1]],
  operands: { minimum: 1, maximum: 1 },
  parameters: { shape: wholes('The shape to reach.') },
  positional: ['shape'],
  infer: ({ arguments: { shape }, inputs }) => {
    const input = inputs[0]!;
    const isShape = shape.length > 0 && shape.every((size) => size >= 1);
    const output = isShape ? broadcastShape([input, shape]) : undefined;
    if (!output || isFault(output) || output.join() !== shape.join()) {
      return faults({
        parameter: 'shape',
        code: 'shape/broadcast',
        message: `${showShape(input)} does not spread over ${showShape(shape)}`,
        notes: ['shapes are aligned at their last axes; only an axis of size 1 can grow, and none can shrink'],
      });
    }
    const statement = express({
      axes: elementAxes(output),
      target: elementIndex(output),
      value: read(operand(0), broadcastIndex(input, output)),
    });
    return { output, weights: [], axes: [], meaning: { kind: 'expressions', statements: [statement] } };
  },
});
