// Phases: a change of variables that turns a scatter into gathers, so that no inserted zero is ever multiplied.
//
//   before  out[s·y + d·i − p, f] += in[y, c] · kernel[i, f, c]
//   after   out[s·m + r − p, f]   += in[m + q − D·t, c] · kernel[k0 + S·t, f, c]      one statement for each phase r
//
// axis-phases.ts has the numbers. A phase that no tap reaches is the identity of the reduction, finished. With several
// scattered axes the phases are the product of the axes' phases; where these are many, those that are alike become one
// statement with an axis for them.
import { Affine } from './affine.ts';
import { type AxisPhase, mergeAlike, phasesOfAxis, type ScatteredAxis, type Walk } from './axis-phases.ts';
import {
  type Axis,
  constant,
  extentsOf,
  identityOf,
  mapReads,
  type Scalar,
  type TensorExpression,
} from './expression.ts';
import { combinations } from './integers.ts';
import { tapsOf, windowAxes } from './window-sum.ts';

/** With more statements than this, phases that are alike become one. */
const manyPhases = 64;

/**
 * Gathers that together write every element of the target once.
 * @param shape the target's shape
 * @param known tensors that are known when the module is built: the weights among the factors
 */
export function phases(
  expression: TensorExpression,
  shape: readonly number[],
  known: ReadonlySet<string>,
): TensorExpression[] {
  if (!expression.scatter) return [expression];
  const scattered = scatteredAxes(expression, shape, known);
  const choices = scattered.map(phasesOfAxis);
  const many = choices.reduce((product, { length }) => product * length, 1) > manyPhases;
  return combinations(many ? choices.map(mergeAlike) : choices).map((phase) => gather(expression, scattered, phase));
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
  known: ReadonlySet<string>,
): ScatteredAxis[] {
  const extents = extentsOf(expression.axes);
  const windows = windowAxes(expression, undefined, tapsOf(expression, known));
  return expression.target.index.flatMap((index, dimension) => {
    const output = shape[dimension]!;
    if (isMixedRadix(index, extents, output)) return [];
    const window = windows[dimension];
    if (!window) throw new Error(`the scattered index ${index} is not stride·source + dilation·tap`);
    const { axis: source, tap, target } = window;
    const { stride, dilation, offset } = target;
    const scattered = { dimension, source, input: extents.get(source)!, stride, before: -offset, output };
    return [tap === undefined ? scattered : { ...scattered, tap: { axis: tap, dilation, extent: extents.get(tap)! } }];
  });
}

function gather(
  expression: TensorExpression,
  scattered: readonly ScatteredAxis[],
  phase: readonly AxisPhase[],
): TensorExpression {
  const replacements = new Map<string, Affine>();
  const extents = new Map<string, number>();
  const copies = new Map<string, Axis>();
  const index = [...expression.target.index];
  scattered.forEach(({ dimension, source, tap }, n) => {
    const part = phase[n]!;
    const copy = { name: `r${source}`, extent: part.copies };
    const along = (walk: Walk): Affine =>
      Affine.axis(source, walk.each)
        .plus(tap && part.summands > 1 ? Affine.axis(tap.axis, walk.step) : 0)
        .plus(Affine.axis(copy.name, walk.copy))
        .plus(walk.start);
    if (part.copies > 1) copies.set(source, copy);
    extents.set(source, part.count);
    replacements.set(source, along(part.source));
    if (tap) {
      extents.set(tap.axis, part.summands > 1 ? part.summands : 0);
      replacements.set(tap.axis, along(part.tap));
    }
    index[dimension] = along(part.target);
  });
  const axes = expression.axes.flatMap((axis) => {
    const copy = copies.get(axis.name);
    return copy ? [copy, axis] : [axis];
  });
  const reached = phase.every((part) => part.summands > 0);
  const resized = { ...expression, axes: resize(axes, extents) };
  return reached ? reachedPhase(resized, index, replacements) : idlePhase(resized, index);
}

function reachedPhase(
  expression: TensorExpression,
  index: readonly Affine[],
  replacements: ReadonlyMap<string, Affine>,
): TensorExpression {
  const substitute = (scalar: Scalar): Scalar =>
    mapReads(scalar, (read) => ({ ...read, index: read.index.map((affine) => affine.substitute(replacements)) }));
  return {
    ...expression,
    target: { ...expression.target, index },
    value: substitute(expression.value),
    scatter: false,
  };
}

/** A phase that no tap reaches: each element is the finished identity. */
function idlePhase(expression: TensorExpression, index: readonly Affine[]): TensorExpression {
  const used = (axis: Axis): boolean => index.some((affine) => affine.dependsOn(axis.name));
  return {
    ...expression,
    axes: expression.axes.filter(used),
    target: { ...expression.target, index },
    combine: 'set',
    value: constant(identityOf[expression.combine]),
    scatter: false,
  };
}

/** Axes under their new extents; an extent of zero means that the axis is gone. */
const resize = (axes: readonly Axis[], extents: ReadonlyMap<string, number>): Axis[] =>
  axes.map(({ name, extent }) => ({ name, extent: extents.get(name) ?? extent })).filter(({ extent }) => extent > 0);
