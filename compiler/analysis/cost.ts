// The cost of a layer: trained numbers and multiply-accumulates.
import { readsOf, type TensorExpression } from '../algebra/expression.ts';
import type { ShapedNode } from '../graph/model.ts';
import { sizeOf } from '../tensor.ts';

/** Trained numbers of a layer. */
export const parametersOf = (node: ShapedNode): number =>
  node.inference.weights.reduce((sum, { shape }) => sum + sizeOf(shape), 0);

/**
 * Multiply-accumulates of a statement: the points of its box where it sums products of two tensors, else none.
 * For a transposed convolution these are its real input–tap pairs; padding counts as the direct algorithm does it.
 */
export function multiplyAccumulates({ combine, value, axes }: TensorExpression): number {
  const factors = value.kind === 'apply' && value.function === 'multiply' ? readsOf(value) : [];
  const product = factors.length === 2 && factors[0]!.tensor !== factors[1]!.tensor;
  return combine === 'sum' && product ? axes.reduce((points, { extent }) => points * extent, 1) : 0;
}
