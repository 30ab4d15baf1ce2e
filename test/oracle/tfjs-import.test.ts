// Graph models of TensorFlow.js: for each operator a small graph, computed by TensorFlow.js and by what we make of it.
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { generator } from '../../compiler/algebra/pseudo-random.ts';
import { fromForeign, toForeign } from '../../compiler/front/importing/border.ts';
import { importTfjs } from '../../compiler/front/tfjs/import.ts';
import { compile } from '../../compiler/index.ts';

type Attribute = Readonly<Record<string, unknown>>;
interface Node {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, Attribute>>;
}

const text = (value: string): Attribute => ({ s: btoa(value) });
const texts = (...values: readonly string[]): Attribute => ({ list: { s: values.map((value) => btoa(value)) } });
const ints = (...values: readonly number[]): Attribute => ({ list: { i: values.map(String) } });
const int = (value: number): Attribute => ({ i: String(value) });
const float = (value: number): Attribute => ({ f: value });
const flag = (value: boolean): Attribute => ({ b: value });
const type = (value: string): Attribute => ({ type: value });
const shape = (...sizes: readonly number[]): Attribute => ({
  shape: { dim: sizes.map((size) => ({ size: String(size) })) },
});

const floats = { T: type('DT_FLOAT') };
const pool = { strides: ints(1, 2, 2, 1), padding: text('SAME'), data_format: text('NHWC') };
const window = {
  strides: ints(1, 2, 2, 1),
  padding: text('SAME'),
  dilations: ints(1, 1, 1, 1),
  data_format: text('NHWC'),
};

/** A graph under construction: placeholders, constants with seeded numbers, nodes. */
class Graph {
  readonly nodes: Node[] = [];
  readonly weights: { name: string; shape: readonly number[]; dtype: string; values: number[] }[] = [];
  readonly #random = generator(5);

  input(name: string, ...sizes: readonly number[]): string {
    this.nodes.push({ name, op: 'Placeholder', attr: { dtype: type('DT_FLOAT'), shape: shape(...sizes) } });
    return name;
  }

  constant(name: string, ...sizes: readonly number[]): string {
    const count = sizes.reduce((product, size) => product * size, 1);
    return this.#constant(
      name,
      sizes,
      'float32',
      Array.from({ length: count }, () => this.#random() * 2 - 1),
    );
  }

  integers(name: string, ...values: readonly number[]): string {
    return this.#constant(name, [values.length], 'int32', [...values]);
  }

  integer(name: string, value: number): string {
    return this.#constant(name, [], 'int32', [value]);
  }

  #constant(name: string, sizes: readonly number[], dtype: string, values: number[]): string {
    const kind = type(dtype === 'int32' ? 'DT_INT32' : 'DT_FLOAT');
    this.nodes.push({
      name,
      op: 'Const',
      attr: { dtype: kind, value: { tensor: { dtype: kind.type, tensorShape: {} } } },
    });
    this.weights.push({ name, shape: sizes, dtype, values });
    return name;
  }

  add(op: string, input: readonly string[], attr: Readonly<Record<string, Attribute>> = {}): string {
    const name = `${op}_${this.nodes.length}`;
    this.nodes.push({ name, op, input, attr: { ...floats, ...attr } });
    return name;
  }

  json() {
    const manifest = this.weights.map(({ name, shape, dtype }) => ({ name, shape, dtype }));
    return {
      format: 'graph-model',
      modelTopology: { node: this.nodes, versions: { producer: 440 } },
      weightsManifest: [{ paths: ['w.bin'], weights: manifest }],
    };
  }

  bytes(): Uint8Array {
    const parts = this.weights.map(({ dtype, values }) =>
      dtype === 'int32' ? new Int32Array(values) : new Float32Array(values),
    );
    return new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part.buffer))));
  }
}

async function compare(graph: Graph): Promise<void> {
  const json = graph.json();
  const bytes = graph.bytes();
  const imported = importTfjs(new TextEncoder().encode(JSON.stringify(json)), 'model.json', { files: () => bytes });
  if (!imported.ok) throw new Error(imported.problems.map(({ message }) => message).join('\n'));
  const { inputs, outputs } = imported.value;
  const compiled = compile(imported.value.text, { weights: imported.value.weights, target: 'ts' });
  if (!compiled.ok)
    throw new Error(`${imported.value.text}\n${compiled.problems.map(({ message }) => message).join('\n')}`);
  const random = generator(11);
  const given = inputs.map(({ dims }) =>
    Float32Array.from({ length: dims.reduce((product, size) => product * size, 1) }, () => random() * 4 - 2),
  );
  const ours = compiled.model
    .instantiate()
    .run(Object.fromEntries(inputs.map((boundary, n) => [boundary.as, fromForeign(given[n]!, boundary)])));
  const weightSpecs = json.weightsManifest[0]!.weights as unknown as tf.io.WeightsManifestEntry[];
  const model = await tf.loadGraphModel(
    tf.io.fromMemory({
      modelTopology: json.modelTopology,
      weightSpecs,
      weightData: bytes.buffer as ArrayBuffer,
      format: json.format,
    }),
  );
  const feeds = Object.fromEntries(inputs.map(({ name, dims }, n) => [name, tf.tensor(given[n]!, [...dims])]));
  for (const boundary of outputs) {
    const expected = await (model.execute(feeds, boundary.name) as tf.Tensor).data();
    const actual = toForeign([ours[boundary.as]!], boundary);
    const largest = Math.max(1, ...expected.map(Math.abs));
    expect(actual.length).toBe(expected.length);
    for (const [n, value] of expected.entries()) expect(Math.abs(actual[n]! - value) / largest).toBeLessThan(2e-6);
  }
}

