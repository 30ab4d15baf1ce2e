// The tensor expression: what an operator means, as one affine statement over a box of axes.
//
//   conv            out[y, x, f]                 += in[s·y + d·i − p, s·x + d·j − p, c] · kernel[i, j, c, f]
//   convTranspose   out[s·y + d·i − p, …, f]     += in[y, x, c] · kernel[i, j, f, c]
//   maxPool         out[y, x, c]               max= in[s·y + d·i − p, s·x + d·j − p, c]
//   relu            out[y, x, c]                  = max(in[y, x, c], 0)
//
// For every element of the target that the statement reaches, its value is `finish(combine of value over all points that
// write there)`. Writes outside the target are dropped; a read outside its tensor gives `outside`.
// A statement with combine 'set' reaches exactly the elements it writes, each once. One that reduces reaches, if `scatter`
// is true, the whole target (elements that no point hits get the identity), else the elements it writes.
import { Affine } from './affine.ts';
import type { FunctionName } from './functions.ts';

export interface Axis {
  readonly name: string;
  readonly extent: number;
}

/** The identity of each reduction: sum 0, product 1, max −∞, min +∞. 'set' does not reduce. */
export type Combine = 'set' | 'sum' | 'product' | 'max' | 'min';

export type Scalar =
  | { readonly kind: 'constant'; readonly value: number }
  | Read
  /** Within `finish` only: the reduced value. */
  | { readonly kind: 'accumulated' }
  | { readonly kind: 'apply'; readonly function: FunctionName; readonly arguments: readonly Scalar[] };

export interface Read {
  readonly kind: 'read';
  readonly tensor: string;
  /** One index for each axis of the tensor. Within `value` over the expression's axes, within `finish` over `coordinate(n)`. */
  readonly index: readonly Affine[];
  /** The value of elements outside the tensor. */
  readonly outside: number;
  /** Axes whose index is computed from values; `index` is 0 there. */
  readonly computed?: readonly ComputedIndex[];
}

/** A place along an axis that values decide: rounded half to even, then clamped to `0 … extent − 1`; NaN is 0. */
export interface ComputedIndex {
  readonly axis: number;
  /** The tensor's size along the axis. */
  readonly extent: number;
  readonly value: Scalar;
}

export interface TensorExpression {
  /** The iteration box. */
  readonly axes: readonly Axis[];
  readonly target: { readonly tensor: string; readonly index: readonly Affine[] };
  readonly combine: Combine;
  readonly value: Scalar;
  /** Applied once to each reached element of the target; reads are indexed by the element's own coordinates. */
  readonly finish: Scalar;
  /** True where one element is reached from many target positions of the box (a transposed convolution as written). */
  readonly scatter: boolean;
}

export const identityOf = {
  set: 0,
  sum: 0,
  product: 1,
  max: Number.NEGATIVE_INFINITY,
  min: Number.POSITIVE_INFINITY,
} satisfies Record<Combine, number>;

export const constant = (value: number): Scalar => ({ kind: 'constant', value });
export const accumulated: Scalar = { kind: 'accumulated' };
export const read = (tensor: string, index: readonly Affine[], outside = 0): Read => ({
  kind: 'read',
  tensor,
  index,
  outside,
});

/** A read at a computed place along one axis; `index` says where along the others. */
export const readAt = (tensor: string, index: readonly Affine[], computed: ComputedIndex): Read => ({
  kind: 'read',
  tensor,
  index: index.with(computed.axis, Affine.constant(0)),
  outside: 0,
  computed: [computed],
});

const apply = (name: FunctionName, values: readonly Scalar[]): Scalar => ({
  kind: 'apply',
  function: name,
  arguments: values,
});
export const call = (name: FunctionName, ...values: readonly (Scalar | number)[]): Scalar =>
  apply(
    name,
    values.map((value) => (typeof value === 'number' ? constant(value) : value)),
  );
export const add = (a: Scalar, b: Scalar | number): Scalar => call('add', a, b);
export const multiply = (a: Scalar, b: Scalar | number): Scalar => call('multiply', a, b);

