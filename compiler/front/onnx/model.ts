// ONNX as typed values: the messages of onnx.proto that an inference model uses, without meaning yet.
// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
//
// 64-bit integers are numbers; beyond 2⁵³ they are rounded, and refused wherever they are taken for a size.

export interface OnnxModel {
  readonly irVersion: number;
  readonly operatorSets: readonly OnnxOperatorSet[];
  readonly producerName: string;
  readonly producerVersion: string;
  readonly domain: string;
  readonly modelVersion: number;
  readonly documentation: string;
  readonly graph?: OnnxGraph;
  readonly metadata: readonly OnnxEntry[];
}

export interface OnnxOperatorSet {
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  readonly version: number;
}

export interface OnnxEntry {
  readonly key: string;
  readonly value: string;
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly name: string;
  readonly initializers: readonly OnnxTensor[];
  readonly documentation: string;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** What the exporter knew of the values between. */
  readonly values: readonly OnnxValue[];
}

export interface OnnxNode {
  /** Names of values; an empty name is an optional input left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly name: string;
  readonly operator: string;
  readonly attributes: readonly OnnxAttribute[];
  readonly documentation: string;
  readonly domain: string;
}

export interface OnnxAttribute {
  readonly name: string;
  readonly float?: number;
  readonly int?: number;
  readonly string?: Uint8Array;
  readonly tensor?: OnnxTensor;
  readonly graph?: OnnxGraph;
  readonly floats: readonly number[];
  readonly ints: readonly number[];
  readonly strings: readonly Uint8Array[];
  readonly tensors: readonly OnnxTensor[];
  readonly graphs: readonly OnnxGraph[];
  readonly documentation: string;
  /** One of `attributeTypes`, 0 in files older than the field. */
  readonly type: number;
}

/** Which field of an attribute holds its value, by the number in its `type`. */
export const attributeTypes = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
  tensors: 9,
  graphs: 10,
} as const;

export type OnnxAttributeType = keyof typeof attributeTypes;

export interface OnnxTensor {
  readonly dims: readonly number[];
  /** One of the numbers of `TensorProto.DataType`; see `tensor.ts`. */
  readonly dataType: number;
  readonly floatData: readonly number[];
  readonly int32Data: readonly number[];
  readonly stringData: readonly Uint8Array[];
  readonly int64Data: readonly number[];
  readonly name: string;
  /** Little-endian numbers, a view of the file. */
  readonly rawData?: Uint8Array;
  readonly doubleData: readonly number[];
  readonly uint64Data: readonly number[];
  readonly documentation: string;
  readonly externalData: readonly OnnxEntry[];
  /** 1: the numbers are in another file, named by `externalData`. */
  readonly dataLocation: number;
}

export interface OnnxValue {
  readonly name: string;
  readonly type?: OnnxType;
  readonly documentation: string;
}

export interface OnnxType {
  /** Absent for sequences, maps and optional values. */
  readonly tensor?: OnnxTensorType;
}

export interface OnnxTensorType {
  readonly elementType: number;
  /** Absent where even the rank is unknown. */
  readonly shape?: OnnxShape;
}

export interface OnnxShape {
  readonly dimensions: readonly OnnxDimension[];
}

/** A size, a name for a size that the user binds, or neither: unknown. */
export interface OnnxDimension {
  readonly size?: number;
  readonly parameter?: string;
  /** What the axis is: `DATA_BATCH`, `DATA_CHANNEL`, `DATA_FEATURE`. */
  readonly denotation: string;
}