const image = (graph: Graph, ...sizes: readonly number[]): string => graph.input('image', 1, ...sizes);

const cases: Readonly<Record<string, (graph: Graph) => string>> = {
  'Conv2D with strides': (g) => g.add('Conv2D', [image(g, 7, 6, 3), g.constant('k', 3, 2, 3, 4)], window),
  'Conv2D with dilation': (g) =>
    g.add('Conv2D', [image(g, 9, 9, 2), g.constant('k', 3, 3, 2, 4)], {
      ...window,
      strides: ints(1, 1, 1, 1),
      dilations: ints(1, 2, 2, 1),
    }),
  'Conv2D with explicit padding': (g) =>
    g.add('Conv2D', [image(g, 5, 5, 2), g.constant('k', 3, 3, 2, 4)], {
      ...window,
      padding: text('EXPLICIT'),
      explicit_paddings: ints(0, 0, 1, 2, 0, 1, 0, 0),
    }),
  'a fused convolution': (g) =>
    g.add('_FusedConv2D', [image(g, 6, 6, 3), g.constant('k', 3, 3, 3, 4), g.constant('b', 4)], {
      ...window,
      num_args: int(1),
      fused_ops: texts('BiasAdd', 'Relu6'),
    }),
  'a fused convolution with learned slopes': (g) =>
    g.add('_FusedConv2D', [image(g, 6, 6, 3), g.constant('k', 3, 3, 3, 4), g.constant('b', 4), g.constant('s', 4)], {
      ...window,
      num_args: int(2),
      fused_ops: texts('BiasAdd', 'Prelu'),
    }),
  DepthwiseConv2dNative: (g) =>
    g.add('DepthwiseConv2dNative', [image(g, 6, 6, 3), g.constant('k', 3, 3, 3, 2)], window),
  'a fused depthwise convolution': (g) =>
    g.add('FusedDepthwiseConv2dNative', [image(g, 6, 6, 3), g.constant('k', 3, 3, 3, 1), g.constant('b', 3)], {
      ...window,
      num_args: int(1),
      fused_ops: texts('BiasAdd', 'Relu'),
    }),
  'Conv2DBackpropInput, SAME': (g) =>
    g.add(
      'Conv2DBackpropInput',
      [g.integers('sizes', 1, 8, 7, 4), g.constant('k', 3, 3, 4, 2), image(g, 4, 4, 2)],
      window,
    ),
  'Conv2DBackpropInput, VALID': (g) =>
    g.add('Conv2DBackpropInput', [g.integers('sizes', 1, 10, 9, 4), g.constant('k', 3, 3, 4, 2), image(g, 4, 4, 2)], {
      ...window,
      padding: text('VALID'),
    }),
  MaxPool: (g) => g.add('MaxPool', [image(g, 7, 6, 3)], { ...pool, ksize: ints(1, 3, 3, 1) }),
  AvgPool: (g) => g.add('AvgPool', [image(g, 7, 6, 3)], { ...pool, ksize: ints(1, 3, 3, 1) }),
  FusedBatchNormV3: (g) =>
    g.add(
      'FusedBatchNormV3',
      [
        image(g, 4, 4, 3),
        g.constant('a', 3),
        g.constant('b', 3),
        g.constant('c', 3),
        g.add('Square', [g.constant('d', 3)]),
      ],
      { epsilon: float(0.01), is_training: flag(false), data_format: text('NHWC') },
    ),
  ResizeBilinear: (g) =>
    g.add('ResizeBilinear', [image(g, 4, 5, 2), g.integers('size', 8, 7)], {
      align_corners: flag(false),
      half_pixel_centers: flag(false),
    }),
  'ResizeBilinear, half pixels': (g) =>
    g.add('ResizeBilinear', [image(g, 4, 5, 2), g.integers('size', 8, 7)], {
      align_corners: flag(false),
      half_pixel_centers: flag(true),
    }),
  'ResizeBilinear, corners': (g) =>
    g.add('ResizeBilinear', [image(g, 4, 5, 2), g.integers('size', 8, 7)], {
      align_corners: flag(true),
      half_pixel_centers: flag(false),
    }),
  ResizeNearestNeighbor: (g) =>
    g.add('ResizeNearestNeighbor', [image(g, 4, 5, 2), g.integers('size', 7, 9)], {
      align_corners: flag(false),
      half_pixel_centers: flag(false),
    }),
  'ResizeNearestNeighbor, half pixels': (g) =>
    g.add('ResizeNearestNeighbor', [image(g, 4, 5, 2), g.integers('size', 7, 9)], {
      align_corners: flag(false),
      half_pixel_centers: flag(true),
    }),
  DepthToSpace: (g) => g.add('DepthToSpace', [image(g, 3, 2, 8)], { block_size: int(2), data_format: text('NHWC') }),
  MatMul: (g) =>
    g.add('MatMul', [g.input('x', 1, 6), g.constant('m', 6, 4)], {
      transpose_a: flag(false),
      transpose_b: flag(false),
    }),
  'MatMul of what was flattened': (g) =>
    g.add('MatMul', [g.add('Reshape', [image(g, 3, 2, 2), g.integers('flat', -1, 12)]), g.constant('m', 4, 12)], {
      transpose_a: flag(false),
      transpose_b: flag(true),
    }),
  'a fused product': (g) =>
    g.add('_FusedMatMul', [g.input('x', 1, 6), g.constant('m', 6, 4), g.constant('b', 4)], {
      num_args: int(1),
      fused_ops: texts('BiasAdd', 'Elu'),
      transpose_a: flag(false),
      transpose_b: flag(false),
    }),
  BatchMatMulV2: (g) =>
    g.add('BatchMatMulV2', [g.input('x', 2, 3, 4), g.input('y', 2, 5, 4)], { adj_x: flag(false), adj_y: flag(true) }),
  'Mean over space': (g) => g.add('Mean', [image(g, 4, 5, 3), g.integers('axes', 1, 2)], { keep_dims: flag(true) }),
  'Mean that drops axes': (g) =>
    g.add('Mean', [image(g, 4, 5, 3), g.integers('axes', 1, 2)], { keep_dims: flag(false) }),
  'Max over channels': (g) => g.add('Max', [image(g, 4, 5, 3), g.integers('axes', -1)], { keep_dims: flag(true) }),
  'Sum over everything': (g) =>
    g.add('Sum', [image(g, 4, 5, 3), g.integers('axes', 1, 2, 3)], { keep_dims: flag(false) }),
  ConcatV2: (g) =>
    g.add('ConcatV2', [image(g, 4, 5, 3), g.input('other', 1, 4, 5, 2), g.integer('axis', -1)], { N: int(2) }),
  Pack: (g) => g.add('Pack', [g.input('a', 1, 4, 3), g.input('b', 1, 4, 3)], { axis: int(2), N: int(2) }),
  Pad: (g) => g.add('Pad', [image(g, 4, 5, 3), pads(g)]),
  'PadV2 with a value': (g) => g.add('PadV2', [image(g, 4, 5, 3), pads(g), g.constant('value')]),
  MirrorPad: (g) => g.add('MirrorPad', [image(g, 4, 5, 3), pads(g)], { mode: text('REFLECT') }),
  Slice: (g) => g.add('Slice', [image(g, 4, 5, 3), g.integers('from', 0, 1, 0, 1), g.integers('size', 1, 2, -1, 2)]),
  // TensorFlow.js itself goes wrong where an axis is dropped and another is walked by steps.
  StridedSlice: (g) =>
    g.add(
      'StridedSlice',
      [image(g, 6, 5, 3), g.integers('from', 0, 1, 0), g.integers('to', 0, 6, 0), g.integers('by', 1, 2, 2)],
      {
        begin_mask: int(0b101),
        end_mask: int(0b101),
      },
    ),
  'StridedSlice that drops an axis': (g) =>
    g.add(
      'StridedSlice',
      [image(g, 6, 5, 3), g.integers('from', 0, 1), g.integers('to', 0, 2), g.integers('by', 1, 1)],
      {
        ellipsis_mask: int(0b01),
        shrink_axis_mask: int(0b10),
      },
    ),
  Transpose: (g) => g.add('Transpose', [image(g, 4, 5, 3), g.integers('order', 0, 2, 1, 3)]),
  Squeeze: (g) => g.add('Squeeze', [g.input('x', 1, 4, 1, 3)], { squeeze_dims: ints(2) }),
  ExpandDims: (g) => g.add('ExpandDims', [g.input('x', 1, 4, 3), g.integer('axis', 1)]),
  GatherV2: (g) =>
    g.add('GatherV2', [image(g, 4, 5, 6), g.integers('places', 5, 0, 2), g.integer('axis', 3)], { batch_dims: int(0) }),
  Tile: (g) => g.add('Tile', [image(g, 2, 3, 2), g.integers('counts', 1, 2, 1, 3)]),
  Softmax: (g) => g.add('Softmax', [g.input('x', 1, 6)]),
  LeakyRelu: (g) => g.add('LeakyRelu', [image(g, 3, 3, 2)], { alpha: float(0.3) }),
  Prelu: (g) => g.add('Prelu', [image(g, 3, 3, 2), g.constant('slope', 1, 1, 2)]),
  'sizes worked out in the graph': (g) => {
    const x = image(g, 4, 6, 3);
    const sizes = g.add('Shape', [x], { out_type: type('DT_INT32') });
    const height = g.add('StridedSlice', [sizes, g.integers('at', 1), g.integers('to', 2), g.integers('by', 1)], {
      shrink_axis_mask: int(1),
    });
    const rest = g.add('Pack', [g.integer('one', 1), height, g.integer('all', -1)], { axis: int(0), N: int(3) });
    return g.add('Reshape', [x, rest]);
  },
};

