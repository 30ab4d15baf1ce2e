// The quick way for what preparing weights is made of: sums of products and copies that fill a whole tensor, every index
// inside. The same numbers as `evaluate`, which says what an expression means, in plain loops over flat offsets.
import { Affine } from './affine.ts';
import type { Tensor } from './evaluate.ts';
import { type Axis, extentsOf, type Read, reductionAxes, type Scalar, type TensorExpression } from './expression.ts';
import { isMixedRadix } from './phases.ts';

/** @returns whether the expression was of that kind and has been evaluated */
export function evaluateProducts(expression: TensorExpression, tensors: ReadonlyMap<string, Tensor>): boolean {
  const { combine, value, finish, target, axes } = expression;
  const factors = factorsOf(value);
  if ((combine !== 'sum' && combine !== 'set') || finish.kind !== 'accumulated' || !factors) return false;
  const extents = extentsOf(axes);
  const into = tensors.get(target.tensor)!;
  const whole = target.index.every((index, n) => isMixedRadix(index, extents, into.shape[n]!));
  const to = flatOffset(target.index, into.shape, extents);
  const from = factors.map(({ tensor, index }) => flatOffset(index, tensors.get(tensor)!.shape, extents));
  if (!whole || !to || from.some((offset) => !offset)) return false;
  const sums = factors.length === 1 && combine === 'set' ? into.data : new Float64Array(into.data.length);
  const order = longestTargetLast(expression);
  const data = factors.map(({ tensor }) => tensors.get(tensor)!.data);
  const walks = [to, ...(from as Affine[])].map((offset) => ({
    start: offset.constant,
    steps: order.map(({ name }) => offset.coefficient(name)),
  }));
  if (sums === into.data) sums.fill(0);
  walk(order, walks, sums, data);
  if (sums !== into.data) into.data.set(sums);
  return true;
}

function factorsOf(value: Scalar): readonly Read[] | undefined {
  if (value.kind === 'read') return value.computed ? undefined : [value];
  if (value.kind !== 'apply' || value.function !== 'multiply') return undefined;
  const [a, b] = value.arguments;
  return a?.kind === 'read' && b?.kind === 'read' && !a.computed && !b.computed ? [a, b] : undefined;
}

/** The row-major offset, if it never leaves the tensor and goes through no table. */
function flatOffset(
  index: readonly Affine[],
  shape: readonly number[],
  extents: ReadonlyMap<string, number>,
): Affine | undefined {
  let flat = Affine.constant(0);
  for (const [n, affine] of index.entries()) {
    const [low, high] = affine.range(extents);
    if (low < 0 || high >= shape[n]! || affine.tables.length > 0) return undefined;
    flat = flat.times(shape[n]!).plus(affine);
  }
  return flat;
}

/** The order of the axes that reduce stays: it is the order of the additions. */
function longestTargetLast(expression: TensorExpression): readonly Axis[] {
  const reductions = reductionAxes(expression);
  const targets = expression.axes.filter((axis) => !reductions.includes(axis));
  const longest = targets.reduce<Axis | undefined>(
    (best, axis) => (best && best.extent > axis.extent ? best : axis),
    undefined,
  );
  return longest ? [...expression.axes.filter((axis) => axis !== longest), longest] : expression.axes;
}

interface Walk {
  readonly start: number;
  readonly steps: readonly number[];
}

type Sums = Float64Array | Float32Array;

function walk(axes: readonly Axis[], walks: readonly Walk[], sums: Sums, data: readonly Float32Array[]): void {
  const last = axes.length - 1;
  const visit = (level: number, offsets: readonly number[]): void => {
    const extent = axes[level]?.extent ?? 1;
    if (level >= last) {
      const steps = walks.map((one) => one.steps[level] ?? 0);
      addRow(extent, sums, data, offsets, steps);
      return;
    }
    for (let turn = 0; turn < extent; turn++) {
      visit(
        level + 1,
        offsets.map((offset, n) => offset + turn * walks[n]!.steps[level]!),
      );
    }
  };
  visit(
    0,
    walks.map(({ start }) => start),
  );
}

/** One iteration of the innermost loop: target first, then the one or two factors. */
function addRow(
  extent: number,
  sums: Sums,
  [first, second]: readonly Float32Array[],
  [to, from, other]: readonly number[],
  [step, stepFrom, stepOther]: readonly number[],
): void {
  if (!second) addScaled(extent, sums, first!, 1, to!, from!, step!, stepFrom!);
  else if (stepOther === 0) addScaled(extent, sums, first!, second[other!]!, to!, from!, step!, stepFrom!);
  else if (stepFrom === 0) addScaled(extent, sums, second, first![from!]!, to!, other!, step!, stepOther!);
  else {
    for (let turn = 0; turn < extent; turn++) {
      const at = to! + turn * step!;
      sums[at] = sums[at]! + first![from! + turn * stepFrom!]! * second[other! + turn * stepOther!]!;
    }
  }
}

/** A matrix of a transform has many zeros: what they would add is left out. */
function addScaled(
  extent: number,
  sums: Sums,
  data: Float32Array,
  factor: number,
  to: number,
  from: number,
  step: number,
  stepFrom: number,
): void {
  if (factor === 0) return;
  for (let turn = 0, at = to, source = from; turn < extent; turn++, at += step, source += stepFrom) {
    sums[at] = sums[at]! + factor * data[source]!;
  }
}
