// Matrix product of two values, for each matrix of a stack.
//
//   out[n, i, j] += a[n, i, k] · b[n, k, j]

import { Affine } from '../../algebra/affine.ts';
import { express, multiply, read } from '../../algebra/expression.ts';
import { type Shape, showShape } from '../../tensor.ts';
import { type Call, defineOperator, type Fault, faults, type InferenceResult, isFault, operand } from '../operator.ts';
import { flag, optional } from '../parameters.ts';
import { broadcastIndex, broadcastShape } from '../shared/broadcasting.ts';
import { elementAxes } from '../shared/elementwise.ts';

interface Arguments {
  readonly transposeFirst: boolean;
  readonly transposeSecond: boolean;
}

export const matmul = defineOperator<Arguments>({
  name: 'matmul',
  family: 'dense',
  about: 'Matrix product over the last two axes of two values; leading axes are broadcast.',
  example: 'matmul(a, b)',
  exampleInputs: [
    [2, 3, 4],
    [4, 5],
  ],
  operands: { minimum: 2, maximum: 2 },
  parameters: {
    transposeFirst: optional(flag('Whether the last two axes of the first value change places.'), false),
    transposeSecond: optional(flag('Whether the last two axes of the second value change places.'), false),
  },
  positional: [],
  infer,
});

function infer({ arguments: given, inputs }: Call<Arguments>): InferenceResult {
  const [first, second] = [inputs[0]!, inputs[1]!];
  const [a, b] = [turned(first, given.transposeFirst), turned(second, given.transposeSecond)];
  const fault = matrixFault(first, second, a, b);
  if (fault) return faults(fault);
  const stack = broadcastShape([first.slice(0, -2), second.slice(0, -2)]);
  if (isFault(stack)) return faults(stack);
  const rows = a.at(-2)!;
  const columns = b.at(-1)!;
  const [i, j, k] = [Affine.axis('i'), Affine.axis('j'), Affine.axis('k')];
  const place = (shape: Shape, matrix: readonly Affine[], transposed: boolean): Affine[] => [
    ...broadcastIndex(shape.slice(0, -2), stack),
    ...(transposed ? matrix.toReversed() : matrix),
  ];
  const statement = express({
    axes: { ...elementAxes(stack), i: rows, j: columns, k: a.at(-1)! },
    target: [...stack.map((_, n) => Affine.axis(`a${n}`)), i, j],
    combine: 'sum',
    value: multiply(
      read(operand(0), place(first, [i, k], given.transposeFirst)),
      read(operand(1), place(second, [k, j], given.transposeSecond)),
    ),
  });
  const output = [...stack, rows, columns];
  return { output, weights: [], axes: [], meaning: { kind: 'expressions', statements: [statement] } };
}

const turned = (shape: Shape, transposed: boolean): Shape =>
  transposed ? [...shape.slice(0, -2), ...shape.slice(-2).toReversed()] : shape;

function matrixFault(first: Shape, second: Shape, a: Shape, b: Shape): Fault | undefined {
  const flat = [first, second].findIndex((shape) => shape.length < 2);
  if (flat >= 0) {
    return {
      parameter: operand(flat),
      code: 'shape/rank',
      message: `a matrix needs two axes, this is ${showShape(flat === 0 ? first : second)}`,
      notes: ['reshape a vector to [1, n] or [n, 1]'],
    };
  }
  if (a.at(-1) === b.at(-2)) return undefined;
  return {
    parameter: operand(1),
    code: 'shape/matrix',
    message: `${a.at(-2)}×${a.at(-1)} times ${b.at(-2)}×${b.at(-1)} is no product: ${a.at(-1)} and ${b.at(-2)} differ`,
    notes: ['the columns of the first matrix and the rows of the second must be equal in number'],
  };
}
