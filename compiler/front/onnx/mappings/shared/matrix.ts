// Products with a known matrix: of one row (a dense layer) or of many (a convolution with a kernel of one cell).
import type { ConstantValue, LayerValue, WeightData } from '../../../importing/values.ts';
import { asFloats, permuted, reshapedTo } from '../../../importing/weights.ts';
import type { OnnxNodeReader } from '../../mapping.ts';

export interface KnownMatrix {
  /** [inputs, outputs]. */
  readonly matrix: WeightData;
  /** Added to each row of the result. */
  readonly bias: WeightData | undefined;
}

/** The matrix of a MatMul or Gemm whose second operand is known, and whose third is one row; else undefined. */
export function onnxMatrix(node: OnnxNodeReader): KnownMatrix | undefined {
  const known = node.known(1);
  if (!known || known.shape.length > 2 || known.shape.length === 0) return undefined;
  if (node.operator === 'MatMul') {
    const [inputs, outputs = 1] = known.shape as [number, number?];
    return { matrix: reshapedTo([inputs, outputs], known), bias: undefined };
  }
  // Operator sets before 7 say that the third operand is broadcast; it always is.
  node.hasAttribute('broadcast');
  if (known.shape.length !== 2) return undefined;
  const matrix = scaled(
    node.int('transB', 0) !== 0 ? permuted(known, [1, 0]) : reshapedTo(known.shape, known),
    node.float('alpha', 1),
  );
  if (!node.has(2)) return { matrix, bias: undefined };
  const bias = node.known(2);
  const row = bias && spreadRow(bias, matrix.shape[1]!);
  return row && { matrix, bias: scaled(row, node.float('beta', 1)) };
}

const scaled = ({ shape, data }: WeightData, factor: number): WeightData =>
  factor === 1 ? { shape, data } : { shape, data: data.map((value) => value * factor) };

/** One number for each output, from a row or a single number. */
function spreadRow({ data, shape }: ConstantValue, outputs: number): WeightData | undefined {
  if (data.length === 1) return { shape: [outputs], data: new Float32Array(outputs).fill(data[0]!) };
  return data.length === outputs && (shape.at(-1) ?? 1) === outputs
    ? reshapedTo([outputs], { shape, data: asFloats(data) })
    : undefined;
}

/** Many rows: each is a cell of an image that is [rows…, channels]. */
export function onnxRowsTimesMatrix(node: OnnxNodeReader): LayerValue | undefined {
  const dims = node.dims(0);
  const last = dims.length - 1;
  const isTurned = node.operator === 'Gemm' && node.int('transA', 0) !== 0;
  if (dims.length < 2 || (node.isRow(0, last) && !isTurned)) return undefined;
  const known = onnxMatrix(node);
  if (!known) return undefined;
  const lead = node.isRow(0, 1) && !isTurned ? 1 : 0;
  const axes = isTurned ? [1, 0] : dims.map((_, axis) => axis).slice(lead);
  if (axes.length > 4) return undefined;
  const x = node.ordered(0, axes);
  const [inputs, outputs] = known.matrix.shape as [number, number];
  const columns = isTurned ? dims[0] : dims[last];
  if (columns !== inputs) return node.refuse(`multiplies ${columns} columns with ${inputs} rows`);
  const taps = x.shape.slice(0, -1).map(() => 1);
  const weights = {
    kernel: reshapedTo([...taps, inputs, outputs], known.matrix),
    ...(known.bias && { bias: known.bias }),
  };
  const layout = isTurned ? [[0], [1]] : x.layout;
  const result = node.layer({ filters: outputs, kernel: 1, bias: known.bias !== undefined }, [x], { weights, layout });
  // A vector as the second operand takes the last axis away.
  return node.known(1)!.shape.length === 1 ? { ...result, layout: result.layout.slice(0, -1) } : result;
}