/** The n-th coordinate of the element being finished, as an index for reads in `finish`. */
export const coordinate = (n: number): Affine => Affine.axis(`@${n}`);

/** The axes that do not decide which element is written: those a gather reduces over. */
export function reductionAxes(expression: TensorExpression): Axis[] {
  return expression.axes.filter((axis) => !expression.target.index.some((index) => index.dependsOn(axis.name)));
}

export const extentsOf = (axes: readonly Axis[]): Map<string, number> =>
  new Map(axes.map(({ name, extent }) => [name, extent]));

/** Every read in a scalar, left to right; those that compute the place of one come after it. */
export function readsOf(scalar: Scalar): Read[] {
  switch (scalar.kind) {
    case 'read':
      return [scalar, ...(scalar.computed ?? []).flatMap(({ value }) => readsOf(value))];
    case 'apply':
      return scalar.arguments.flatMap(readsOf);
    case 'constant':
    case 'accumulated':
      return [];
  }
}

/** Rebuilds a scalar bottom-up with every leaf passed through `change`. */
export function mapLeaves(scalar: Scalar, change: (leaf: Exclude<Scalar, { kind: 'apply' }>) => Scalar): Scalar {
  if (scalar.kind === 'read' && scalar.computed) {
    const computed = scalar.computed.map((one) => ({ ...one, value: mapLeaves(one.value, change) }));
    const same = computed.every(({ value }, n) => value === scalar.computed![n]!.value);
    return change(same ? scalar : { ...scalar, computed });
  }
  if (scalar.kind !== 'apply') return change(scalar);
  return { ...scalar, arguments: scalar.arguments.map((argument) => mapLeaves(argument, change)) };
}

/** Rebuilds every read. */
export const mapReads = (scalar: Scalar, change: (read: Read) => Scalar): Scalar =>
  mapLeaves(scalar, (leaf) => (leaf.kind === 'read' ? change(leaf) : leaf));

/** Replaces axes in every index of an expression; its box stays as it is. */
export function substituteAxes(
  expression: TensorExpression,
  replacements: ReadonlyMap<string, Affine>,
): TensorExpression {
  const change = (index: readonly Affine[]): Affine[] => index.map((affine) => affine.substitute(replacements));
  const scalar = (value: Scalar): Scalar => mapReads(value, (one) => ({ ...one, index: change(one.index) }));
  const target = { ...expression.target, index: change(expression.target.index) };
  return { ...expression, target, value: scalar(expression.value), finish: scalar(expression.finish) };
}

/** Renames every tensor that an expression reads or writes. */
export function renameTensors(expression: TensorExpression, rename: (name: string) => string): TensorExpression {
  const change = (scalar: Scalar): Scalar => mapReads(scalar, (read) => ({ ...read, tensor: rename(read.tensor) }));
  return {
    ...expression,
    target: { ...expression.target, tensor: rename(expression.target.tensor) },
    value: change(expression.value),
    finish: change(expression.finish),
  };
}

/** All reads of an expression: of its value, then of its finish. */
export const allReads = (expression: TensorExpression): Read[] => [
  ...readsOf(expression.value),
  ...readsOf(expression.finish),
];

export interface ExpressionParts {
  readonly axes: Readonly<Record<string, number>>;
  readonly target: readonly Affine[];
  readonly value: Scalar;
  readonly combine?: Combine;
  readonly finish?: Scalar;
  readonly scatter?: boolean;
  /** The tensor written; 'output' unless it is a temporary of the operator. */
  readonly tensor?: string;
}

/** Builds an expression from its parts; axes are given as `{ y: 5, x: 5, c: 3 }` in reading order. */
export function express(parts: ExpressionParts): TensorExpression {
  return {
    axes: Object.entries(parts.axes).map(([name, extent]) => ({ name, extent })),
    target: { tensor: parts.tensor ?? 'output', index: parts.target },
    combine: parts.combine ?? 'set',
    value: parts.value,
    finish: parts.finish ?? accumulated,
    scatter: parts.scatter ?? false,
  };
}
