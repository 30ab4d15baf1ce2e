// Short ways to say ONNX models in tests.
import type {
  OnnxAttribute,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxTensor,
  OnnxValue,
} from '../../compiler/front/onnx/model.ts';

const text = (content: string) => new TextEncoder().encode(content);

export function tensor(name: string, dims: number[], values: number[], more: Partial<OnnxTensor> = {}): OnnxTensor {
  const rawData = new Uint8Array(Float32Array.from(values).buffer);
  return { ...emptyTensor, name, dims, dataType: 1, rawData, ...more };
}

export const integers = (name: string, dims: number[], values: number[]): OnnxTensor => ({
  ...emptyTensor,
  name,
  dims,
  dataType: 7,
  int64Data: values,
});

export const emptyTensor: OnnxTensor = {
  dims: [],
  dataType: 1,
  floatData: [],
  int32Data: [],
  stringData: [],
  int64Data: [],
  name: '',
  doubleData: [],
  uint64Data: [],
  documentation: '',
  externalData: [],
  dataLocation: 0,
};

type Value = number | string | number[] | OnnxTensor | { float: number } | { floats: number[] };

export function attribute(name: string, value: Value): OnnxAttribute {
  const none = { name, floats: [], ints: [], strings: [], tensors: [], graphs: [], documentation: '', type: 0 };
  if (typeof value === 'number') return { ...none, type: 2, int: value };
  if (typeof value === 'string') return { ...none, type: 3, string: text(value) };
  if (Array.isArray(value)) return { ...none, type: 7, ints: value };
  if ('float' in value) return { ...none, type: 1, float: value.float };
  if ('floats' in value) return { ...none, type: 6, floats: value.floats };
  return { ...none, type: 4, tensor: value };
}

export function node(
  operator: string,
  inputs: string[],
  outputs: string[],
  attributes: Record<string, Value> = {},
  name = '',
): OnnxNode {
  return {
    operator,
    inputs,
    outputs,
    name,
    attributes: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
    documentation: '',
    domain: '',
  };
}

export const value = (name: string, shape: (number | string)[], elementType = 1): OnnxValue => ({
  name,
  documentation: '',
  type: {
    tensor: {
      elementType,
      shape: {
        dimensions: shape.map((size) => ({
          ...(typeof size === 'number' ? { size } : { parameter: size }),
          denotation: '',
        })),
      },
    },
  },
});

export function model(graph: Partial<OnnxGraph>, version = 17): OnnxModel {
  return {
    irVersion: 8,
    operatorSets: [{ domain: '', version }],
    producerName: 'test',
    producerVersion: '',
    domain: '',
    modelVersion: 0,
    documentation: '',
    metadata: [],
    graph: {
      nodes: [],
      name: 'net',
      initializers: [],
      documentation: '',
      inputs: [],
      outputs: [],
      values: [],
      ...graph,
    },
  };
}

/** A convolution, an activation, a flattening by shape arithmetic and a matrix product: every kind of field. */
export const smallModel = (): OnnxModel =>
  model({
    inputs: [value('image', ['batch', 1, 4, 4])],
    outputs: [value('scores', ['batch', 2])],
    values: [value('h', ['batch', 2, 2, 2])],
    initializers: [
      tensor(
        'conv.weight',
        [2, 1, 3, 3],
        Array.from({ length: 18 }, (_, i) => (i % 5) - 2),
      ),
      tensor('conv.bias', [2], [], { rawData: undefined, floatData: [0.5, -0.5] }),
      tensor(
        'fc.weight',
        [2, 8],
        Array.from({ length: 16 }, (_, i) => (i % 3) - 1),
      ),
      integers('minus', [1], [-1]),
    ],
    nodes: [
      node('Conv', ['image', 'conv.weight', 'conv.bias'], ['h'], { kernel_shape: [3, 3], pads: [0, 0, 0, 0] }, 'conv'),
      node('LeakyRelu', ['h'], ['r'], { alpha: { float: 0.25 } }),
      node('Shape', ['r'], ['s']),
      node('Constant', [], ['zero'], { value: integers('', [1], [0]) }),
      node('Gather', ['s', 'zero'], ['b'], { axis: 0 }),
      node('Concat', ['b', 'minus'], ['target'], { axis: 0 }),
      node('Reshape', ['r', 'target'], ['flat']),
      node('Gemm', ['flat', 'fc.weight'], ['scores'], { transB: 1 }),
    ],
  });
