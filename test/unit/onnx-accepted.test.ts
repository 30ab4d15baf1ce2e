// Models that are right though they look unusual: each is imported, and computes what onnxruntime computes.
import { InferenceSession, Tensor } from 'onnxruntime-web';
import { describe, expect, test } from 'vitest';
import { evaluateOutputs } from '../../compiler/analysis/reference.ts';
import { analyse } from '../../compiler/compile.ts';
import { fromForeign, toForeign } from '../../compiler/front/importing/border.ts';
import type { ImportedModel } from '../../compiler/front/importing/import.ts';
import { encodeModel } from '../../compiler/front/onnx/codec.ts';
import { importModel } from '../../compiler/front/onnx/import.ts';
import type { OnnxGraph, OnnxModel } from '../../compiler/front/onnx/model.ts';
import { bindWeights } from '../../compiler/plan/weights.ts';
import type { Result } from '../../dsl/problem.ts';
import { integers, model, node, tensor, value } from './formats-onnx-builder.ts';

function need<V>(result: Result<V>): V {
  if (!result.ok) throw new Error(result.problems.map(({ code, message }) => `${code}: ${message}`).join('\n'));
  return result.value;
}

const ramp = (count: number, scale = 0.25): number[] =>
  Array.from({ length: count }, (_, i) => (((i * 7) % 11) - 5) * scale);
const sizeOf = (dims: readonly number[]): number => dims.reduce((product, size) => product * size, 1);

function ours(imported: ImportedModel, feeds: ReadonlyMap<string, Float32Array>): Float32Array[] {
  const [network] = need(analyse({ file: 'net.convnet', text: imported.text }));
  const weights = need(bindWeights(network!, imported.weights, undefined));
  const inputs = imported.inputs.map((input) => [input.as, fromForeign(feeds.get(input.name)!, input)] as const);
  const results = evaluateOutputs(network!, weights, Object.fromEntries(inputs));
  return imported.outputs.map((output) => toForeign([results[output.as]!], output));
}

async function theirs(onnx: OnnxModel, feeds: ReadonlyMap<string, Float32Array>): Promise<Float32Array[]> {
  const session = await InferenceSession.create(encodeModel(onnx), { logSeverityLevel: 3 });
  const dims = (name: string) =>
    onnx.graph!.inputs.find((input) => input.name === name)!.type!.tensor!.shape!.dimensions.map(({ size }) => size!);
  const results = await session.run(
    Object.fromEntries([...feeds].map(([name, data]) => [name, new Tensor('float32', data, dims(name))])),
  );
  await session.release();
  return onnx.graph!.outputs.map(({ name }) => Float32Array.from(results[name]!.data as Float32Array));
}

async function expectSame(graph: Partial<OnnxGraph>, version?: number): Promise<ImportedModel> {
  const onnx = model(graph, version);
  const feeds = new Map(
    onnx.graph!.inputs.map(({ name, type }) => {
      const dims = type!.tensor!.shape!.dimensions.map(({ size }) => size!);
      return [name, Float32Array.from(ramp(sizeOf(dims)))] as const;
    }),
  );
  const imported = need(importModel(onnx, 'net.onnx'));
  const wanted = await theirs(onnx, feeds);
  const found = ours(imported, feeds);
  expect(found.length).toBe(wanted.length);
  for (const [n, numbers] of wanted.entries()) {
    expect(found[n]!.length).toBe(numbers.length);
    for (const [i, number] of numbers.entries()) {
      if (Number.isFinite(number)) expect(found[n]![i]).toBeCloseTo(number, 4);
      else expect(found[n]![i]).toBe(number);
    }
  }
  return imported;
}

const image = [1, 4, 6, 5];
const input = [value('x', image)];
const output = (...dims: number[]) => [value('y', dims)];

