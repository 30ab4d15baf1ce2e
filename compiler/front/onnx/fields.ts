// Which field of onnx.proto is which of ours: one table per message, read by the decoder and the encoder alike.
import { bytes, double, float, int, type MessageType, message, optional, repeated, string } from './message.ts';
import type {
  OnnxAttribute,
  OnnxDimension,
  OnnxEntry,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxOperatorSet,
  OnnxShape,
  OnnxTensor,
  OnnxTensorType,
  OnnxType,
  OnnxValue,
} from './model.ts';

const sparse = 'sparse tensors are not supported: export the model with dense tensors';

const entryType: MessageType<OnnxEntry> = {
  fields: { key: string(1), value: string(2) },
};

const operatorSetType: MessageType<OnnxOperatorSet> = {
  fields: { domain: string(1), version: int(2) },
};

const dimensionType: MessageType<OnnxDimension> = {
  fields: { size: optional(int(1)), parameter: optional(string(2)), denotation: string(3) },
};

const shapeType: MessageType<OnnxShape> = {
  fields: { dimensions: repeated(message(1, () => dimensionType)) },
};

const tensorTypeType: MessageType<OnnxTensorType> = {
  fields: { elementType: int(1), shape: message(2, () => shapeType) },
};

const typeType: MessageType<OnnxType> = {
  fields: { tensor: message(1, () => tensorTypeType) },
};

const valueType: MessageType<OnnxValue> = {
  fields: { name: string(1), type: message(2, () => typeType), documentation: string(3) },
};

export const tensorType: MessageType<OnnxTensor> = {
  fields: {
    dims: repeated(int(1)),
    dataType: int(2),
    floatData: repeated(float(4)),
    int32Data: repeated(int(5)),
    stringData: repeated(bytes(6)),
    int64Data: repeated(int(7)),
    name: string(8),
    rawData: optional(bytes(9)),
    doubleData: repeated(double(10)),
    uint64Data: repeated(int(11)),
    documentation: string(12),
    externalData: repeated(message(13, () => entryType)),
    dataLocation: int(14),
  },
  refused: { 3: 'tensors in segments are not supported' },
};

const attributeType: MessageType<OnnxAttribute> = {
  fields: {
    name: string(1),
    float: optional(float(2)),
    int: optional(int(3)),
    string: optional(bytes(4)),
    tensor: message(5, () => tensorType),
    graph: message(6, () => graphType),
    floats: repeated(float(7)),
    ints: repeated(int(8)),
    strings: repeated(bytes(9)),
    tensors: repeated(message(10, () => tensorType)),
    graphs: repeated(message(11, () => graphType)),
    documentation: string(13),
    type: int(20),
  },
  refused: { 22: sparse, 23: sparse },
};

const nodeType: MessageType<OnnxNode> = {
  fields: {
    inputs: repeated(string(1)),
    outputs: repeated(string(2)),
    name: string(3),
    operator: string(4),
    attributes: repeated(message(5, () => attributeType)),
    documentation: string(6),
    domain: string(7),
  },
};

const graphType: MessageType<OnnxGraph> = {
  fields: {
    nodes: repeated(message(1, () => nodeType)),
    name: string(2),
    initializers: repeated(message(5, () => tensorType)),
    documentation: string(10),
    inputs: repeated(message(11, () => valueType)),
    outputs: repeated(message(12, () => valueType)),
    values: repeated(message(13, () => valueType)),
  },
  refused: { 15: sparse },
};

export const modelType: MessageType<OnnxModel> = {
  fields: {
    irVersion: int(1),
    producerName: string(2),
    producerVersion: string(3),
    domain: string(4),
    modelVersion: int(5),
    documentation: string(6),
    graph: message(7, () => graphType),
    operatorSets: repeated(message(8, () => operatorSetType)),
    metadata: repeated(message(14, () => entryType)),
  },
};
