// Values in the arrangement that a layer wants, whatever axes the file has given them. Axes are the file's, counted with the
// batch; below 0 from the end.
import { type Shape, showShape } from '../../tensor.ts';
import { align } from './align.ts';
import { constantOf, sized } from './constants.ts';
import type { Importer } from './importer.ts';
import { batchAxis, type Layout, regroup, sameOrderLayout } from './layout.ts';
import { Refusal } from './refusal.ts';
import { resolveAxis } from './shapes.ts';
import type { ConstantValue, ImportedValue, LayerValue, WeightData } from './values.ts';
import { asFloats, permuteData } from './weights.ts';

/** The value as a layer, in any arrangement; `name` is for a constant. */
export function asLayer(importer: Importer, value: ImportedValue, name?: string): LayerValue {
  if (value.kind === 'layer') return value;
  const order = value.shape.map((_, axis) => axis);
  return importer.constantLayer(value, order, name);
}

/** As [space…, channels] what the file has as [batch, channels, space…]: its axis 1 last, its axis 0 gone. */
export function channelsSecond(importer: Importer, value: ImportedValue, name?: string): LayerValue {
  const rank = atLeastTwo(importer, value, '[batch, channels, …]');
  return ordered(importer, value, [...Array.from({ length: rank - 2 }, (_, axis) => axis + 2), 1], name);
}

/** As [space…, channels] what the file has as [batch, space…, channels]: its axis 0 gone. */
export function channelsLast(importer: Importer, value: ImportedValue, name?: string): LayerValue {
  const rank = atLeastTwo(importer, value, '[batch, …, channels]');
  return ordered(
    importer,
    value,
    Array.from({ length: rank - 1 }, (_, axis) => axis + 1),
    name,
  );
}

function atLeastTwo(importer: Importer, value: ImportedValue, wanted: string): number {
  const dims = importer.dims(value);
  if (dims.length >= 2) return dims.length;
  throw new Refusal(`has an input of ${showShape(dims)}`, wanted);
}

/** With these axes, in this order; all others must be the batch or of size 1. */
export function ordered(importer: Importer, value: ImportedValue, axes: readonly number[], name?: string): LayerValue {
  importer.dims(value).forEach((_, axis) => {
    if (!axes.includes(axis)) wantLeading(importer, value, axis);
  });
  return value.kind === 'constant' ? importer.constantLayer(value, axes, name) : importer.arrange(value, axes);
}

/** With one axis of ours for each of the file's (but the batch), in the file's order where they have to move. */
export function separate(importer: Importer, value: LayerValue): LayerValue {
  const lists = value.layout.filter((axes) => axes.length > 0 && axes[0] !== batchAxis);
  if (lists.every((axes) => axes.length === 1) && lists.length === value.shape.length) return value;
  const thick = value.layout.map((_, axis) => axis).filter((axis) => !value.layout[axis]!.includes(batchAxis));
  const order = thick.length > 1 && importer.isLeading(value, 0) ? thick.filter((axis) => axis > 0) : thick;
  return importer.arrange(value, order);
}

/**
 * As a list of numbers: the axes before `axis` are the batch, the rest is one. Nothing moves: `sortRows` sorts the rows of a
 * matrix that the list is multiplied with.
 */
export function rows(importer: Importer, value: LayerValue, axis: number): LayerValue {
  const first = axis < 0 ? axis + value.layout.length : axis;
  for (let leading = 0; leading < first; leading++) wantLeading(importer, value, leading);
  const lead = value.layout.slice(0, first).flat();
  return { ...value, layout: [lead.filter((one) => one === batchAxis), value.layout.slice(first).flat()] };
}

/** Whether all axes before `axis` are the batch or of size 1. */
export function isRow(importer: Importer, value: ImportedValue, axis: number): boolean {
  const first = axis < 0 ? axis + importer.dims(value).length : axis;
  return Array.from({ length: first }, (_, leading) => leading).every((one) => importer.isLeading(value, one));
}

/** The axis must be the batch or of size 1. */
function wantLeading(importer: Importer, value: ImportedValue, axis: number): void {
  if (importer.isLeading(value, axis)) return;
  const dims = importer.dims(value);
  throw new Refusal(`takes ${showShape(dims)}, ${dims[axis]} samples at once`, 'a batch axis of 1');
}