describe('reductions', () => {
  const names = ['Sum', 'Mean', 'Max', 'Min', 'Prod', 'L1', 'L2', 'SumSquare', 'LogSumExp'];

  test.each(names)('Reduce%s of everything is a single number', async (name) => {
    const nodes = [node(`Reduce${name}`, ['x'], ['y'], { keepdims: 0 })];
    await expectSame({ inputs: [value('x', [1, 2, 3, 2])], outputs: output(), nodes }, 13);
  });

  test.each(names)('Reduce%s over the batch alone', async (name) => {
    // The axes of the sum are an input since operator set 13, those of the others since 18.
    const axes: Record<string, number[]> = name === 'Sum' ? {} : { axes: [0] };
    const nodes = [node(`Reduce${name}`, name === 'Sum' ? ['x', 'axes'] : ['x'], ['y'], { keepdims: 0, ...axes })];
    const initializers = name === 'Sum' ? [integers('axes', [1], [0])] : [];
    await expectSame({ inputs: input, outputs: output(4, 6, 5), initializers, nodes }, 13);
  });

  test('a single number goes on into the next layer', async () => {
    const nodes = [node('ReduceMax', ['x'], ['most'], { keepdims: 0 }), node('Div', ['x', 'most'], ['y'])];
    await expectSame({ inputs: input, outputs: output(...image), nodes }, 13);
  });

  test('noop_with_empty_axes spelt out, either way', async () => {
    const initializers = [integers('axes', [1], [1]), integers('none', [0], [])];
    const over = node('ReduceMean', ['x', 'axes'], ['y'], { noop_with_empty_axes: 0 });
    await expectSame({ inputs: input, outputs: output(1, 1, 6, 5), initializers, nodes: [over] }, 18);
    const nothing = [node('ReduceMean', ['x', 'none'], ['r'], { noop_with_empty_axes: 1 }), node('Relu', ['r'], ['y'])];
    await expectSame({ inputs: input, outputs: output(...image), initializers, nodes: nothing }, 18);
  });
});

describe('arrangement', () => {
  test('Concat of one input', async () => {
    const nodes = [node('Concat', ['x'], ['c'], { axis: 1 }), node('Relu', ['c'], ['y'])];
    await expectSame({ inputs: input, outputs: output(...image), nodes });
  });

  test.each([
    [[2, 1, 0], 'slice([2], sizes: [3], strides: [-1], axes: [2])'],
    [[3], 'slice([3], sizes: [1], axes: [2])'],
    [[0, 2, 3, 3, -4], 'take(axis: -1, indices: [0, 2, 3, 3, 0])'],
  ])('Gather of %j', async (places, layer) => {
    const initializers = [integers('places', [places.length], places)];
    const nodes = [node('Gather', ['x', 'places'], ['y'], { axis: 1 })];
    const graph = { inputs: input, outputs: output(1, places.length, 6, 5), initializers, nodes };
    expect((await expectSame(graph)).text).toContain(layer);
  });

  test('a border of −∞ before a max pool', async () => {
    const initializers = [
      integers('pads', [8], [0, 0, 1, 1, 0, 0, 1, 1]),
      tensor('low', [], [Number.NEGATIVE_INFINITY]),
    ];
    const nodes = [
      node('Pad', ['x', 'pads', 'low'], ['p']),
      node('MaxPool', ['p'], ['y'], { kernel_shape: [3, 3], strides: [2, 2] }),
    ];
    await expectSame({ inputs: input, outputs: output(1, 4, 3, 3), initializers, nodes });
  });

  test('a constant of moderate size from its shape', async () => {
    const initializers = [integers('shape', [4], [1, 64, 56, 56])];
    const nodes = [
      node('ConstantOfShape', ['shape'], ['c'], { value: tensor('', [1], [0.5]) }),
      node('Add', ['x', 'c'], ['y']),
    ];
    await expectSame({ inputs: [value('x', [1, 64, 56, 56])], outputs: output(1, 64, 56, 56), initializers, nodes });
  });
});

