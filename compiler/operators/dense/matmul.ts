// Matrix product of two values, for each matrix of a stack.
//
//   out[n, i, j] += a[n, i, k] · b[n, k, j]

import { Affine } from '../../algebra/affine.ts';
import { express, multiply, read } from '../../algebra/expression.ts';
import type { LayerValue, OnnxNodeReader } from '../../front/onnx/mapping.ts';
import { type Shape, showShape } from '../../tensor.ts';
import { add } from '../elementwise/add.ts';
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
  onnx: {
    imports: { MatMul: onnxProduct, Gemm: onnxProduct },
    exports: (layer) => {
      const { transposeFirst, transposeSecond } = layer.arguments;
      const turned = (operand: number, transposed: unknown): string => {
        const value = layer.ourOrder(operand);
        const rank = layer.inputs[operand]!.length + 1;
        const order = Array.from({ length: rank }, (_, axis) => axis);
        const perm = [...order.slice(0, -2), rank - 1, rank - 2];
        return transposed ? layer.node('Transpose', [value], { perm: { ints: perm } }) : value;
      };
      const product = layer.node('MatMul', [turned(0, transposeFirst), turned(1, transposeSecond)]);
      return layer.fromOurOrder(product, layer.output);
    },
  },
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

/** Both operands in ONNX's order, stacks of matrices; Gemm's third is added. */
function onnxProduct(node: OnnxNodeReader): LayerValue | undefined {
  const [first, second] = [node.dims(0), node.dims(1)];
  if (first.length < 2 || second.length < 2) return undefined;
  if (node.operator === 'Gemm' && (node.float('alpha', 1) !== 1 || node.float('beta', 1) !== 1)) {
    return node.refuse('has alpha or beta other than 1 with a computed matrix', 'alpha and beta of 1');
  }
  const rank = Math.max(first.length, second.length);
  const stack = Array.from({ length: rank - 2 }, (_, axis) => axis).filter((axis) =>
    [first, second].some((dims) => (dims[axis - rank + dims.length] ?? 1) !== 1),
  );
  const ordered = (input: number, dims: readonly number[]): LayerValue => {
    const shift = rank - dims.length;
    const own = stack.map((axis) => axis - shift).filter((axis) => axis >= 0);
    // Leading axes of size 1 are as good as missing.
    const first = own.findIndex((axis) => dims[axis] !== 1);
    return node.ordered(input, [...(first < 0 ? [] : own.slice(first)), dims.length - 2, dims.length - 1]);
  };
  const given = {
    transposeFirst: node.operator === 'Gemm' && node.int('transA', 0) !== 0,
    transposeSecond: node.operator === 'Gemm' && node.int('transB', 0) !== 0,
  };
  const places = [...stack, rank - 2, rank - 1];
  const layout = Array.from({ length: rank }, (_, axis) => (places.includes(axis) ? [places.indexOf(axis)] : []));
  const product = node.layer(given, [ordered(0, first), ordered(1, second)], { layout });
  if (!node.has(2)) return product;
  const offset =
    node.dims(2).length === 0
      ? node.value(2)
      : node.ordered(
          2,
          node.dims(2).map((_, axis) => axis),
        );
  return node.layerOf(add, {}, [product, offset], { layout });
}
