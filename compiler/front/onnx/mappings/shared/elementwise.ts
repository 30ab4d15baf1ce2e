// Mappings of the operators whose ONNX twin differs in nothing but the name, and perhaps the names of a few numbers.
import type { LayerValue } from '../../../importing/values.ts';
import type { OnnxMapping, OnnxNodeReader } from '../../mapping.ts';

/** An attribute of ONNX, the parameter of ours that it is, and what it is where a node does not say. */
export interface OnnxNumber {
  readonly attribute: string;
  readonly parameter: string;
  readonly fallback: number;
}

/** A function of one value. */
export const onnxUnary = (name: string, ...numbers: readonly OnnxNumber[]): OnnxMapping => ({
  imports: {
    [name]: (node) => {
      const given = numbers.map((number) => [number.parameter, node.float(number.attribute, number.fallback)]);
      return node.layer(Object.fromEntries(given), [node.value(0)]);
    },
  },
  exports: (layer) => {
    const attributes = numbers.map(({ attribute, parameter }) => [
      attribute,
      { float: layer.arguments[parameter] as number },
    ]);
    return layer.node(name, layer.operands, Object.fromEntries(attributes));
  },
});

/** A function of several values, with broadcasting; ONNX may have more names for it. */
export const onnxBroadcasting = (name: string, ...others: readonly string[]): OnnxMapping => ({
  imports: Object.fromEntries(
    [name, ...others].map((one) => [
      one,
      (node) => {
        // Operator sets before 7 had to ask for broadcasting.
        if (node.version < 7) node.hasAttribute('broadcast');
        if (node.inputs === 1) return node.value(0);
        return onnxAligned(node);
      },
    ]),
  ),
  exports: (layer) => {
    const [first, ...rest] = layer.aligned();
    return rest.reduce((sum, next) => layer.node(name, [sum, next]), first!);
  },
});

/** The layer over all inputs, repeated over each other's sizes. */
export function onnxAligned(node: OnnxNodeReader): LayerValue {
  const { operands, layout } = node.aligned();
  return node.layer({}, operands, { layout });
}

/** A product of a value and a gate of the same value, x·gate(x), as exporters write what ONNX has no name for. */
export function onnxGated(
  node: OnnxNodeReader,
  gate: string,
  fits: (gate: OnnxNodeReader) => boolean = () => true,
): LayerValue | undefined {
  for (const [x, at] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const made = node.madeBy(at, gate);
    if (made && made.name(0) === node.name(x) && fits(made)) return node.layer({}, [node.value(x)]);
  }
  return undefined;
}