describe('activations and normalisations', () => {
  test('Selu with its own constants', async () => {
    const nodes = [node('Selu', ['x'], ['y'], { alpha: { float: 1.25 }, gamma: { float: 0.75 } })];
    await expectSame({ inputs: input, outputs: output(...image), nodes });
  });

  test('Clip with limits that cross gives the upper one', async () => {
    const initializers = [tensor('low', [], [0.5]), tensor('high', [], [-0.25])];
    const nodes = [node('Clip', ['x', 'low', 'high'], ['y'])];
    await expectSame({ inputs: input, outputs: output(...image), initializers, nodes });
  });

  test.each([undefined, [1], [2, 3]])('MeanVarianceNormalization over %j', async (axes) => {
    const nodes = [node('MeanVarianceNormalization', ['x'], ['y'], axes ? { axes } : {})];
    await expectSame({ inputs: input, outputs: output(...image), nodes });
  });

  test('InstanceNormalization of a volume', async () => {
    const initializers = [tensor('scale', [2], [0.5, 2]), tensor('bias', [2], [1, -1])];
    const nodes = [node('InstanceNormalization', ['x', 'scale', 'bias'], ['y'])];
    await expectSame({ inputs: [value('x', [1, 2, 3, 4, 5])], outputs: output(1, 2, 3, 4, 5), initializers, nodes });
  });
});

describe('what follows from constants alone is computed', () => {
  const convolved = (nodes: OnnxGraph['nodes'], initializers: OnnxGraph['initializers']) =>
    expectSame(
      {
        inputs: input,
        outputs: output(1, 2, 4, 3),
        initializers: [...initializers, tensor('v', [2, 4, 3, 3], ramp(72))],
        nodes: [...nodes, node('Conv', ['x', 'w'], ['y'])],
      },
      13,
    );

  test('weight normalisation', async () => {
    const { text } = await convolved(
      [
        node('ReduceL2', ['v'], ['length'], { axes: [1, 2, 3] }),
        node('Div', ['v', 'length'], ['unit']),
        node('Mul', ['unit', 'g'], ['w']),
      ],
      [tensor('g', [2, 1, 1, 1], [0.5, 3])],
    );
    expect(text).toMatch(/conv\(2, kernel: 3, bias: false\)/);
    expect(text).not.toContain('reduce');
  });

  test('activations, parts and products of kernels', async () => {
    const part = node('Split', ['vv'], ['a', 'b'], { axis: 0 });
    await convolved([node('Concat', ['v', 'v'], ['vv'], { axis: 0 }), part, node('Tanh', ['b'], ['w'])], []);
    await convolved(
      [node('Split', ['v', 'sizes'], ['a', 'b'], { axis: 1 }), node('Concat', ['b', 'a'], ['w'], { axis: 1 })],
      [integers('sizes', [2], [1, 3])],
    );
  });

  test('the smallest of several sizes', async () => {
    const nodes = [
      node('Shape', ['x'], ['sizes']),
      node('ReduceMin', ['sizes'], ['least'], { keepdims: 1 }),
      node('Concat', ['least', 'rest'], ['shape'], { axis: 0 }),
      node('Reshape', ['x', 'shape'], ['y']),
    ];
    await expectSame(
      { inputs: input, outputs: output(1, 120), initializers: [integers('rest', [1], [-1])], nodes },
      13,
    );
  });
});

