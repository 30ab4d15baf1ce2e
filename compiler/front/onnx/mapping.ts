// How operators are spelt in ONNX: what a row of the tables in `mappings/` is. The importer and the exporter know operators
// only through this contract.
//
// ONNX is channels first with a batch axis, we are channels last without one: see `importing/layout.ts`.

import type { AnyOperator, AxisRecord } from '../../operators/operator.ts';
import type { Shape } from '../../tensor.ts';
import type { Layout } from '../importing/layout.ts';
import type { Arguments, ConstantValue, LayerOptions, LayerValue, WeightData } from '../importing/values.ts';

/** What a slice takes along one axis of ONNX. */
export interface OnnxRange {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** One node of an ONNX model, as an operator's import reads it. Attributes that nobody reads are refused. */
export interface OnnxNodeReader {
  readonly operator: string;
  /** The operator set's version. */
  readonly version: number;
  /** How many inputs are given, counting those left out in the middle. */
  readonly inputs: number;
  /** Up to the last that has a name. */
  readonly outputs: number;
  has(input: number): boolean;
  /** ONNX's name of an input: the same name is the same value. */
  name(input: number): string;
  /** The node that makes an input, if it is an operator of this name and the input its first result, or the one asked for. */
  madeBy(input: number, operator: string, result?: number): OnnxNodeReader | undefined;
  /** The sizes that a Reshape asks for, worked out. */
  target(): readonly number[];
  hasAttribute(name: string): boolean;
  /** The attribute, or the fallback; without a fallback it is required. */
  int(name: string, fallback?: number): number;
  float(name: string, fallback?: number): number;
  string(name: string, fallback?: string): string;
  ints(name: string): readonly number[] | undefined;
  floats(name: string): readonly number[] | undefined;
  /** Whole numbers that are an attribute in older operator sets and an input in newer ones. */
  list(attribute: string, input: number): readonly number[] | undefined;
  /** The ranges of a Slice, cut to the axes. */
  ranges(): readonly OnnxRange[];
  /** The sizes of an input as ONNX sees them, the batch included. */
  dims(input: number): readonly number[];
  /** The numbers of an input that is known at import, or undefined. */
  known(input: number): ConstantValue | undefined;
  /** The same, but required. */
  constant(input: number): ConstantValue;
  /** An input as layers left it, in any arrangement. */
  value(input: number): LayerValue;
  /** A number as a layer. */
  number(value: number): LayerValue;
  /** A list of numbers as a layer. */
  tensor(values: Float32Array): LayerValue;
  /** An input as [space…, channels]: ONNX's axis 1 last, axis 0 gone. */
  channelsLast(input: number): LayerValue;
  /** An input with one axis of ours for each of ONNX's (but the batch), in ONNX's order where they have to move. */
  separate(input: number): LayerValue;
  /** An input with these axes of ONNX, in this order; all others must be the batch or of size 1. */
  ordered(input: number, axes: readonly number[]): LayerValue;
  /** An input as ONNX flattens it: the axes before `axis` are the batch, the rest is one. */
  rows(input: number, axis: number): LayerValue;
  /** Whether all axes before `axis` are the batch or of size 1. */
  isRow(input: number, axis: number): boolean;
  /** A known input that ONNX broadcasts to `value`, in the arrangement of `value`, without leading axes of size 1. */
  alongside(input: number, value: LayerValue): WeightData;
  /**
   * All inputs in one arrangement, ready for broadcasting; with `axis`, with all axes and that one too.
   * @param first a value to take instead of the first input
   */
  aligned(axis?: number, first?: LayerValue): { readonly operands: readonly LayerValue[]; readonly layout: Layout };
  /** The first input ready to be repeated over ONNX's sizes, and the shape of ours that it then has. */
  spreadTo(dims: readonly number[]): { readonly value: LayerValue; readonly shape: Shape; readonly layout: Layout };
  /** The axis of ours that an axis of ONNX (negative: from the end) is in. */
  axis(value: LayerValue, onnxAxis: number): number;
  /** The same, but undefined where the axis has size 1 and none of ours is it. */
  axisIfAny(value: LayerValue, onnxAxis: number): number | undefined;
  /** Adds a layer of the operator whose mapping this is. */
  layer(given: Arguments, operands: readonly LayerValue[], options?: LayerOptions): LayerValue;
  /** Adds a layer of another operator. */
  layerOf(operator: AnyOperator, given: Arguments, operands: readonly LayerValue[], options?: LayerOptions): LayerValue;
  /** Stops the import of this node with a problem. `wanted` says what would work. */
  refuse(message: string, wanted?: string): never;
}

/** The node's results; undefined where another operator fits the node better. */
export type OnnxImport = (node: OnnxNodeReader) => LayerValue | readonly LayerValue[] | undefined;

/** A layer of ours, as an operator's export reads it, and the ONNX nodes that it makes. */
export interface OnnxLayerWriter {
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Our shapes. */
  readonly inputs: readonly Shape[];
  readonly output: Shape;
  readonly axes: readonly AxisRecord[];
  /** ONNX names of the operands; `[space…, channels]` is [1, channels, space…], `[n]` is [1, n]. */
  readonly operands: readonly string[];
  hasWeight(name: string): boolean;
  /** A weight of the layer, in our layout. */
  weight(name: string): WeightData;
  /** Adds a tensor named after the layer, in ONNX's layout, and returns its name. */
  tensor(name: string, value: WeightData): string;
  integers(name: string, values: readonly number[]): string;
  /** Adds a node and returns the name of its output, or of a further one. */
  node(
    operator: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, OnnxAttributeValue>>,
    result?: number,
  ): string;
  /** The operands, those of lower rank reshaped so that ONNX broadcasts them as we do. */
  aligned(): readonly string[];
  /** ONNX's number of an axis of ours, in a value of this rank. */
  axis(ours: number, rank: number): number;
  /** An operand with its axes in our order behind the batch. */
  ourOrder(operand: number): string;
  /** A value whose axes are in our order behind the batch, as ONNX has them. */
  fromOurOrder(value: string, shape: Shape): string;
  /** Stops the export of this layer with a problem. */
  refuse(message: string): never;
}

export type OnnxAttributeValue =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly string: string };

export interface OnnxMapping {
  /** By the names of ONNX's operators: the layers that compute such a node. */
  readonly imports?: Readonly<Record<string, OnnxImport>>;
  /**
   * The same, for the last of several nodes that together are this operator, where ONNX or an exporter has no other way to
   * say it. Tried before `imports`.
   */
  readonly patterns?: Readonly<Record<string, OnnxImport>>;
  /** Adds nodes that compute the layer; returns the name of the value. */
  readonly exports?: (layer: OnnxLayerWriter) => string;
}

/** Operators and how ONNX spells them; of several that import a node of the same name, the first that wants it has it. */
export type OnnxTable = readonly (readonly [operator: AnyOperator, mapping: OnnxMapping])[];
