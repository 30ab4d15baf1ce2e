// Dense layers, products of matrices and changes of shape in ONNX.

import { dense } from '../../../operators/dense/dense.ts';
import { flatten } from '../../../operators/dense/flatten.ts';
import { matmul } from '../../../operators/dense/matmul.ts';
import { reshape } from '../../../operators/dense/reshape.ts';
import { transpose } from '../../../operators/dense/transpose.ts';
import { add } from '../../../operators/elementwise/add.ts';
import { mul } from '../../../operators/elementwise/mul.ts';
import type { Shape } from '../../../tensor.ts';
import type { LayerValue, WeightData } from '../../importing/values.ts';
import { permuted, reshapedTo, sortRows } from '../../importing/weights.ts';
import type { OnnxNodeReader, OnnxTable } from '../mapping.ts';
import { onnxMatrix } from './shared/matrix.ts';

export const products: OnnxTable = [
  [
    dense,
    {
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
  ],
  [
    flatten,
    {
      exports: (layer) => layer.node('Reshape', [layer.ourOrder(0), layer.integers('shape', [1, ...layer.output])]),
    },
  ],
  [
    matmul,
    {
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
  ],
  [
    reshape,
    {
      exports: (layer) =>
        layer.fromOurOrder(
          layer.node('Reshape', [layer.ourOrder(0), layer.integers('shape', [1, ...layer.output])]),
          layer.output,
        ),
    },
  ],
  [
    transpose,
    {
      exports: (layer) => {
        const permutation = layer.arguments.permutation as readonly number[];
        const turned = layer.node('Transpose', [layer.ourOrder(0)], {
          perm: { ints: [0, ...permutation.map((axis) => axis + 1)] },
        });
        return layer.fromOurOrder(turned, layer.output);
      },
    },
  ],
];

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

/** Both operands in ONNX's order, stacks of matrices; Gemm's third is added. */
function onnxProduct(node: OnnxNodeReader): LayerValue | undefined {
  const [first, second] = [node.dims(0), node.dims(1)];
  if (first.length < 2 || second.length < 2) return undefined;
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
  const scaled = (value: LayerValue, attribute: string): LayerValue => {
    const factor = node.operator === 'Gemm' ? node.float(attribute, 1) : 1;
    return factor === 1 ? value : node.layerOf(mul, {}, [value, node.number(factor)], { layout: value.layout });
  };
  // Operator sets before 7 say that the third operand is broadcast; it always is.
  node.hasAttribute('broadcast');
  const product = scaled(node.layer(given, [ordered(0, first), ordered(1, second)], { layout }), 'alpha');
  if (!node.has(2)) return product;
  const offset =
    node.dims(2).length === 0
      ? node.value(2)
      : node.ordered(
          2,
          node.dims(2).map((_, axis) => axis),
        );
  return node.layerOf(add, {}, [product, scaled(offset, 'beta')], { layout });
}
