// Inputs and outputs of the file, and where they are in ours.
import type { Shape } from '../../tensor.ts';
import { sized } from './constants.ts';
import type { Importer } from './importer.ts';
import { batchAxis, type Layout } from './layout.ts';
import type { LayerValue } from './values.ts';

export interface Boundary {
  /** The file's name. */
  readonly name: string;
  /** The file's sizes. */
  readonly dims: readonly number[];
  /** A layer's id or the input itself. */
  readonly id: string;
  readonly shape: Shape;
  readonly layout: Layout;
}

/** Where the file has the channels of a value with space: behind the batch, or at the end as we do. */
export type ChannelOrder = 'first' | 'last';

/**
 * Adds an input of these sizes, the batch axis included. Its arrangement is chosen once, what follows adapts to it: channels
 * last where it has space, without the batch axis where there is one.
 */
export function addInput(
  importer: Importer,
  name: string,
  dims: readonly number[],
  channels: ChannelOrder = 'last',
): LayerValue {
  const { batch } = importer;
  const isLead = dims.length > 1 && dims[0] === batch;
  const lead = isLead ? (batch > 1 ? [batchAxis] : []) : undefined;
  const rest = lead ? dims.slice(1) : dims;
  const turns = lead && dims.length >= 3 && channels === 'first';
  const ours = turns ? [...rest.slice(1), rest[0]!] : rest;
  const axisOf = (axis: number) => (turns ? (axis === 0 ? rest.length - 1 : axis - 1) : axis);
  const layout = [...(lead ? [lead] : []), ...rest.map((_, axis) => [axisOf(axis)])];
  const shape = ours.length === 0 ? [1] : ours;
  const value: LayerValue = { kind: 'layer', id: `input ${name}`, shape, layout };
  importer.values.set(name, value);
  importer.inputs.push({ name, dims, id: value.id, shape, layout });
  return value;
}

/**
 * Makes a value an output. Where it already is in the file's order, or in that order with the channels last, it stays;
 * else the channels go last where the file has them `first`. A constant becomes a layer.
 */
export function addOutput(importer: Importer, name: string, channels: ChannelOrder = 'last'): void {
  const value = importer.value(name);
  const dims = importer.dims(value);
  sized(dims);
  const axes = dims.map((_, axis) => axis);
  const layer = value.kind === 'layer' ? value : importer.constantLayer(value, axes);
  const lead = dims.length > 1 && importer.isLeading(layer, 0);
  const inOrder = lead ? axes.slice(1) : axes;
  const channelsLast = lead && dims.length > 2 ? [...inOrder.slice(1), inOrder[0]!] : inOrder;
  const isAlready = [channelsLast, inOrder].some((order) => isArrangedAs(layer.layout, order, layer.shape, dims));
  const expected = channels === 'first' ? channelsLast : inOrder;
  const result = isAlready || dims.length === 0 ? layer : importer.arrange(layer, expected);
  importer.outputs.push({ name, dims, id: result.id, shape: result.shape, layout: result.layout });
}

/** Whether the value has exactly one axis for each entry of `order`. */
const isArrangedAs = (layout: Layout, order: readonly number[], shape: Shape, dims: readonly number[]): boolean =>
  order.length === shape.length &&
  order.every(
    (axis, place) => dims[axis] === shape[place] && (dims[axis] === 1 || layout[axis]!.join() === `${place}`),
  );