/** The axis of ours that an axis of the file is in. */
export function ourAxis(importer: Importer, value: LayerValue, theirs: number): number {
  const axis = resolveAxis(theirs, value.layout.length);
  const axes = value.layout[axis]!;
  if (axes.includes(batchAxis)) throw new Refusal(`works along axis ${axis}, the batch`, 'an axis within one sample');
  if (axes.length === 1) return axes[0]!;
  throw new Refusal(`works along axis ${axis} of ${showShape(importer.dims(value))}`, 'an axis that was not reshaped');
}

/** The same, but undefined where the axis has size 1 and none of ours is it. */
export function ourAxisIfAny(importer: Importer, value: LayerValue, theirs: number): number | undefined {
  const axis = resolveAxis(theirs, value.layout.length);
  return value.layout[axis]!.length === 0 ? undefined : ourAxis(importer, value, axis);
}

/** Known numbers that the file broadcasts to `value`, in the arrangement of `value`, without leading axes of size 1. */
export function alongside(importer: Importer, { shape, data }: ConstantValue, value: LayerValue): WeightData {
  const rank = value.layout.length;
  const places = value.shape.map((_, ours) => value.layout.findIndex((axes) => axes.includes(ours)));
  const own = places.map((axis) => (axis - (rank - shape.length) >= 0 ? axis - (rank - shape.length) : undefined));
  const moving = own.filter((axis) => axis !== undefined);
  const left = shape.map((_, axis) => axis).filter((axis) => !moving.includes(axis));
  if (value.layout.some((axes) => axes.length > 1) || left.some((axis) => shape[axis] !== 1)) {
    const dims = showShape(importer.dims(value));
    throw new Refusal(`has an input of ${showShape(shape)} that does not fit ${dims}`);
  }
  const sizes = own.map((axis) => (axis === undefined ? 1 : shape[axis]!));
  const thick = sizes.findIndex((size) => size !== 1);
  const moved = permuteData(asFloats(data), shape, [...left, ...moving]);
  return { shape: thick < 0 ? [1] : sizes.slice(thick), data: moved };
}

/** A value ready to be repeated over the file's sizes, and the shape of ours that it then has. */
export function spreadOver(
  importer: Importer,
  from: ImportedValue,
  dims: readonly number[],
): { readonly value: LayerValue; readonly shape: Shape; readonly layout: Layout } {
  const frame = constantOf(dims, new Float32Array(sized(dims)));
  const { operands, layout } = align(importer, [from, frame]);
  const [value, spread] = operands as readonly [LayerValue, LayerValue];
  const rank = Math.max(value.shape.length, spread.shape.length);
  const size = ({ shape }: LayerValue, fromEnd: number): number => shape.at(fromEnd - rank) ?? 1;
  const shape = Array.from({ length: rank }, (_, axis) => Math.max(size(value, axis), size(spread, axis)));
  return { value, shape, layout };
}

/** Gives the value other sizes, by regrouping its axes if they can be, else by moving the numbers into the file's order. */
export function reshapeTo(importer: Importer, value: LayerValue, dims: readonly number[]): LayerValue {
  if (dims.includes(0)) throw new Refusal('makes a tensor without elements', 'sizes of at least 1', 'shape');
  const grouped = regroup(value.shape, value.layout, dims, importer.batch);
  if (grouped) return { ...importer.reshape(value, grouped.shape), layout: grouped.layout };
  const batch = importer.batch > 1 ? [batchAxis] : undefined;
  const old = importer.dims(value);
  const axes = old.map((_, axis) => axis).filter((axis) => old[axis] !== 1 && !value.layout[axis]!.includes(batchAxis));
  if (batch && dims[0] !== importer.batch) throw new Refusal('mixes the samples of the batch', 'a batch axis of 1');
  const lead = batch || (dims[0] === 1 && dims.length > 1);
  const arranged = importer.arrange(value, axes);
  const layout = sameOrderLayout(dims.length, lead ? (batch ?? []) : undefined);
  return { ...importer.reshape(arranged, lead ? dims.slice(1) : dims), layout };
}

/** The file's axes in another order: only what is remembered changes. */
export const transposed = (value: LayerValue, permutation: readonly number[]): LayerValue => ({
  ...value,
  layout: permutation.map((axis) => value.layout[axis]!),
});
