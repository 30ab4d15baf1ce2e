// The nodes that only rearrange: they change where ONNX's axes are in a value, and leave the value where it is.

import { reshapeTo, transposed } from '../importing/arranging.ts';
import { constantOf, integersOf } from '../importing/constants.ts';
import type { Importer } from '../importing/importer.ts';
import type { Layout } from '../importing/layout.ts';
import { Refusal } from '../importing/refusal.ts';
import { reshapedDims, squeezedAxes, unsqueezedAxes } from '../importing/shapes.ts';
import type { ImportedValue, LayerValue } from '../importing/values.ts';
import type { NodeReader } from './node-reader.ts';
import { axesOf, flattenedDims, permutationOf, reshapeTarget, type ShapingNode, shapePart } from './node-shapes.ts';
import { elementTypeOf, isFloat } from './tensor.ts';

type Rearranging = (value: LayerValue, node: ShapingNode, importer: Importer, reader: NodeReader) => ImportedValue;

const relaid =
  (layoutOf: (value: LayerValue, node: ShapingNode, importer: Importer) => Layout): Rearranging =>
  (value, node, importer) => ({ ...value, layout: layoutOf(value, node, importer) });

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
        'tensor-type',
      );
    },
  ],
  ['Transpose', (value, node) => transposed(value, permutationOf(node.attributes, value.layout.length))],
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
      return reshapeTo(importer, value, reshapedDims(importer.dims(value), reshapeTarget(node), allowZero));
    },
  ],
  [
    'Flatten',
    (value, node, importer) =>
      reshapeTo(importer, value, flattenedDims(importer.dims(value), node.attributes.int('axis', 1))),
  ],
]);

export function rearrangingOf(operator: string): Rearranging | undefined {
  return rearrangings.get(operator);
}
