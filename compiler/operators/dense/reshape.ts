// The same elements in row-major order under another shape; one size may be −1 and is then worked out.
import { type Shape, showShape, sizeOf } from '../../tensor.ts';
import { defineOperator, type Fault, faults, isFault } from '../operator.ts';
import { wholes } from '../parameters.ts';

interface Arguments {
  readonly shape: readonly number[];
}

export const reshape = defineOperator<Arguments>({
  name: 'reshape',
  family: 'dense',
  about: 'The same elements in row-major order under another shape.',
  example: 'reshape([4, -1])',
  exampleInputs: [[2, 3, 4]],
  operands: { minimum: 1, maximum: 1 },
  parameters: { shape: wholes('Sizes of the result; one of them may be -1, which takes what is left.') },
  positional: ['shape'],
  infer: ({ arguments: { shape }, inputs }) => {
    const output = fill(shape, inputs[0]!);
    if (isFault(output)) return faults(output);
    return { output, weights: [], axes: [], meaning: { kind: 'alias' } };
  },
});

function fill(shape: readonly number[], input: Shape): Shape | Fault {
  const fault = (message: string): Fault => ({
    parameter: 'shape',
    code: 'shape/elements',
    message,
    label: `the input is ${showShape(input)}, ${sizeOf(input)} elements`,
  });
  const open = shape.filter((size) => size === -1).length;
  if (shape.length === 0 || open > 1 || shape.some((size) => size < 1 && size !== -1)) {
    return fault(`${showShape(shape)} is no shape: every size is at least 1, and one of them may be -1`);
  }
  const known = sizeOf(shape.filter((size) => size !== -1));
  const rest = sizeOf(input) / known;
  if (open === 1 && Number.isInteger(rest)) return shape.map((size) => (size === -1 ? rest : size));
  if (open === 0 && rest === 1) return shape;
  return fault(`${sizeOf(input)} elements do not fit into ${showShape(shape)}`);
}
