// The matrix view of the textbooks: a sum of products that is linear in its input is a sparse matrix W' times the input
// laid out as a vector, and the transposed convolution is the transposed matrix.
//
//   conv           output = W' · input
//   convTranspose  output = W'ᵀ · input        with the same kernel
//
// The matrix is found by listing the (output, input, weight) triples of the expression, so that it depends on nothing that
// evaluates or lowers it.
import type { Affine } from './affine.ts';
import type { Read, Scalar, TensorExpression } from './expression.ts';

/** One product: `output[row] += weights[weight] · input[column]`. */
export interface Triple {
  readonly row: number;
  readonly column: number;
  readonly weight: number;
}

/** Tensors are flattened row-major; a row is an element of the output, a column one of the input. */
export interface SparseMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly triples: readonly Triple[];
}

/** A tensor's name and shape. */
export interface Named {
  readonly tensor: string;
  readonly shape: readonly number[];
}

/**
 * The matrix of a sum of products `input · weights`, its finish (a bias) left out.
 * Nothing where the expression is no such sum, or reads its input with another `outside` than 0.
 */
export function matrixOf(
  expression: TensorExpression,
  tensors: { readonly input: Named; readonly weights: Named; readonly output: readonly number[] },
): SparseMatrix | undefined {
  const factors = factorsOf(expression, tensors.input.tensor, tensors.weights.tensor);
  if (!factors) return undefined;
  const triples: Triple[] = [];
  for (const point of pointsOf(expression)) {
    const row = offset(expression.target.index, tensors.output, point);
    const column = offset(factors.input.index, tensors.input.shape, point);
    const weight = offset(factors.weights.index, tensors.weights.shape, point);
    if (row !== undefined && column !== undefined && weight !== undefined) triples.push({ row, column, weight });
  }
  return { rows: count(tensors.output), columns: count(tensors.input.shape), triples };
}

/** Rows and columns change places. */
export const transposed = ({ rows, columns, triples }: SparseMatrix): SparseMatrix => ({
  rows: columns,
  columns: rows,
  triples: triples.map(({ row, column, weight }) => ({ row: column, column: row, weight })),
});

/** The matrix times a vector of `columns` numbers. */
export function multiplied(
  matrix: SparseMatrix,
  weights: ArrayLike<number>,
  vector: ArrayLike<number>,
): Float64Array<ArrayBuffer> {
  const result = new Float64Array(matrix.rows);
  for (const { row, column, weight } of matrix.triples) result[row]! += weights[weight]! * vector[column]!;
  return result;
}

function factorsOf(
  { combine, value }: TensorExpression,
  input: string,
  weights: string,
): { readonly input: Read; readonly weights: Read } | undefined {
  if (combine !== 'sum' || value.kind !== 'apply' || value.function !== 'multiply') return undefined;
  const factors = value.arguments.flatMap((factor: Scalar): readonly Read[] =>
    factor.kind === 'read' && factor.outside === 0 ? [factor] : [],
  );
  const of = (tensor: string): Read | undefined => factors.find((factor) => factor.tensor === tensor);
  const [first, second] = [of(input), of(weights)];
  return factors.length === 2 && first && second ? { input: first, weights: second } : undefined;
}

const count = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** Every point of the expression's box, as one map that changes from iteration to iteration. */
function* pointsOf({ axes }: TensorExpression): Generator<ReadonlyMap<string, number>> {
  const point = new Map<string, number>();
  function* along(axis: number): Generator<ReadonlyMap<string, number>> {
    if (axis === axes.length) yield point;
    else {
      const { name, extent } = axes[axis]!;
      for (let at = 0; at < extent; at++) {
        point.set(name, at);
        yield* along(axis + 1);
      }
    }
  }
  yield* along(0);
}

/** The row-major place of an element; nothing outside the tensor. */
function offset(
  index: readonly Affine[],
  shape: readonly number[],
  point: ReadonlyMap<string, number>,
): number | undefined {
  let place = 0;
  for (const [axis, affine] of index.entries()) {
    const at = affine.evaluate(point);
    if (at < 0 || at >= shape[axis]!) return undefined;
    place = place * shape[axis]! + at;
  }
  return place;
}
