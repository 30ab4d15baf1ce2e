// Phases: a change of variables that turns a scatter into gathers, so that no inserted zero is ever multiplied.
//
//   before  out[s·y + d·i − p, f] += in[y, c] · kernel[i, f, c]
//   after   out[s·m + r − p, f]   += in[m + q − D·t, c] · kernel[k0 + S·t, f, c]      one statement for each phase r
//
// Outputs o with (o + p) mod s = r are reached by the taps k0, k0 + S, … only, where g = gcd(s, d), S = s/g, D = d/g,
// k0 = (r/g)·D⁻¹ mod S, and q = (r − k0·d)/s. A phase that no tap reaches is the identity of the reduction, finished.
// With several scattered axes the phases are the product of the axes' phases.
import { Affine } from './affine.ts';
import {
  type Axis,
  constant,
  extentsOf,
  identityOf,
  mapReads,
  type Scalar,
  type TensorExpression,
} from './expression.ts';
import { ceilDivide, combinations, floorDivide, greatestCommonDivisor, inverseModulo, modulo } from './integers.ts';

/** A target axis reached through two iteration axes: stride·source + dilation·tap − before; without a tap there is one. */
export interface ScatteredAxis {
  /** The position in the target's index. */
  readonly dimension: number;
  readonly source: string;
  readonly stride: number;
  readonly tap?: { readonly axis: string; readonly dilation: number; readonly extent: number };
  readonly before: number;
  /** The target's size on this axis. */
  readonly output: number;
}

/**
 * Gathers that together write every element of the target once.
 * @param shape the target's shape
 * @param isTap which axis of a pair indexes the kernel
 */
export function phases(
  expression: TensorExpression,
  shape: readonly number[],
  isTap: (axis: string) => boolean,
): TensorExpression[] {
  if (!expression.scatter) return [expression];
  const scattered = scatteredAxes(expression, shape, isTap);
  const choices = scattered.map(phasesOfAxis);
  return combinations(choices)
    .filter((phase) => phase.every((part) => part.count > 0))
    .map((phase) => gather(expression, scattered, phase));
}

/** Whether an index counts 0 … size−1 as the digits of a number: `8·g + f` with f < 8. */
export function isMixedRadix(index: Affine, extents: ReadonlyMap<string, number>, size: number): boolean {
  if (index.constant !== 0 || index.tables.length > 0) return false;
  const digits = [...index.terms].sort(([, a], [, b]) => a - b);
  let next = 1;
  for (const [axis, coefficient] of digits) {
    if (extents.get(axis) === 1) continue;
    if (coefficient !== next) return false;
    next *= extents.get(axis)!;
  }
  return next === size;
}

export function scatteredAxes(
  expression: TensorExpression,
  shape: readonly number[],
  isTap: (axis: string) => boolean,
): ScatteredAxis[] {
  const extents = extentsOf(expression.axes);
  return expression.target.index.flatMap((index, dimension) => {
    const output = shape[dimension]!;
    if (isMixedRadix(index, extents, output)) return [];
    const terms = [...index.terms];
    const tap = terms.length === 2 ? terms.find(([axis]) => isTap(axis)) : undefined;
    const source = terms.find((term) => term !== tap);
    if (!source || index.tables.length > 0 || terms.length > 2 || (terms.length === 2 && !tap)) {
      throw new Error(`the scattered index ${index} is not stride·source + dilation·tap`);
    }
    const scattered = { dimension, source: source[0], stride: source[1], before: -index.constant, output };
    return [tap ? { ...scattered, tap: { axis: tap[0], dilation: tap[1], extent: extents.get(tap[0])! } } : scattered];
  });
}

/** One phase on one axis. */
interface AxisPhase {
  /** Outputs are `first + stride·m` for m < count. */
  readonly first: number;
  readonly count: number;
  /** Taps `tapStart + tapStep·t` for t < taps; none where nothing reaches the phase. */
  readonly taps: number;
  readonly tapStart: number;
  readonly tapStep: number;
  /** The source index is `m + sourceStart − sourceStep·t`. */
  readonly sourceStart: number;
  readonly sourceStep: number;
}

function phasesOfAxis({ stride, tap, before, output }: ScatteredAxis): AxisPhase[] {
  const { dilation, extent } = tap ?? { dilation: stride, extent: 1 };
  const divisor = greatestCommonDivisor(stride, dilation);
  const tapStep = stride / divisor;
  const sourceStep = dilation / divisor;
  const inverse = inverseModulo(sourceStep, tapStep);
  return Array.from({ length: stride }, (_, residue) => {
    const lowest = ceilDivide(before - residue, stride);
    const count = floorDivide(output - 1 + before - residue, stride) - lowest + 1;
    const tapStart = modulo((residue / divisor) * inverse, tapStep);
    const reached = residue % divisor === 0;
    return {
      first: residue - before + stride * lowest,
      count,
      // None either where the first tap of this residue lies beyond the kernel: tapStart < tapStep.
      taps: reached ? ceilDivide(extent - tapStart, tapStep) : 0,
      tapStart,
      tapStep,
      sourceStart: reached ? (residue - tapStart * dilation) / stride + lowest : 0,
      sourceStep,
    };
  });
}

function gather(
  expression: TensorExpression,
  scattered: readonly ScatteredAxis[],
  phase: readonly AxisPhase[],
): TensorExpression {
  const replacements = new Map<string, Affine>();
  const extents = new Map<string, number>();
  const index = [...expression.target.index];
  scattered.forEach(({ dimension, source, stride, tap }, n) => {
    const part = phase[n]!;
    const taps = tap && part.taps > 1 ? Affine.axis(tap.axis) : Affine.constant(0);
    extents.set(source, part.count);
    replacements.set(source, Affine.axis(source).plus(part.sourceStart).minus(taps.times(part.sourceStep)));
    if (tap) {
      extents.set(tap.axis, part.taps > 1 ? part.taps : 0);
      replacements.set(tap.axis, taps.times(part.tapStep).plus(part.tapStart));
    }
    index[dimension] = Affine.axis(source, stride).plus(part.first);
  });
  const reached = phase.every((part) => part.taps > 0);
  return reached ? reachedPhase(expression, index, replacements, extents) : idlePhase(expression, index, extents);
}

function reachedPhase(
  expression: TensorExpression,
  index: readonly Affine[],
  replacements: ReadonlyMap<string, Affine>,
  extents: ReadonlyMap<string, number>,
): TensorExpression {
  const substitute = (scalar: Scalar): Scalar =>
    mapReads(scalar, (read) => ({ ...read, index: read.index.map((affine) => affine.substitute(replacements)) }));
  const axes = resize(expression.axes, extents);
  return {
    ...expression,
    axes,
    target: { ...expression.target, index },
    value: substitute(expression.value),
    scatter: false,
  };
}

/** A phase that no tap reaches: each element is the finished identity. */
function idlePhase(
  expression: TensorExpression,
  index: readonly Affine[],
  extents: ReadonlyMap<string, number>,
): TensorExpression {
  const used = (axis: Axis): boolean => index.some((affine) => affine.dependsOn(axis.name));
  return {
    ...expression,
    axes: resize(expression.axes, extents).filter(used),
    target: { ...expression.target, index },
    combine: 'set',
    value: constant(identityOf[expression.combine]),
    scatter: false,
  };
}

/** Axes under their new extents; an extent of zero means that the axis is gone. */
const resize = (axes: readonly Axis[], extents: ReadonlyMap<string, number>): Axis[] =>
  axes.map(({ name, extent }) => ({ name, extent: extents.get(name) ?? extent })).filter(({ extent }) => extent > 0);
