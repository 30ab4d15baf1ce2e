// Sums with constant matrices, all axes unrolled, in stages of one matrix each:
//
//   out[i, j, …] += B[i, a] · B[j, b] · in[a, b, …]   →   rows[i, b] = Σ B[i, a] · in[a, b],  out[i, j] = Σ B[j, b] · rows[i, b]
//
// The matrices disappear into the code; what remains are a few additions on registers.
import type { Read, Scalar } from '../algebra/expression.ts';
import type { Action } from './block.ts';
import { type Position, pointsOf } from './levels.ts';
import { linearForms } from './linear-forms.ts';
import type { Value, Width } from './loop.ts';
import { indexAt, lower, type Target } from './lower.ts';
import type { Part, Piece } from './pieces.ts';
import type { Values } from './values.ts';

/** A constant factor and the axes it joins. */
interface Matrix {
  readonly read: Read;
  /** Axes of the target. */
  readonly rows: readonly string[];
  /** The axis it sums over. */
  readonly column: string;
}

export interface Transform {
  readonly matrices: readonly Matrix[];
  /** What the matrices are applied to. */
  readonly data: Scalar;
}

/** Recognises a part whose every reduction axis belongs to one constant matrix, if all of them are unrolled at `position`. */
export function recogniseTransform(
  piece: Piece,
  part: Part,
  target: Target,
  position: Position,
): Transform | undefined {
  const reductions = part.axes.filter(({ extent }) => extent > 1).map(({ name }) => name);
  if (piece.combine !== 'sum' || reductions.length === 0) return undefined;
  const matrices: Matrix[] = [];
  const rest: Scalar[] = [];
  for (const factor of factorsOf(part.value)) {
    const matrix = factor.kind === 'read' ? matrixOf(factor, piece, reductions, target, position) : undefined;
    if (matrix) matrices.push(matrix);
    else rest.push(factor);
  }
  const each = reductions.every((axis) => matrices.filter(({ column }) => column === axis).length === 1);
  if (!each || matrices.length !== reductions.length || rest.length === 0) return undefined;
  const data = rest.reduce((a, b) => ({ kind: 'apply', function: 'multiply', arguments: [a, b] }));
  const rows = new Set(matrices.flatMap((matrix) => matrix.rows));
  const free = rest.every((factor) => !dependsOnAny(factor, rows));
  return free && rows.size === matrices.flatMap((matrix) => matrix.rows).length ? { matrices, data } : undefined;
}

const factorsOf = (scalar: Scalar): readonly Scalar[] =>
  scalar.kind === 'apply' && scalar.function === 'multiply' ? scalar.arguments.flatMap(factorsOf) : [scalar];

function matrixOf(
  read: Read,
  piece: Piece,
  reductions: readonly string[],
  target: Target,
  position: Position,
): Matrix | undefined {
  const axes = new Set(read.index.flatMap((index) => [...index.axes()]));
  const columns = reductions.filter((axis) => axes.has(axis));
  const fixed = target.numberAt(read.tensor, indexAt(read.index, { position, offsets: new Map(), width: 1 }));
  if (fixed === undefined || columns.length !== 1 || axes.has(target.lanes ?? '')) return undefined;
  const rows = piece.axes.map(({ name }) => name).filter((name) => axes.has(name));
  return { read, rows, column: columns[0]! };
}

function dependsOnAny(scalar: Scalar, axes: ReadonlySet<string>): boolean {
  switch (scalar.kind) {
    case 'read':
      return scalar.index.some((index) => [...index.axes()].some((axis) => axes.has(axis)));
    case 'apply':
      return scalar.arguments.some((part) => dependsOnAny(part, axes));
    case 'constant':
    case 'accumulated':
      return false;
  }
}

type Offsets = ReadonlyMap<string, number>;

/** A value for each combination of offsets of some axes. */
interface Grid {
  readonly axes: readonly string[];
  readonly at: ReadonlyMap<string, Value>;
}

const keyOf = (axes: readonly string[], offsets: Offsets): string => axes.map((axis) => offsets.get(axis) ?? 0).join();

/**
 * The sum for every element that shares the offsets `others` outside the matrices' rows. Between the stages everything is
 * computed and kept, one matrix column of the data after the other.
 */
export function transformed(
  { matrices, data }: Transform,
  others: Offsets,
  width: Width,
  position: Position,
  target: Target,
  values: Values,
): { readonly actions: readonly Action[]; readonly valueAt: (offsets: Offsets) => Value } {
  const one = (): number => 1;
  const columns = matrices.map(({ column }) => column);
  let grid: Grid = {
    axes: columns,
    at: new Map(
      pointsOf(columns, position, one).map((point) => {
        const offsets = new Map([...others, ...point]);
        return [keyOf(columns, point), lower(data, { position, offsets, width }, target, values)];
      }),
    ),
  };
  const actions: Action[] = [];
  matrices.forEach((matrix, n) => {
    const stage = applyMatrix(matrix, grid, position, target, values);
    if (n < matrices.length - 1) actions.push(...stage.order.map((value): Action => ({ kind: 'keep', value })));
    grid = stage.grid;
  });
  const { axes, at } = grid;
  return { actions, valueAt: (offsets) => at.get(keyOf(axes, offsets))! };
}

function applyMatrix(
  { read, rows, column }: Matrix,
  grid: Grid,
  position: Position,
  target: Target,
  values: Values,
): { readonly grid: Grid; readonly order: readonly Value[] } {
  const one = (): number => 1;
  const rest = grid.axes.filter((axis) => axis !== column);
  const rowPoints = pointsOf(rows, position, one);
  const columnPoints = pointsOf([column], position, one);
  const coefficients = rowPoints.map((row) =>
    columnPoints.map((point) => {
      const offsets = new Map([...row, ...point]);
      return target.numberAt(read.tensor, indexAt(read.index, { position, offsets, width: 1 }))!;
    }),
  );
  const axes = [...rest, ...rows];
  const at = new Map<string, Value>();
  const order: Value[] = [];
  for (const point of pointsOf(rest, position, one)) {
    const inputs = columnPoints.map((column) => grid.at.get(keyOf(grid.axes, new Map([...point, ...column])))!);
    linearForms(coefficients, inputs, values).forEach((value, n) => {
      at.set(keyOf(axes, new Map([...point, ...rowPoints[n]!])), value);
      order.push(value);
    });
  }
  return { grid: { axes, at }, order };
}
