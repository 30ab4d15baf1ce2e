// Writes TensorFlow Lite files from the records that the reader makes of them, for tests and benchmarks.
import { Builder } from 'flatbuffers';
import {
  builtinOperators,
  elementTypes,
  optionFields,
  type TfliteElement,
  type TfliteOptions,
  type TfliteQuantization,
} from '../../compiler/front/tflite/schema.ts';

export interface TensorToWrite {
  readonly name: string;
  readonly shape: readonly number[];
  readonly element?: TfliteElement;
  readonly data?: Uint8Array;
  readonly quantization?: TfliteQuantization;
}

export interface OperatorToWrite {
  readonly name: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly options?: TfliteOptions;
  readonly customOptions?: Uint8Array;
}

export interface ModelToWrite {
  readonly tensors: readonly TensorToWrite[];
  readonly operators: readonly OperatorToWrite[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** The schema's number of each operator's options in the union of all options. */
const optionsType: Readonly<Record<string, number>> = {
  CONV_2D: 1,
  DEPTHWISE_CONV_2D: 2,
  AVERAGE_POOL_2D: 5,
  MAX_POOL_2D: 5,
  L2_POOL_2D: 5,
  FULLY_CONNECTED: 8,
  SOFTMAX: 9,
  CONCATENATION: 10,
  ADD: 11,
  L2_NORMALIZATION: 12,
  LOCAL_RESPONSE_NORMALIZATION: 13,
  RESIZE_BILINEAR: 15,
  RESHAPE: 17,
  SPACE_TO_DEPTH: 19,
  MUL: 21,
  GATHER: 23,
  MEAN: 27,
  SUM: 27,
  REDUCE_MAX: 27,
  REDUCE_MIN: 27,
  REDUCE_PROD: 27,
  SUB: 28,
  DIV: 29,
  SQUEEZE: 30,
  STRIDED_SLICE: 32,
  SPLIT: 35,
  CAST: 37,
  ARG_MAX: 40,
  TRANSPOSE_CONV: 49,
  PACK: 59,
  UNPACK: 64,
  RESIZE_NEAREST_NEIGHBOR: 74,
  LEAKY_RELU: 75,
  MIRROR_PAD: 77,
  SPLIT_V: 79,
  DEPTH_TO_SPACE: 89,
  BATCH_MATMUL: 101,
  CUMSUM: 102,
  GELU: 121,
};

export function writeTflite(model: ModelToWrite): Uint8Array {
  const builder = new Builder(1024);
  const table = (fields: readonly ((field: number) => void)[]): number => {
    builder.startObject(fields.length);
    for (const [field, add] of fields.entries()) add(field);
    return builder.endObject();
  };
  const int8 = (value: number) => (field: number) => builder.addFieldInt8(field, value, 0);
  const int32 = (value: number) => (field: number) => builder.addFieldInt32(field, value, 0);
  const link = (offset: number) => (field: number) => builder.addFieldOffset(field, offset, 0);
  const list = (size: number, values: readonly number[], add: (value: number) => void): number => {
    builder.startVector(size, values.length, size);
    for (const value of [...values].reverse()) add(value);
    return builder.endVector();
  };
  const int32s = (values: readonly number[]) => list(4, values, (value) => builder.addInt32(value));
  const offsets = (values: readonly number[]) => list(4, values, (value) => builder.addOffset(value));
  const bytes = (data: Uint8Array): number => {
    builder.startVector(1, data.byteLength, 16);
    for (let n = data.byteLength - 1; n >= 0; n--) builder.addInt8(data[n]!);
    return builder.endVector();
  };

  const buffers: number[] = [table([])];
  const tensors = model.tensors.map(({ name, shape, element = 'float32', data, quantization }) => {
    if (data) buffers.push(table([link(bytes(data))]));
    const place = data ? buffers.length - 1 : 0;
    const label = builder.createString(name);
    const sizes = int32s(shape);
    const parts = quantization && quantizationTable(quantization);
    return table([
      link(sizes),
      int8(elementTypes.indexOf(element)),
      int32(place),
      link(label),
      ...(parts ? [link(parts)] : []),
    ]);
  });

  function quantizationTable({ scales, zeroPoints, axis }: TfliteQuantization): number {
    const scale = list(4, scales, (value) => builder.addFloat32(value));
    const zero = list(8, zeroPoints, (value) => builder.addInt64(BigInt(value)));
    const none = () => {};
    return table([none, none, link(scale), link(zero), none, none, int32(axis)]);
  }

  function optionsTable(name: string, options: TfliteOptions): number {
    const fields = Object.entries(optionFields[name] ?? {});
    const last = Math.max(-1, ...fields.map(([, [field]]) => field));
    const lists = new Map(
      fields.flatMap(([key]) =>
        Array.isArray(options[key]) ? [[key, int32s(options[key] as number[])] as const] : [],
      ),
    );
    builder.startObject(last + 1);
    for (const [key, [field, kind, fallback = 0]] of fields) {
      const value = options[key];
      if (value === undefined) continue;
      if (kind === 'int32s') builder.addFieldOffset(field, lists.get(key)!, 0);
      else if (kind === 'flag' || kind === 'int8') builder.addFieldInt8(field, Number(value), fallback);
      else if (kind === 'int32') builder.addFieldInt32(field, Number(value), fallback);
      else builder.addFieldFloat32(field, Number(value), fallback);
    }
    return builder.endObject();
  }

  const names = [...new Set(model.operators.map(({ name }) => name))];
  const codes = names.map((name) => {
    const number = builtinOperators.indexOf(name);
    const custom = number < 0 ? builder.createString(name) : 0;
    const code = number < 0 ? builtinOperators.indexOf('CUSTOM') : number;
    return table([int8(Math.min(code, 127)), link(custom), int32(1), int32(code)]);
  });
  const operators = model.operators.map(({ name, inputs, outputs, options = {}, customOptions }) => {
    const [from, to] = [int32s(inputs), int32s(outputs)];
    const type = optionsType[name] ?? 0;
    const given = type ? optionsTable(name, options) : 0;
    const custom = customOptions ? bytes(customOptions) : 0;
    return table([int32(names.indexOf(name)), link(from), link(to), int8(type), link(given), link(custom)]);
  });
  const graph = table([
    link(offsets(tensors)),
    link(int32s(model.inputs)),
    link(int32s(model.outputs)),
    link(offsets(operators)),
  ]);
  const [allCodes, graphs, allBuffers] = [offsets(codes), offsets([graph]), offsets(buffers)];
  const description = builder.createString('');
  builder.finish(table([int32(3), link(allCodes), link(graphs), link(description), link(allBuffers)]), 'TFL3');
  return builder.asUint8Array().slice();
}
