// ONNX files: the codec against its own bytes and against hand-written ones, tensors in every form, external data.
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { InferenceSession, Tensor } from 'onnxruntime-web';
import { describe, expect, test } from 'vitest';
import { decodeModel, decodeTensor, encodeModel } from '../../compiler/front/onnx/codec.ts';
import { readTensor } from '../../compiler/front/onnx/tensor.ts';
import { emptyTensor, model, node, smallModel, value } from './formats-onnx-builder.ts';

const text = (content: string) => new TextEncoder().encode(content);

function problem(bytes: Uint8Array) {
  const result = decodeModel(bytes, 'm.onnx');
  expect(result.ok).toBe(false);
  return result.problems[0]!;
}

describe('codec', () => {
  test('decodes what it encoded, big tensors as views', () => {
    const bytes = encodeModel(smallModel());
    const decoded = decodeModel(bytes, 'm.onnx');
    if (!decoded.ok) throw new Error(decoded.problems[0]!.message);
    expect(decoded.value).toEqual(smallModel());
    expect(decoded.value.graph!.initializers[0]!.rawData!.buffer).toBe(bytes.buffer);
    expect(encodeModel(decoded.value)).toEqual(bytes);
  });

  test('onnxruntime runs what was encoded', async () => {
    const session = await InferenceSession.create(encodeModel(smallModel()));
    const image = new Tensor(
      'float32',
      Float32Array.from({ length: 16 }, (_, i) => i % 7),
      [1, 1, 4, 4],
    );
    const { scores } = await session.run({ image });
    expect(scores!.dims).toEqual([1, 2]);
    expect([...(scores!.data as Float32Array)].every(Number.isFinite)).toBe(true);
  });

  test('packed and unpacked lists are the same', () => {
    const unpacked = new BinaryWriter();
    for (const dim of [2, 1]) unpacked.tag(1, WireType.Varint).int64(dim);
    unpacked.tag(2, WireType.Varint).int32(1);
    for (const number of [1.5, -2]) unpacked.tag(4, WireType.Bit32).float(number);
    const packed = new BinaryWriter();
    packed.tag(4, WireType.LengthDelimited).fork().float(1.5).float(-2).join();
    packed.tag(2, WireType.Varint).int32(1);
    packed.tag(1, WireType.LengthDelimited).fork().int64(2).int64(1).join();
    const expected = { ...emptyTensor, dims: [2, 1], floatData: [1.5, -2] };
    expect(decodeTensor(unpacked.finish(), 't')).toMatchObject({ ok: true, value: expected });
    expect(decodeTensor(packed.finish(), 't')).toMatchObject({ ok: true, value: expected });
  });

  test('skips unknown fields, groups too', () => {
    const writer = new BinaryWriter();
    writer.tag(900, WireType.LengthDelimited).string('later');
    writer.tag(901, WireType.StartGroup).tag(1, WireType.Varint).int32(5).tag(901, WireType.EndGroup);
    writer.raw(encodeModel(smallModel()));
    expect(decodeModel(writer.finish(), 'm.onnx')).toMatchObject({ ok: true, value: smallModel() });
  });

  test('64-bit extremes survive', () => {
    const extreme = model({ nodes: [node('Slice', ['x'], ['y'], { ends: [2 ** 63, -(2 ** 63), -1, 2 ** 40] })] });
    const decoded = decodeModel(encodeModel(extreme), 'm.onnx');
    expect(decoded.ok && decoded.value.graph!.nodes[0]!.attributes[0]!.ints).toEqual([
      2 ** 63,
      -(2 ** 63),
      -1,
      2 ** 40,
    ]);
  });

  test('a fault says where: the path of the field and the byte', () => {
    const graph = new BinaryWriter();
    graph.tag(1, WireType.LengthDelimited).fork().tag(4, WireType.LengthDelimited).string('Relu').join();
    graph.tag(1, WireType.LengthDelimited).fork().tag(4, WireType.LengthDelimited).uint32(99).join();
    const file = new BinaryWriter().tag(7, WireType.LengthDelimited).bytes(graph.finish()).finish();
    const { code, message } = problem(file);
    expect(code).toBe('onnx/malformed');
    expect(message).toContain('graph.nodes[1].operator');
    expect(message).toMatch(/byte \d+/);
  });

  test.each([
    ['onnx/no-graph', new Uint8Array(0)],
    ['onnx/malformed', text('not a model')],
    ['onnx/malformed', Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f)],
    ['onnx/malformed', new BinaryWriter().tag(7, WireType.Varint).int32(3).finish()],
    ['onnx/malformed', Uint8Array.of(0x12, 1, 0xff)],
    ['onnx/unsupported-field', new BinaryWriter().tag(7, 2).fork().tag(15, 2).bytes(text('')).join().finish()],
  ])('%s (%#)', (code, bytes) => {
    expect(problem(bytes).code).toBe(code);
  });

  test('nesting without end is refused', () => {
    let bytes: Uint8Array = new Uint8Array(0);
    for (let depth = 0; depth < 200; depth++) {
      const attribute = new BinaryWriter().tag(6, 2).bytes(bytes).finish();
      const inner = new BinaryWriter().tag(5, 2).bytes(attribute).finish();
      bytes = new BinaryWriter().tag(1, 2).bytes(inner).finish();
    }
    expect(problem(new BinaryWriter().tag(7, 2).bytes(bytes).finish()).message).toContain('deep');
  });

  test('a million messages in two megabytes are refused', () => {
    const graph = new Uint8Array(2 * ((1 << 20) + 1)).map((_, i) => (i % 2 === 0 ? 0x0a : 0));
    expect(problem(new BinaryWriter().tag(7, 2).bytes(graph).finish()).message).toContain('1048576 messages');
  });
});

