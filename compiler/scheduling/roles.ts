// Roles: what the axes of an expression are to each other, read off its indices alone, in the words of a matrix product:
//
//   out[g, y, x, f] += in[g, y + i, x + j, c] · kernel[g, i, j, c, f]
//     batch g (in every factor)   rows y x (not in the kernel)   columns f (only in the kernel)   reductions i j c
import { Affine } from '../algebra/affine.ts';
import {
  type Axis,
  mapReads,
  type Read,
  readsOf,
  reductionAxes,
  type TensorExpression,
} from '../algebra/expression.ts';
import { type WindowAxis, windowAxes } from '../algebra/window-sum.ts';

export interface Roles {
  /** Axes of the target with more than one value. */
  readonly targets: readonly Axis[];
  /** Axes that reduce, with more than one value, the one that walks the data last. */
  readonly reductions: readonly Axis[];
  readonly reads: readonly Read[];
  /** The axis along which the target's elements are neighbours. */
  readonly across: Axis | undefined;
  /** Set where the expression is a sum of products of data and a kernel that only some target axes see. */
  readonly product: Product | undefined;
  /** Set where small matrices are applied to the data, one for each reduction axis: their rows, axes of the target. */
  readonly matrixRows: readonly Axis[] | undefined;
}

type SlidingAxis = WindowAxis & Required<Pick<WindowAxis, 'data'>>;

export interface Product {
  readonly data: Read;
  readonly kernel: Read;
  readonly batch: readonly Axis[];
  /** Target axes of the data alone, outermost first. */
  readonly rows: readonly Axis[];
  /** Target axes of the kernel alone. */
  readonly columns: readonly Axis[];
  /** How the data are walked along the target's dimensions, where a window slides there. */
  readonly windows: readonly SlidingAxis[];
}

export function rolesOf(given: TensorExpression): Roles {
  const expression = withoutSingles(given);
  const wide = (axes: readonly Axis[]): Axis[] => axes.filter(({ extent }) => extent > 1);
  const reduced = reductionAxes(given);
  const targets = wide(given.axes.filter((axis) => !reduced.includes(axis)));
  const reads = readsOf(expression.value);
  const along = (axis: Axis): number => reads.filter((read) => walks(read.index, axis.name) === 'neighbours').length;
  const reductions = wide(reduced).sort((a, b) => along(a) - along(b));
  const across = targets.find((axis) => walks(expression.target.index, axis.name) === 'neighbours');
  const product = productOf(expression, targets, reductions, reads, across);
  return {
    targets,
    reductions,
    reads,
    across,
    product,
    matrixRows: matrixRowsOf(expression, targets, reductions, reads),
  };
}

/** `out[i, j, …] += B[i, a] · B[j, b] · in[… a … b …]`: the rows i, j. */
function matrixRowsOf(
  { combine }: TensorExpression,
  targets: readonly Axis[],
  reductions: readonly Axis[],
  reads: readonly Read[],
): readonly Axis[] | undefined {
  const small = (axis: Axis | undefined): axis is Axis => axis !== undefined && axis.extent <= 8;
  const find = (axes: readonly Axis[], index: Affine): Axis | undefined =>
    axes.find((axis) => axis.name === index.bareAxis());
  const matrices = reads.filter((read) => {
    const [row, column] = read.index;
    return read.index.length === 2 && small(find(targets, row!)) && small(find(reductions, column!));
  });
  const rows = matrices.map((read) => find(targets, read.index[0]!)!);
  const columns = new Set(matrices.map((read) => read.index[1]!.bareAxis()));
  const whole = combine === 'sum' && reductions.length > 0 && reductions.every((axis) => columns.has(axis.name));
  const apart = reads.filter((read) => !matrices.includes(read));
  const free = apart.length > 0 && apart.every((read) => rows.every((row) => !dependsOn(read, row.name)));
  return whole && free && matrices.length === reductions.length ? rows : undefined;
}

/** Axes of one value leave the indices. */
function withoutSingles(expression: TensorExpression): TensorExpression {
  const singles = expression.axes.filter(({ extent }) => extent === 1);
  const zeros = new Map(singles.map(({ name }) => [name, Affine.constant(0)]));
  const strip = (index: readonly Affine[]): readonly Affine[] => index.map((affine) => affine.substitute(zeros));
  const { target, value } = expression;
  return {
    ...expression,
    target: { ...target, index: strip(target.index) },
    value: mapReads(value, (read) => ({ ...read, index: strip(read.index) })),
  };
}

/** How an axis walks a row-major tensor, of which the trailing axes without an index are taken to be single. */
export function walks(index: readonly Affine[], axis: string): 'neighbours' | 'still' | 'scattered' {
  const at = index.findIndex((affine) => affine.dependsOn(axis));
  if (at < 0) return 'still';
  const last = index.findLastIndex((affine) => !affine.isConstant());
  const through = index[at]!.tables.some((table) => table.axis === axis);
  return at === last && !through && index[at]!.coefficient(axis) === 1 ? 'neighbours' : 'scattered';
}

const dependsOn = (read: Read, axis: string): boolean => read.index.some((affine) => affine.dependsOn(axis));

function productOf(
  expression: TensorExpression,
  targets: readonly Axis[],
  reductions: readonly Axis[],
  reads: readonly Read[],
  across: Axis | undefined,
): Product | undefined {
  const { combine, value } = expression;
  const isProduct = value.kind === 'apply' && value.function === 'multiply' && reads.length === 2;
  if (combine !== 'sum' || !isProduct || reductions.length === 0) return undefined;
  const only = (read: Read, other: Read): Axis[] =>
    targets.filter(({ name }) => dependsOn(read, name) && !dependsOn(other, name));
  const [first, second] = reads as [Read, Read];
  const swapped = kernelFirst(first, second, only, across);
  const [data, kernel] = swapped ? [second, first] : [first, second];
  return {
    data,
    kernel,
    batch: targets.filter(({ name }) => dependsOn(data, name) && dependsOn(kernel, name)),
    rows: only(data, kernel),
    columns: only(kernel, data),
    windows: windowAxes(expression, data, new Set(reductions.map(({ name }) => name))).filter(slides),
  };
}

const slides = (window: WindowAxis | undefined): window is SlidingAxis => window?.data !== undefined;

/** The kernel is the factor whose own target axis is the target's innermost. */
function kernelFirst(
  first: Read,
  second: Read,
  only: (read: Read, other: Read) => Axis[],
  across: Axis | undefined,
): boolean {
  const own = only(first, second);
  const others = only(second, first);
  if (across && own.includes(across)) return true;
  if (across && others.includes(across)) return false;
  if (own.length === 0 || others.length === 0) return others.length > 0 && first.index.length > second.index.length;
  return own.length < others.length;
}
