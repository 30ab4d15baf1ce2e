// A small layer as the matrix of the textbooks: one row for each number of the output, one column for each of the input.
//
//   output (4) = W' · input (16)
//     -1   2  -3   ·   4  -5   6   ·  -7   8  -9   ·   ·   ·   ·   ·

import { readsOf } from '../algebra/expression.ts';
import { matrixOf, type SparseMatrix } from '../algebra/matrix.ts';
import type { ShapedNode } from '../graph/model.ts';
import { isRepetition, operand, type WeightSpecification } from '../operators/operator.ts';
import { type Shape, sizeOf } from '../tensor.ts';
import { showNumber } from './tensor.ts';

/** More rows or columns than this do not fit a terminal. */
const largest = 40;
/** Columns of text. */
const widest = 160;

/** Lines, or nothing where the layer is no single product with a kernel, or too large to be shown. */
export function explainMatrix(node: ShapedNode): string[] {
  const { meaning, output, weights } = node.inference;
  const statement =
    meaning.kind === 'expressions' && meaning.statements.length === 1 ? meaning.statements[0] : undefined;
  const input = node.inputs[0]!;
  if (!statement || isRepetition(statement) || sizeOf(output) > largest || sizeOf(input) > largest) return [];
  const kernel = weights.find(({ name }) => readsOf(statement.value).some((read) => read.tensor === name));
  if (!kernel) return [];
  const matrix = matrixOf(statement, {
    input: { tensor: operand(0), shape: input },
    weights: { tensor: kernel.name, shape: kernel.shape },
    output,
  });
  if (!matrix) return [];
  const transposed = node.inference.axes.some(({ direction }) => direction === 'transposed');
  const title = `output (${matrix.rows}) = ${transposed ? 'W′ᵀ' : 'W′'} · input (${matrix.columns})`;
  const rows = showMatrix(matrix, weightTexts(kernel));
  return rows.every((row) => row.length <= widest) ? [title, ...rows] : [];
}

function showMatrix({ rows, columns, triples }: SparseMatrix, texts: (weight: number) => string): string[] {
  const cells = Array.from({ length: rows }, () => Array.from({ length: columns }, () => '·'));
  for (const { row, column, weight } of triples) {
    const before = cells[row]![column]!;
    cells[row]![column] = before === '·' ? texts(weight) : `${before}+${texts(weight)}`;
  }
  const width = Math.max(...cells.flat().map((cell) => cell.length));
  return cells.map((row) => `  ${row.map((cell) => cell.padStart(width)).join(' ')}`);
}

/** The value where it stands in the source, else the place in the kernel: `w02` is its row 0, column 2. */
function weightTexts({ shape, literal }: WeightSpecification): (weight: number) => string {
  if (literal) return (weight) => showNumber(literal[weight]!);
  const shown = shape.map((size) => size > 1);
  return (weight) =>
    `w${indexOf(weight, shape)
      .filter((_, axis) => shown[axis])
      .join(shape.some((size) => size > 10) ? ',' : '')}`;
}

function indexOf(offset: number, shape: Shape): number[] {
  const index: number[] = [];
  let rest = offset;
  for (const size of shape.toReversed()) {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return index;
}