describe('refused by name', () => {
  const refusal = (graph: Partial<OnnxGraph>, version?: number) => {
    const result = importModel(model(graph, version), 'net.onnx');
    expect(result.ok).toBe(false);
    return result.problems.map(({ code, message }) => `${code}: ${message}`);
  };
  const four = ['scale', 'bias', 'mean', 'var'];
  const perChannel = four.map((name) => tensor(name, [4], [1, 2, 3, 4]));

  test('a BatchNormalization that trains: five results before operator set 14', () => {
    const normalised = (results: string[]) => ({
      inputs: input,
      outputs: output(...image),
      initializers: perChannel,
      nodes: [node('BatchNormalization', ['x', ...four], results)],
    });
    expect(refusal(normalised(['y', 'm', 'v', 'sm', 'sv']), 9)).toEqual([
      'onnx/unsupported: the node of "y" (BatchNormalization) of net.onnx is in training mode',
    ]);
    expect(importModel(model(normalised(['y', '', '', '', '']), 9), 'net.onnx').ok).toBe(true);
  });

  test('a Concat of single numbers', () => {
    const nodes = [node('Concat', ['x', 'x'], ['y'], { axis: 0 })];
    expect(refusal({ inputs: [value('x', [])], outputs: output(2), nodes })[0]).toMatch(/joins single numbers/);
  });

  test('a Resize that names an axis twice', () => {
    const nodes = [node('Resize', ['x', '', 'scales'], ['y'], { axes: [2, -2] })];
    const initializers = [tensor('scales', [2], [2, 2])];
    const graph = { inputs: input, outputs: output(1, 4, 12, 5), initializers, nodes };
    expect(refusal(graph, 18)[0]).toMatch(/has axes \[2, -2\], one of them twice/);
  });

  test('a Pad that wraps more than its axis', () => {
    const nodes = [node('Pad', ['x', 'pads'], ['y'], { mode: 'wrap' })];
    const initializers = [integers('pads', [8], [0, 0, 7, 0, 0, 0, 0, 0])];
    const graph = { inputs: input, outputs: output(1, 4, 13, 5), initializers, nodes };
    expect(refusal(graph, 19)[0]).toMatch(/wraps 7 cells of an axis of 6/);
  });

  test('a pool whose last windows are in padding alone', () => {
    const attributes = { kernel_shape: [2, 2], strides: [2, 2], pads: [0, 0, 2, 2], ceil_mode: 1 };
    const graph = { inputs: input, outputs: output(1, 4, 3, 3), nodes: [node('MaxPool', ['x'], ['y'], attributes)] };
    expect(refusal(graph)[0]).toMatch(/ceil_mode 1 and windows in padding alone/);
  });

  test('places that the axis does not have', () => {
    const nodes = [node('Gather', ['x', 'places'], ['y'], { axis: 1 })];
    const graph = { inputs: input, outputs: output(1, 1, 6, 5), initializers: [integers('places', [1], [4])], nodes };
    expect(refusal(graph)[0]).toMatch(/takes place 4 of an axis of 4/);
  });

  test('every operator that is not known, those behind another too, counted', () => {
    const nodes = [
      node('NonZero', ['x'], ['a']),
      node('Relu', ['a'], ['b']),
      node('Unique', ['b'], ['c']),
      node('NonZero', ['c'], ['y'], {}, 'last'),
    ];
    const result = importModel(model({ inputs: input, outputs: output(1), nodes }), 'net.onnx');
    expect(result.problems.map(({ message, notes }) => [message, ...notes])).toEqual([
      [
        'the node of "a" (NonZero) of net.onnx uses the operator NonZero, which is not supported',
        'the same in 1 more: node "last" (NonZero)',
        'what would work: the same computation from operators that are',
      ],
      [
        'the node of "c" (Unique) of net.onnx uses the operator Unique, which is not supported',
        'what would work: the same computation from operators that are',
      ],
    ]);
  });
});

describe('an axis that becomes one cell', () => {
  test.each(['nearest', 'linear', 'cubic'])('with pytorch_half_pixel is its first cell: %s', async (mode) => {
    const initializers = [tensor('scales', [4], [1, 1, 0.25, 0.25])];
    const sampling = { mode, coordinate_transformation_mode: 'pytorch_half_pixel' };
    const nodes = [node('Resize', ['x', '', 'scales'], ['y'], sampling)];
    await expectSame({ inputs: [value('x', [1, 2, 7, 8])], outputs: output(1, 2, 1, 2), initializers, nodes }, 19);
  });
});

test('Gemm of computed matrices with alpha, beta and the broadcast of old operator sets', async () => {
  const inputs = [value('x', [4, 3]), value('w', [5, 4]), value('b', [1, 5])];
  const attributes = { alpha: { float: 0.25 }, beta: { float: 0.35 }, transA: 1, transB: 1 };
  const nodes = [node('Gemm', ['x', 'w', 'b'], ['y'], attributes)];
  await expectSame({ inputs, outputs: output(3, 5), nodes }, 13);
  const old = [node('Gemm', ['x', 'w', 'b'], ['y'], { ...attributes, broadcast: 1 })];
  expect(importModel(model({ inputs, outputs: output(3, 5), nodes: old }, 6), 'net.onnx').ok).toBe(true);
});
