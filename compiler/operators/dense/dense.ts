// Fully connected layer: every output sums every input, weighted. Inputs of any rank count as flattened, row-major.
//
//   out[f] += in[y, x, c] · kernel[(y·W + x)·C + c, f]

import { Affine } from '../../algebra/affine.ts';
import { express, multiply, read } from '../../algebra/expression.ts';
import type { LayerValue, OnnxNodeReader, WeightData } from '../../front/onnx/mapping.ts';
import { onnxMatrix, sortRows } from '../../front/onnx/mappings/matrix.ts';
import { permuted, reshapedTo } from '../../front/onnx/mappings/weights.ts';
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
  onnx: {
    imports: { Gemm: (node) => onnxRow(node), MatMul: (node) => onnxRow(node) },
    exports: (layer) => {
      const kernel = layer.weight('kernel');
      const row = layer.node('Flatten', [layer.operands[0]!], { axis: { int: 1 } });
      const weight = layer.tensor('weight', permuted(onnxRows(kernel, layer.inputs[0]!), [1, 0]));
      const bias = layer.hasWeight('bias') ? [layer.tensor('bias', layer.weight('bias'))] : [];
      const operand = layer.inputs[0]!.length === 1 ? layer.operands[0]! : row;
      return layer.node('Gemm', [operand, weight, ...bias], { transB: { int: 1 } });
    },
  },
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

/** One row times a known matrix. */
function onnxRow(node: OnnxNodeReader): LayerValue | undefined {
  const rank = node.dims(0).length;
  const isTurned = node.operator === 'Gemm' && node.int('transA', 0) !== 0;
  if (rank < 1 || isTurned || !node.isRow(0, rank - 1)) return undefined;
  const known = onnxMatrix(node);
  if (!known) return undefined;
  const x = node.rows(0, rank - 1);
  const [inputs, units] = known.matrix.shape as [number, number];
  if (node.dims(0).at(-1) !== inputs)
    return node.refuse(`multiplies ${node.dims(0).at(-1)} columns with ${inputs} rows`);
  const weights = { kernel: sortRows(known.matrix, x), ...(known.bias && { bias: known.bias }) };
  const isVector = node.known(1)!.shape.length === 1;
  const layout = [...x.layout.slice(0, 1), ...Array(Math.max(0, rank - 2)).fill([]), ...(isVector ? [] : [[0]])];
  const result = node.layer({ units, bias: known.bias !== undefined }, [x], { weights });
  return { ...result, layout: rank === 1 ? layout.slice(1) : layout };
}

/** The rows of a kernel in the order in which ONNX flattens [channels, space…]. */
function onnxRows(kernel: WeightData, input: Shape): WeightData {
  const rank = input.length;
  const split = reshapedTo([...input, kernel.shape[1]!], kernel);
  const space = input.map((_, axis) => axis).slice(0, -1);
  return reshapedTo(kernel.shape, permuted(split, [rank - 1, ...space, rank]));
}
