// Reductions: the axes between ONNX and ours.
import type { AnyOperator } from '../../../../operators/operator.ts';
import type { Layout } from '../../../importing/layout.ts';
import type { Arguments, LayerValue } from '../../../importing/values.ts';
import type { OnnxLayerWriter, OnnxMapping, OnnxNodeReader } from '../../mapping.ts';
import { fromEnd } from './axes.ts';

/** ONNX's axes, counted from 0; all where it names none, unless it says that it then reduces nothing. */
function reducedAxes(node: OnnxNodeReader): readonly number[] {
  const rank = node.dims(0).length;
  const given = node.list('axes', 1) ?? [];
  const reducesNothing = node.int('noop_with_empty_axes', 0) === 1;
  if (given.length === 0) return reducesNothing ? [] : Array.from({ length: rank }, (_, axis) => axis);
  return given.map((axis) => (axis < 0 ? axis + rank : axis));
}

/** Whether a reduction runs over all axes of space and keeps them, behind a batch and channels. */
export function isOverSpace(node: OnnxNodeReader): boolean {
  const rank = node.dims(0).length;
  const axes = [...reducedAxes(node)].sort((a, b) => a - b);
  const isSpace = rank > 2 && axes.length === rank - 2 && axes.every((axis, n) => axis === n + 2);
  return isSpace && node.int('keepdims', 1) === 1 && node.isRow(0, 1);
}

/**
 * A reduction of ONNX. Over axes that only ONNX has, which are of size 1, it is a function of one element.
 *
 * @param single that function; nothing where the element stays as it is
 */
export const onnxReduction = (name: string, single?: AnyOperator): OnnxMapping => ({
  imports: {
    [name]: (node) => {
      const value = node.separate(0);
      const over = reducedAxes(node);
      const keep = node.int('keepdims', 1) === 1;
      // Runtimes do not agree whether the function is still applied.
      if (over.length === 0 && single) return node.refuse('reduces nothing', 'the model without this node');
      const axes = over.flatMap((axis) => node.axisIfAny(value, axis) ?? []);
      const reduced = axes.length === 0 ? onSingle(node, value, single) : overAxes(node, value, axes, keep);
      return keep ? reduced : { ...reduced, layout: withoutAxes(value, over, axes) };
    },
  },
  exports: (layer) => exportReduction(layer, name),
});

const onSingle = (node: OnnxNodeReader, value: LayerValue, single: AnyOperator | undefined): LayerValue =>
  single ? node.layerOf(single, {}, [value]) : value;

function overAxes(node: OnnxNodeReader, value: LayerValue, axes: readonly number[], keepAxes: boolean): LayerValue {
  const given: Arguments =
    axes.length === value.shape.length ? {} : { axes: axes.map((axis) => fromEnd(axis, value.shape)) };
  return node.layer({ ...given, keepAxes }, [value]);
}

/** The layout after the axes went away: ONNX's and ours. */
export function withoutAxes(value: LayerValue, onnxAxes: readonly number[], ours: readonly number[]): Layout {
  const left = value.shape.map((_, axis) => axis).filter((axis) => !ours.includes(axis));
  return value.layout
    .filter((_, axis) => !onnxAxes.includes(axis))
    .map((axes) => axes.map((axis) => (axis < 0 ? axis : left.indexOf(axis))));
}

function exportReduction(layer: OnnxLayerWriter, name: string): string {
  const shape = layer.inputs[0]!;
  const rank = shape.length;
  const given = (layer.arguments.axes as readonly number[] | undefined) ?? shape.map((_, axis) => axis);
  const axes = given.map((axis) => (axis < 0 ? axis + rank : axis) + 1);
  const keepdims = { int: layer.arguments.keepAxes === true ? 1 : 0 };
  const list = { ints: axes };
  const input = layer.ourOrder(0);
  // Since operator set 18 (13 for the sum) the axes are an input.
  const reduced = layer.node(name, [input, layer.integers('axes', list.ints)], { keepdims });
  const all = axes.length === rank && keepdims.int === 0;
  const result = all ? layer.node('Reshape', [reduced, layer.integers('shape', [1, 1])]) : reduced;
  return layer.fromOurOrder(result, layer.output);
}
