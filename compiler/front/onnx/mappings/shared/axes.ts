// Mappings of operators that work along axes.

import type { Shape } from '../../../../tensor.ts';
import type { LayerValue } from '../../../importing/values.ts';
import type { OnnxLayerWriter, OnnxNodeReader } from '../../mapping.ts';

/** The last axis as −1, as a person writes it. */
export const fromEnd = (axis: number, shape: Shape): number => (axis === shape.length - 1 ? -1 : axis);

/**
 * A layer along the attribute `axis`. Before operator set 13 everything from the axis on counts as one, which is the same
 * where only one of those axes is larger than 1.
 */
export function onnxAlongAxis(node: OnnxNodeReader): LayerValue {
  const value = node.separate(0);
  const dims = node.dims(0);
  const given = node.int('axis', node.version < 13 ? 1 : -1);
  const axis = given < 0 ? given + dims.length : given;
  if (node.version >= 13) return node.layer({ axis: fromEnd(node.axis(value, axis), value.shape) }, [value]);
  const thick = dims.map((_, n) => n).filter((n) => n >= axis && dims[n] !== 1);
  if (thick.length > 1) {
    node.refuse('flattens several axes, as operator sets before 13 do', 'operator set 13, or a Flatten before it');
  }
  return node.layer({ axis: fromEnd(node.axis(value, thick[0] ?? axis), value.shape) }, [value]);
}

/** ONNX's number of the layer's `axis`. */
export function exportedAxis(layer: OnnxLayerWriter): number {
  const shape = layer.inputs[0]!;
  const axis = layer.arguments.axis as number;
  return layer.axis(axis < 0 ? axis + shape.length : axis, shape.length);
}
