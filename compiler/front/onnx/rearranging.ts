// The nodes that only rearrange: they change where ONNX's axes are in a value, and leave the value where it is.

import { constantOf, integersOf } from './constants.ts';
import type { ImportedValue, Importer } from './importer.ts';
import { regroup, sameOrderLayout } from './layout.ts';
import type { LayerValue, Layout } from './mapping.ts';
import { batchAxis } from './mapping.ts';
import type { NodeReader } from './node-reader.ts';
import {
  axesOf,
  flattenedDims,
  permutationOf,
  reshapedDims,
  reshapeTarget,
  type ShapingNode,
  shapePart,
  squeezedAxes,
  unsqueezedAxes,
} from './node-shapes.ts';
import { Refusal } from './refusal.ts';
import { elementTypeOf, isFloat } from './tensor.ts';

type Rearranging = (value: LayerValue, node: ShapingNode, importer: Importer, reader: NodeReader) => ImportedValue;

const relaid =
  (layoutOf: (value: LayerValue, node: ShapingNode, importer: Importer) => Layout): Rearranging =>
  (value, node, importer) => ({ ...value, layout: layoutOf(value, node, importer) });

/** Gives the value other sizes, by regrouping its axes if they can be, else by moving the numbers into ONNX's order. */
function reshapeTo(value: LayerValue, dims: readonly number[], importer: Importer): LayerValue {
  if (dims.includes(0)) throw new Refusal('makes a tensor without elements', 'sizes of at least 1', 'onnx/shape');
  const grouped = regroup(value.shape, value.layout, dims, importer.batch);
  if (grouped) return { ...importer.reshape(value, grouped.shape), layout: grouped.layout };
  const batch = importer.batch > 1 ? [batchAxis] : undefined;
  const old = importer.dims(value);
  const axes = old.map((_, axis) => axis).filter((axis) => old[axis] !== 1 && !value.layout[axis]!.includes(batchAxis));
  if (batch && dims[0] !== importer.batch) throw new Refusal('mixes the samples of the batch', 'a batch axis of 1');
  const lead = batch || (dims[0] === 1 && dims.length > 1);
  const ordered = importer.arrange(value, axes);
  const layout = sameOrderLayout(dims.length, lead ? (batch ?? []) : undefined);
  return { ...importer.reshape(ordered, lead ? dims.slice(1) : dims), layout };
}

/** The inputs behind the first are known or absent. */
const rearrangings: ReadonlyMap<string, Rearranging> = new Map<string, Rearranging>([
  ['Identity', (value) => value],
  [
    'Dropout',
    (value, node, _, reader) => {
      node.attributes.has('ratio');
      node.attributes.has('seed');
      if (node.attributes.int('is_test', 1) === 0 || (reader.known(2)?.data[0] ?? 0) !== 0) {
        throw new Refusal('drops elements', 'a model exported for inference');
      }
      return value;
    },
  ],
  [
    'Cast',
    (value, node) => {
      node.attributes.has('saturate');
      const type = elementTypeOf(node.attributes.int('to'));
      if (type && isFloat(type)) return value;
      throw new Refusal(
        `casts to ${type ?? `element type ${node.attributes.int('to')}`}`,
        'values of float32',
        'onnx/tensor-type',
      );
    },
  ],
  [
    'Transpose',
    relaid((value, node) => permutationOf(node.attributes, value.layout.length).map((axis) => value.layout[axis]!)),
  ],
  [
    'Squeeze',
    relaid((value, node, importer) =>
      squeezedAxes(importer.dims(value), axesOf(node)).map((axis) => value.layout[axis]!),
    ),
  ],
  [
    'Unsqueeze',
    relaid((value, node) =>
      unsqueezedAxes(value.layout.length, axesOf(node)).map((axis) => (axis === undefined ? [] : value.layout[axis]!)),
    ),
  ],
  ['Shape', (value, node, importer) => integersOf(shapePart(node.attributes, importer.dims(value)))],
  [
    'Size',
    (value, _, importer) =>
      constantOf([], Float64Array.of(importer.dims(value).reduce((product, size) => product * size, 1))),
  ],
  [
    'Reshape',
    (value, node, importer) => {
      const allowZero = node.attributes.int('allowzero', 0) === 1;
      return reshapeTo(value, reshapedDims(importer.dims(value), reshapeTarget(node), allowZero), importer);
    },
  ],
  [
    'Flatten',
    (value, node, importer) =>
      reshapeTo(value, flattenedDims(importer.dims(value), node.attributes.int('axis', 1)), importer),
  ],
]);

export function rearrangingOf(operator: string): Rearranging | undefined {
  return rearrangings.get(operator);
}
