// What the nodes that only rearrange say about shapes: the same for a known value and for a layer's.

import type { Shape } from '../../tensor.ts';
import { showShape } from '../../tensor.ts';
import { Refusal } from '../importing/refusal.ts';
import { product, resolveAxis } from '../importing/shapes.ts';
import type { ConstantValue } from '../importing/values.ts';
import type { Attributes } from './attributes.ts';
import type { OnnxRange } from './mapping.ts';

export interface ShapingNode {
  readonly attributes: Attributes;
  /** Known inputs; `undefined` for what layers compute and for what is left out. */
  readonly inputs: readonly (ConstantValue | undefined)[];
}

/** The axes of a node, an attribute in older operator sets and an input in newer ones. */
export const axesOf = (node: ShapingNode, at = 1): readonly number[] | undefined =>
  node.attributes.ints('axes') ?? (node.inputs[at] && [...node.inputs[at].data]);

/** What Slice takes of each axis that it names. */
export function sliceRanges(node: ShapingNode, dims: Shape): OnnxRange[] {
  const list = (name: string, at: number) =>
    node.attributes.ints(name) ?? (node.inputs[at] && [...node.inputs[at].data]);
  const [starts, ends] = [list('starts', 1), list('ends', 2)];
  if (!starts || !ends || starts.length !== ends.length) throw new Refusal('lacks starts and ends');
  const axes = list('axes', 3) ?? starts.map((_, axis) => axis);
  const steps = node.inputs[4] ? [...node.inputs[4].data] : starts.map(() => 1);
  if (axes.length !== starts.length || steps.length !== starts.length)
    throw new Refusal('has lists of several lengths');
  return starts.map((given, n) => {
    const axis = resolveAxis(axes[n]!, dims.length);
    const step = steps[n]!;
    const size = dims[axis]!;
    if (!Number.isInteger(step) || step === 0) throw new Refusal(`has step ${step}`);
    const clamp = (at: number, low: number, high: number) => Math.min(Math.max(at < 0 ? at + size : at, low), high);
    const start = step > 0 ? clamp(given, 0, size) : clamp(given, 0, size - 1);
    const end = step > 0 ? clamp(ends[n]!, 0, size) : clamp(ends[n]!, -1, size - 1);
    return { axis, start, step, count: Math.max(0, Math.ceil((end - start) / step)) };
  });
}

export function permutationOf(attributes: Attributes, rank: number): readonly number[] {
  const permutation = attributes.ints('perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis);
  if (
    permutation.length === rank &&
    new Set(permutation).size === rank &&
    permutation.every((axis) => axis >= 0 && axis < rank)
  ) {
    return permutation;
  }
  throw new Refusal(`has perm ${showShape(permutation)} for ${rank} axes`, undefined, 'attribute');
}

/** Reshape's target: an input, or an attribute before operator set 5. */
export function reshapeTarget(node: ShapingNode): readonly number[] {
  const target = node.attributes.ints('shape') ?? (node.inputs[1] && [...node.inputs[1].data]);
  if (target) return target;
  throw new Refusal('has a shape that is computed from data', 'a shape that is known when the model is imported');
}

export function flattenedDims(dims: Shape, given: number): number[] {
  const axis = given === dims.length ? given : resolveAxis(given, dims.length);
  return [product(dims.slice(0, axis)), product(dims.slice(axis))];
}

/** The part of a shape that a Shape node asks for. */
export const shapePart = (attributes: Attributes, dims: Shape): Shape =>
  dims.slice(attributes.int('start', 0), attributes.has('end') ? attributes.int('end') : undefined);
