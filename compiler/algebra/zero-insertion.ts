// Zero insertion, as the textbooks draw it: a transposed convolution is the input with s − 1 zeros between its elements,
// padded, under a stride-1 convolution with the flipped kernel.
//
//   before  out[s·y + d·i − p, f] += in[y, c] · kernel[i, f, c]
//   after   z[s·y + d·(k − 1) − p, c]  = in[y, c]
//           out[o, f]                 += z[o + d·i, c] · kernel[k − 1 − i, f, c]
import { Affine } from './affine.ts';
import type { ScatteredAxis } from './axis-phases.ts';
import { type Axis, accumulated, mapReads, type Read, readsOf, type TensorExpression } from './expression.ts';
import { scatteredAxes } from './phases.ts';

export interface ZeroInsertion {
  /** Writes the inserted tensor: still a scatter, of one axis each, whose uncovered elements are zero. */
  readonly insert: TensorExpression;
  readonly shape: readonly number[];
  readonly convolve: TensorExpression;
  readonly axes: readonly ScatteredAxis[];
}

/**
 * @param known tensors that are known when the module is built: the weights among the factors
 * @param source the tensor whose elements are spread (the other factor is the kernel)
 * @param inserted the name of the tensor with the zeros
 */
export function insertZeros(
  expression: TensorExpression,
  shape: readonly number[],
  known: ReadonlySet<string>,
  source: { readonly tensor: string; readonly shape: readonly number[] },
  inserted: string,
): ZeroInsertion {
  const axes = scatteredAxes(expression, shape, known);
  const from = readsOf(expression.value).find((read) => read.tensor === source.tensor);
  if (!from) throw new Error(`the expression does not read ${source.tensor}`);
  const spreads = from.index.map((index) => axes.find((axis) => index.bareAxis() === axis.source));
  const size = (axis: ScatteredAxis): number => axis.output + reach(axis);
  const insertedShape = source.shape.map((extent, n) => (spreads[n] ? size(spreads[n]) : extent));
  const insert = spread(from, spreads, source, inserted);
  return { insert, shape: insertedShape, convolve: convolveFlipped(expression, from, spreads, inserted), axes };
}

/** d·(k − 1): how far a kernel reaches beyond its first tap. */
const reach = ({ tap }: ScatteredAxis): number => (tap ? tap.dilation * (tap.extent - 1) : 0);

function spread(
  from: Read,
  spreads: readonly (ScatteredAxis | undefined)[],
  source: { readonly tensor: string; readonly shape: readonly number[] },
  inserted: string,
): TensorExpression {
  const names = source.shape.map((_, n) => `a${n}`);
  const index = names.map((name, n) => {
    const axis = spreads[n];
    return axis ? Affine.axis(name, axis.stride).plus(reach(axis) - axis.before) : Affine.axis(name);
  });
  return {
    axes: names.map((name, n) => ({ name, extent: source.shape[n]! })),
    target: { tensor: inserted, index },
    combine: 'sum',
    value: { ...from, index: names.map((name) => Affine.axis(name)) },
    finish: accumulated,
    scatter: true,
  };
}

function convolveFlipped(
  expression: TensorExpression,
  from: Read,
  spreads: readonly (ScatteredAxis | undefined)[],
  inserted: string,
): TensorExpression {
  const flips = new Map<string, Affine>();
  const extents = new Map<string, number>();
  const target = [...expression.target.index];
  for (const axis of spreads) {
    if (!axis) continue;
    extents.set(axis.source, axis.output);
    target[axis.dimension] = Affine.axis(axis.source);
    if (axis.tap) flips.set(axis.tap.axis, Affine.axis(axis.tap.axis, -1).plus(axis.tap.extent - 1));
  }
  const windows = from.index.map((index, n) => {
    const axis = spreads[n];
    return axis?.tap ? Affine.axis(axis.source).plus(Affine.axis(axis.tap.axis, axis.tap.dilation)) : index;
  });
  const value = mapReads(expression.value, (read) =>
    read === from
      ? { ...read, tensor: inserted, index: windows }
      : { ...read, index: read.index.map((index) => index.substitute(flips)) },
  );
  const axes: Axis[] = expression.axes.map(({ name, extent }) => ({ name, extent: extents.get(name) ?? extent }));
  return { ...expression, axes, target: { ...expression.target, index: target }, value, scatter: false };
}
