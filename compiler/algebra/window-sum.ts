// One view of a sum over a window, for whoever needs its stride, its dilation, its taps or its padding. Both ways of writing
// it have one form: an axis that walks, a tap beside it, and two indices that slide along with them.
//
//   gather    out[s·y + r, f]       += in[a·y + d·i + o, c] · weights[i, c, f]     y walks the outputs, i is the tap
//   scatter   out[s·y + d·i − p, f] += in[y, c] · weights[i, f, c]                 y walks the inputs, i is the tap
//
// A convolution is symmetric in its factors: which of them is the data is known from outside, by the tensors that are known
// when the module is built.
import type { Affine } from './affine.ts';
import { type Read, readsOf, reductionAxes, type TensorExpression } from './expression.ts';

/** One dimension of a tensor as a window slides along it: `stride·axis + dilation·tap + offset`. */
export interface Slide {
  readonly dimension: number;
  readonly stride: number;
  /** 0 where the index does not depend on the tap. */
  readonly dilation: number;
  readonly offset: number;
}

export interface WindowAxis {
  /** Walks the outputs of a gather, the inputs of a scatter. */
  readonly axis: string;
  /** Missing where the window does not extend along this dimension. */
  readonly tap?: string;
  readonly target: Slide;
  /** Missing where the data do not depend on the axis, or not in this form. */
  readonly data?: Slide;
}

/** The reads of known tensors and the others, in order. */
export function factorsOf(
  { value }: TensorExpression,
  known: ReadonlySet<string>,
): { readonly data: readonly Read[]; readonly weights: readonly Read[] } {
  const reads = readsOf(value);
  return {
    data: reads.filter(({ tensor }) => !known.has(tensor)),
    weights: reads.filter(({ tensor }) => known.has(tensor)),
  };
}

/** The axes that may be taps: in a gather those that are summed, in a scatter those of the weights alone. */
export function tapsOf(expression: TensorExpression, known: ReadonlySet<string>): ReadonlySet<string> {
  if (!expression.scatter) return new Set(reductionAxes(expression).map(({ name }) => name));
  const { data, weights } = factorsOf(expression, known);
  const walks = (reads: readonly Read[], axis: string): boolean =>
    reads.some(({ index }) => index.some((affine) => affine.dependsOn(axis)));
  const names = expression.axes.map(({ name }) => name);
  return new Set(names.filter((name) => walks(weights, name) && !walks(data, name)));
}

/**
 * How a window slides along each dimension of the target; undefined for a dimension of another form (a constant, a table, the
 * digits of a number).
 */
export function windowAxes(
  { target }: TensorExpression,
  data: Read | undefined,
  taps: ReadonlySet<string>,
): readonly (WindowAxis | undefined)[] {
  return target.index.map((index, dimension) => {
    const onTarget = slideOf(index, dimension, taps);
    if (!onTarget) return undefined;
    const { axis } = onTarget;
    const at = data?.index.findIndex((affine) => affine.dependsOn(axis)) ?? -1;
    const onData = at < 0 ? undefined : slideOf(data!.index[at]!, at, taps);
    const same = onData?.axis === axis ? onData : undefined;
    const tap = onTarget.tap ?? same?.tap;
    return {
      axis,
      ...(tap !== undefined && { tap }),
      target: onTarget.slide,
      ...(same && { data: same.slide }),
    };
  });
}

interface Found {
  readonly axis: string;
  readonly tap?: string;
  readonly slide: Slide;
}

/** An axis that stands alone walks, even one that may be a tap. */
function slideOf(index: Affine, dimension: number, taps: ReadonlySet<string>): Found | undefined {
  const { terms, tables, constant: offset } = index;
  if (tables.length > 0 || terms.size === 0 || terms.size > 2) return undefined;
  const names = [...terms.keys()];
  const tap = terms.size === 2 ? names.find((name) => taps.has(name)) : undefined;
  const [axis, ...others] = names.filter((name) => name !== tap);
  if (axis === undefined || others.length > 0) return undefined;
  const dilation = tap === undefined ? 0 : index.coefficient(tap);
  return {
    axis,
    ...(tap !== undefined && { tap }),
    slide: { dimension, stride: index.coefficient(axis), dilation, offset },
  };
}