describe('tensors', () => {
  const read = (more: object, external?: (location: string) => Uint8Array | undefined) =>
    readTensor({ ...emptyTensor, name: 't', ...more }, 'm.onnx', external);
  const numbers = (more: object) => {
    const result = read(more);
    if (!result.ok) throw new Error(result.problems[0]!.message);
    return [result.value.kind, ...result.value.data];
  };

  test.each([
    [1, 'floatData', [1.5], [0, 0, 0xc0, 0x3f], 1.5],
    [2, 'int32Data', [200], [200], 200],
    [3, 'int32Data', [-2], [0xfe], -2],
    [4, 'int32Data', [65535], [0xff, 0xff], 65535],
    [5, 'int32Data', [-2], [0xfe, 0xff], -2],
    [6, 'int32Data', [-7], [0xf9, 0xff, 0xff, 0xff], -7],
    [7, 'int64Data', [-1], Array(8).fill(0xff), -1],
    [9, 'int32Data', [1], [1], 1],
    [10, 'int32Data', [0x3e00], [0x00, 0x3e], 1.5],
    [11, 'doubleData', [1.5], [0, 0, 0, 0, 0, 0, 0xf8, 0x3f], 1.5],
    [12, 'uint64Data', [5], [5, 0, 0, 0], 5],
    [13, 'uint64Data', [5], [5, 0, 0, 0, 0, 0, 0, 0], 5],
    [16, 'int32Data', [0x3fc0], [0xc0, 0x3f], 1.5],
  ])('element type %i, typed and raw', (dataType, field, typed, raw, expected) => {
    const kind = [1, 10, 11, 16].includes(dataType) ? 'float' : 'integer';
    expect(numbers({ dims: [1], dataType, [field]: typed })).toEqual([kind, expected]);
    expect(numbers({ dims: [1], dataType, rawData: Uint8Array.from(raw) })).toEqual([kind, expected]);
  });

  test('a scalar has one element, an empty tensor none', () => {
    expect(numbers({ floatData: [3] })).toEqual(['float', 3]);
    expect(numbers({ dims: [0, 4] })).toEqual(['float']);
  });

  test.each([
    ['onnx/tensor-size', { dims: [2], floatData: [1] }],
    ['onnx/tensor-size', { dims: [1], floatData: [1, 2] }],
    ['onnx/tensor-size', { dims: [1], rawData: new Uint8Array(3) }],
    ['onnx/tensor-size', { dims: [-1], floatData: [1] }],
    ['onnx/tensor-size', { dims: [2 ** 40, 2 ** 40], floatData: [] }],
    ['onnx/tensor-size', { dims: [2 ** 63], rawData: new Uint8Array(8) }],
    ['onnx/tensor-type', { dataType: 8, stringData: [text('a')], dims: [1] }],
    ['onnx/tensor-type', { dataType: 0 }],
  ])('%s (%#)', (code, more) => {
    const result = read(more);
    expect(result.problems[0]).toMatchObject({ code, message: expect.stringContaining('"t"') });
  });
});

describe('external data', () => {
  const file = Uint8Array.from({ length: 12 }, (_, i) => i);
  const files = (location: string) => (location === 'weights/w.bin' ? file : undefined);
  const read = (entries: Record<string, string>) => {
    const externalData = Object.entries(entries).map(([key, content]) => ({ key, value: content }));
    return readTensor({ ...emptyTensor, dims: [2], dataType: 2, dataLocation: 1, externalData }, 'm.onnx', files);
  };

  test('reads a range of a file beside the model', () => {
    const result = read({ location: 'weights/w.bin', offset: '4', length: '2' });
    expect(result.ok && [...result.value.data]).toEqual([4, 5]);
    expect(read({ location: 'weights/w.bin', offset: '10' }).ok).toBe(true);
  });

  test.each([
    '/etc/passwd',
    '../w.bin',
    'a/../../w.bin',
    'a\\..\\w.bin',
    'C:w.bin',
    'https://host/w.bin',
    'file:w.bin',
    '~/w.bin',
    'w\0.bin',
    '..',
    '',
  ])('refuses %j', (location) => {
    expect(read({ location }).problems[0]!.code).toBe('onnx/external-location');
  });

  test.each([
    ['onnx/external-missing', { location: 'other.bin' }],
    ['onnx/external-location', {}],
    ['onnx/external-range', { location: 'weights/w.bin', offset: '11', length: '2' }],
    ['onnx/external-range', { location: 'weights/w.bin', offset: '-2' }],
    ['onnx/external-range', { location: 'weights/w.bin', length: '99999999999999999999' }],
    ['onnx/external-range', { location: 'weights/w.bin', offset: 'zero' }],
    ['onnx/tensor-size', { location: 'weights/w.bin' }],
  ])('%s (%#)', (code, entries) => {
    expect(read(entries as Record<string, string>).problems[0]!.code).toBe(code);
  });
});

test('a value without a shape and one with named sizes', () => {
  const unknown = { name: 'x', documentation: '', type: { tensor: { elementType: 1 } } };
  const graph = { inputs: [unknown, value('y', ['N', 3])] };
  const decoded = decodeModel(encodeModel(model(graph)), 'm.onnx');
  expect(decoded.ok && decoded.value.graph!.inputs).toEqual(graph.inputs);
});