/** One row of padding above, two columns to the right. */
function pads(graph: Graph): string {
  graph.weights.push({ name: 'borders', shape: [4, 2], dtype: 'int32', values: [0, 0, 1, 0, 0, 2, 0, 0] });
  graph.nodes.push({ name: 'borders', op: 'Const', attr: { dtype: type('DT_INT32') } });
  return 'borders';
}

const unary = [
  'Relu',
  'Relu6',
  'Elu',
  'Selu',
  'Sigmoid',
  'Tanh',
  'Softplus',
  'Abs',
  'Ceil',
  'Cos',
  'Exp',
  'Expm1',
  'Floor',
  'Neg',
  'Reciprocal',
  'Sign',
  'Sin',
  'Square',
  'Erf',
];
const binary = [
  'AddV2',
  'Sub',
  'Mul',
  'RealDiv',
  'Maximum',
  'Minimum',
  'SquaredDifference',
  'FloorDiv',
  'FloorMod',
  'DivNoNan',
];

describe('an imported graph model computes what TensorFlow.js does', () => {
  it.each(Object.keys(cases))('%s', async (name) => {
    const graph = new Graph();
    cases[name]!(graph);
    await compare(graph);
  });

  it.each(unary)('%s', async (name) => {
    const graph = new Graph();
    graph.add(name, [image(graph, 3, 4, 2)]);
    await compare(graph);
  });

  it.each(binary)('%s, with broadcasting', async (name) => {
    const graph = new Graph();
    graph.add(name, [image(graph, 3, 4, 2), graph.constant('c', 2)]);
    graph.add(name, ['image', graph.input('other', 1, 1, 4, 1)]);
    await compare(graph);
  });

  it.each(['Greater', 'GreaterEqual', 'Less', 'LessEqual', 'Equal', 'NotEqual'])('%s', async (name) => {
    const graph = new Graph();
    const rounded = graph.add('Floor', [image(graph, 3, 4, 2)]);
    const test = graph.add(name, [rounded, graph.add('Floor', [graph.input('other', 1, 3, 4, 2)])]);
    graph.add('Cast', [test], { SrcT: type('DT_BOOL'), DstT: type('DT_FLOAT') });
    await compare(graph);
  });
});

