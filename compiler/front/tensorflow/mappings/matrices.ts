// Matrix products. A known matrix behind one row is a dense layer, behind many rows a convolution of one cell.
import { conv } from '../../../operators/convolution/conv.ts';
import { dense } from '../../../operators/dense/dense.ts';
import { matmul } from '../../../operators/dense/matmul.ts';
import { isRow, ordered, reshapeTo, rows, separate } from '../../importing/arranging.ts';
import type { ConstantValue, LayerValue, WeightData } from '../../importing/values.ts';
import { permuted, reshapedTo, sortRows } from '../../importing/weights.ts';
import type { Meaning, Operation } from '../operation.ts';
import { activated } from './fused.ts';

export const matrices: readonly (readonly [string, Meaning])[] = [
  ['MatMul', (operation) => product(operation, turns(operation, 'transpose'))],
  [
    '_FusedMatMul',
    (operation) => activated(operation, (bias) => product(operation, turns(operation, 'transpose'), bias)),
  ],
  ['BatchMatMul', (operation) => product(operation, turns(operation, 'adj'))],
  ['BatchMatMulV2', (operation) => product(operation, turns(operation, 'adj'))],
  ['BatchMatMulV3', (operation) => product(operation, turns(operation, 'adj'))],
];

interface Turns {
  readonly first: boolean;
  readonly second: boolean;
}

function turns(operation: Operation, kind: 'transpose' | 'adj'): Turns {
  const [first, second] = kind === 'adj' ? ['adj_x', 'adj_y'] : ['transpose_a', 'transpose_b'];
  return { first: operation.flag(first!), second: operation.flag(second!) };
}

function product(operation: Operation, turned: Turns, bias?: ConstantValue): LayerValue {
  const known = operation.known(1);
  const isMatrix = known?.shape.length === 2 || known?.shape.slice(0, -2).every((size) => size === 1);
  if (!known || !isMatrix || turned.first) return ofTwoLayers(operation, turned, bias);
  const square = reshapedTo(known.shape.slice(-2), known);
  const matrix = turned.second ? permuted(square, [1, 0]) : square;
  const biases: Readonly<Record<string, WeightData>> = bias ? { bias: reshapedTo([bias.data.length], bias) } : {};
  return timesMatrix(operation, matrix, biases);
}

/** `kernel` is [inputs, outputs]. */
export function timesMatrix(
  operation: Operation,
  kernel: WeightData,
  biases: Readonly<Record<string, WeightData>>,
): LayerValue {
  const { importer } = operation;
  const value = rowsOf(operation, kernel.shape[0]!);
  const dims = importer.dims(value);
  const last = dims.length - 1;
  const [inputs, outputs] = kernel.shape as [number, number];
  if (dims[last] !== inputs) operation.refuse(`multiplies ${dims[last]} columns with ${inputs} rows`);
  const hasBias = 'bias' in biases;
  if (isRow(importer, value, last)) {
    const row = rows(importer, value, last);
    const given = { units: outputs, bias: hasBias };
    const layout = [...dims.slice(0, last).map((_, axis) => value.layout[axis]!.filter((one) => one < 0)), [0]];
    return importer.layer(dense, given, [row], { weights: { kernel: sortRows(kernel, row), ...biases }, layout });
  }
  const axes = dims.map((_, axis) => axis).slice(isRow(importer, value, 1) ? 1 : 0);
  if (axes.length > 4) operation.refuse(`multiplies a value of ${dims.length} axes`);
  const x = ordered(importer, value, axes);
  const taps = x.shape.slice(0, -1).map(() => 1);
  const weights = { kernel: reshapedTo([...taps, inputs, outputs], kernel), ...biases };
  return importer.layer(conv, { filters: outputs, kernel: 1, bias: hasBias }, [x], { weights });
}

/** TensorFlow Lite's products take whatever has as many numbers, as rows (`as_rows`). */
function rowsOf(operation: Operation, columns: number): LayerValue {
  const value = operation.layer(0);
  const dims = operation.importer.dims(value);
  if (!operation.flag('as_rows') || (dims.length === 2 && dims[1] === columns)) return value;
  return reshapeTo(operation.importer, value, [dims.reduce((product, size) => product * size, 1) / columns, columns]);
}

function ofTwoLayers(operation: Operation, { first, second }: Turns, bias: ConstantValue | undefined): LayerValue {
  if (bias) operation.refuse('adds a bias to a product of two computed matrices');
  const { importer } = operation;
  const operands = [0, 1].map((input) => separate(importer, operation.layer(input)));
  const given = { ...(first && { transposeFirst: true }), ...(second && { transposeSecond: true }) };
  return importer.layer(matmul, given, operands);
}