describe('a graph model is refused', () => {
  const problems = (graph: Graph) => {
    const bytes = new TextEncoder().encode(JSON.stringify(graph.json()));
    return importTfjs(bytes, 'model.json', { files: () => graph.bytes() }).problems.map(({ code }) => code);
  };

  it('by the name of an operator, an attribute, or an open size', () => {
    const unknown = new Graph();
    unknown.add('NonMaxSuppressionV5', [image(unknown, 3, 3, 2)]);
    expect(problems(unknown)).toEqual(['tfjs/operator']);
    const attribute = new Graph();
    attribute.add('Relu', [image(attribute, 3, 3, 2)], { sparse: flag(true) });
    expect(problems(attribute)).toEqual(['tfjs/attribute']);
    const open = new Graph();
    open.add('Relu', [open.input('image', -1, -1, 4, 3)]);
    expect(problems(open)).toEqual(['tfjs/dimension']);
  });

  it('where nodes are missing or go round in a circle', () => {
    const missing = new Graph();
    missing.add('Relu', ['nothing']);
    expect(problems(missing)).toEqual(['tfjs/missing']);
    const circle = new Graph();
    circle.add('Relu', ['Relu_1']);
    circle.add('Relu', ['Relu_0']);
    expect(problems(circle)).toEqual(['tfjs/cycle']);
  });
});
