// The import of ONNX: what the text says for typical models, where the numbers go, and each thing it refuses.
import { describe, expect, test } from 'vitest';
import { evaluateOutputs } from '../../compiler/analysis/reference.ts';
import { analyse } from '../../compiler/compile.ts';
import { type ImportOptions, importModel } from '../../compiler/front/onnx/import.ts';
import type { OnnxGraph, OnnxModel, OnnxNode, OnnxTensor } from '../../compiler/front/onnx/model.ts';
import type { ShapedModel } from '../../compiler/graph/model.ts';
import { integers, model, node, smallModel, tensor, value } from './formats-onnx-builder.ts';

const read = (onnx: OnnxModel, options: Partial<ImportOptions> = {}) => importModel(onnx, 'folder/net.onnx', options);

function imported(onnx: OnnxModel, options: Partial<ImportOptions> = {}) {
  const result = read(onnx, options);
  if (!result.ok) throw new Error(result.problems.map(({ code, message }) => `${code}: ${message}`).join('\n'));
  return result.value;
}

function network(text: string): ShapedModel {
  const result = analyse({ file: 'net.convnet', text });
  if (!result.ok) throw new Error(result.problems[0]!.message);
  return result.value[0]!;
}

/** The body's lines, without the header and the line about weights. */
const body = (onnx: OnnxModel, options?: Partial<ImportOptions>): string[] =>
  imported(onnx, options)
    .text.split('\n')
    .slice(1, -2)
    .map((line) => line.trim())
    .filter((line) => !line.startsWith('weights '));

function problem(graph: Partial<OnnxGraph>, options: Partial<ImportOptions> = {}, version?: number) {
  const result = read(model(graph, version), options);
  expect(result.ok).toBe(false);
  return result.problems[0]!;
}

const ramp = (count: number): number[] => Array.from({ length: count }, (_, i) => ((i * 7) % 11) - 5);

describe('text', () => {
  test('a small network reads like one', () => {
    expect(imported(smallModel()).text).toBe(`model net(image: [4, 4, 1]) -> (scores: [2]) {
  weights "net.safetensors"
  conv(2, kernel: 3) as conv1; leakyRelu(0.25)
  dense(2, bias: false) as fc
  return scores: it
}
`);
  });

  test('names that are words of the language, layers or no names at all', () => {
    const graph = {
      inputs: [value('if', [1, 3, 4, 4])],
      outputs: [value('y', [1, 3, 4, 4])],
      initializers: [tensor('relu.weight', [3, 3, 1, 1], ramp(9)), tensor('it.weight', [3, 3, 1, 1], ramp(9))],
      nodes: [
        node('Conv', ['if', 'relu.weight'], ['a']),
        node('Conv', ['a', 'it.weight'], ['"quoted"\n/../x']),
        node('Relu', ['"quoted"\n/../x'], ['r']),
        node('Add', ['r', '"quoted"\n/../x'], ['y']),
      ],
    };
    const { text } = imported(model(graph));
    expect(analyse({ file: 'net.convnet', text }).ok).toBe(true);
    expect(text).toContain('as relu1');
    expect(text).toContain('as it1');
  });

  test('several outputs are returned by name', () => {
    const graph = {
      inputs: [value('x', [1, 4])],
      outputs: [value('sum', [1, 4]), value('twice', [1, 4])],
      nodes: [node('Relu', ['x'], ['sum']), node('Neg', ['sum'], ['twice'])],
    };
    expect(body(model(graph))).toEqual(['relu as sum', 'neg', 'return sum: sum, twice: it']);
  });

  test('constants are layers with weights of their own', () => {
    const graph = {
      inputs: [value('x', [1, 2, 3, 3])],
      outputs: [value('y', [1, 2, 3, 3])],
      initializers: [tensor('gate.scale', [2, 1, 1], [2, 3]), tensor('half', [], [0.5])],
      nodes: [node('Mul', ['x', 'gate.scale'], ['m']), node('Add', ['m', 'half'], ['y'])],
    };
    const result = imported(model(graph));
    expect(result.text).toContain('constant([2]) as gate\n');
    expect([...result.weights.get('gate.value')!.data]).toEqual([2, 3]);
    expect([...result.weights.get('half.value')!.data]).toEqual([0.5]);
  });

  test('what no output needs is left out', () => {
    const graph = {
      inputs: [value('x', [1, 4])],
      outputs: [value('y', [1, 4])],
      nodes: [node('Relu', ['x'], ['y']), node('NoSuchOperator', ['x'], ['z'])],
    };
    expect(body(model(graph))).toEqual(['relu']);
  });
});

describe('repeated structures', () => {
  /** Residual blocks of two convolutions, named as PyTorch does: layer1.0.conv1. */
  function residual(widths: readonly number[], name: (n: number) => string): OnnxModel {
    const nodes: OnnxNode[] = [];
    const initializers: OnnxTensor[] = [];
    let current = 'image';
    widths.forEach((hidden, n) => {
      const conv = (part: string, from: string, inputs: number, outputs: number): string => {
        const weight = `${name(n)}.${part}.weight`;
        initializers.push(tensor(weight, [outputs, inputs, 3, 3], ramp(outputs * inputs * 9)));
        nodes.push(node('Conv', [from, weight], [`${n}${part}`], { pads: [1, 1, 1, 1] }));
        return `${n}${part}`;
      };
      const first = conv('conv1', current, 2, hidden);
      nodes.push(node('Relu', [first], [`${n}r`]));
      nodes.push(node('Add', [conv('conv2', `${n}r`, hidden, 2), current], [`${n}s`]));
      nodes.push(node('Relu', [`${n}s`], [`${n}o`]));
      current = `${n}o`;
    });
    const outputs = [value(current, [])];
    return model({ inputs: [value('image', [1, 2, 5, 5])], outputs, nodes, initializers });
  }

  test('blocks that differ in a number have it as a parameter, and names from the model', () => {
    const result = imported(residual([3, 3, 3, 4], (n) => `layer${n < 3 ? 1 : 2}.${n % 3}`));
    expect(result.text).toBe(`model net(image: [5, 5, 2]) -> [5, 5, 2] {
  weights "net.safetensors"
  repeat 3 { layer(3) as layer1 }
  layer(4) as layer2_0
}

block layer(filters) {
  conv(filters, kernel: 3, padding: 1, bias: false) as conv1; relu
  conv(2, kernel: 3, padding: 1, bias: false) as conv2
  add(it, input); relu
}
`);
    expect(result.weights.get('layer1_2.conv1.kernel')!.shape).toEqual([3, 3, 2, 3]);
  });

  test('blocks without common names are counted', () => {
    const result = imported(residual([3, 3], (n) => `${n}`));
    expect(result.text).toContain('repeat 2 { block1 }');
    expect(result.weights.has('block1_1.conv_1.kernel')).toBe(true);
  });

  test('numbers are the same with and without blocks', () => {
    const onnx = residual([3, 3, 4], (n) => `layer.${n}`);
    const result = imported(onnx);
    const image: Float32Array = Float32Array.from({ length: 50 }, (_, i) => ((i * 3) % 7) - 3);
    const { output } = evaluateOutputs(network(result.text), result.weights, { image });
    // One layer at a time, each in a network of its own that has no blocks.
    let expected: Float32Array = image;
    for (const hidden of [3, 3, 4]) {
      const single = residual([hidden], () => 'only');
      const alone = imported(single);
      expected = evaluateOutputs(network(alone.text), alone.weights, { image: expected }).output!;
    }
    expect(output).toEqual(expected);
  });

  test('a value of the middle that is read outside keeps its layers apart', () => {
    const onnx = residual([3, 3], (n) => `layer.${n}`);
    const graph = { ...onnx.graph!, outputs: [...onnx.graph!.outputs, value('0r', [])] };
    expect(imported({ ...onnx, graph }).text).not.toContain('block');
  });
});

describe('patterns of exporters', () => {
  const line = (nodes: OnnxGraph['nodes'], initializers: OnnxGraph['initializers'] = [], shape = [1, 4, 6, 6]) =>
    body(model({ inputs: [value('x', shape)], outputs: [value('y', [])], initializers, nodes }));

  test('gates', () => {
    expect(line([node('Sigmoid', ['x'], ['s']), node('Mul', ['s', 'x'], ['y'])])).toEqual(['silu']);
    const hard = node('HardSigmoid', ['x'], ['s'], { alpha: { float: Math.fround(1 / 6) } });
    expect(line([hard, node('Mul', ['x', 's'], ['y'])])).toEqual(['hardSwish']);
    const mish = [node('Softplus', ['x'], ['p']), node('Tanh', ['p'], ['t']), node('Mul', ['x', 't'], ['y'])];
    expect(line(mish)).toEqual(['mish']);
  });

  test('a gate of something else is a product', () => {
    const nodes = [node('Relu', ['x'], ['r']), node('Sigmoid', ['x'], ['s']), node('Mul', ['r', 's'], ['y'])];
    expect(line(nodes)).toHaveLength(3);
  });

  test('gelu with the error function', () => {
    const numbers = [tensor('root', [], [Math.SQRT2]), tensor('one', [], [1]), tensor('half', [], [0.5])];
    const nodes = [
      node('Div', ['x', 'root'], ['d']),
      node('Erf', ['d'], ['e']),
      node('Add', ['e', 'one'], ['a']),
      node('Mul', ['x', 'a'], ['m']),
      node('Mul', ['m', 'half'], ['y']),
    ];
    expect(line(nodes, numbers)).toEqual(['gelu']);
  });

  test('a product and a row are one layer', () => {
    const kernel = tensor('fc.weight', [4, 2], ramp(8));
    const nodes = [node('MatMul', ['x', 'fc.weight'], ['m']), node('Add', ['m', 'fc.bias'], ['y'])];
    const bias = tensor('fc.bias', [2], [1, 2]);
    expect(line(nodes, [kernel, bias], [1, 4])).toEqual(['dense(2) as fc']);
    expect(line(nodes, [kernel, bias], [1, 7, 4])).toEqual(['conv(2, kernel: 1) as fc']);
    const table = tensor('fc.bias', [7, 2], ramp(14));
    expect(line(nodes, [kernel, table], [1, 7, 4])).toContain('add(it, fc)');
  });

  test('a scale and a shift behind a normalisation are part of it', () => {
    const row = (name: string) => tensor(name, [4], [1, 2, 3, 4]);
    const each = (name: string, numbers: number[]) => tensor(name, [4, 1, 1], numbers);
    const tensors = [row('g'), row('b'), row('m'), row('v'), each('scale', [2, 2, 2, 2]), each('shift', [5, 5, 5, 5])];
    const nodes = [
      node('BatchNormalization', ['x', 'g', 'b', 'm', 'v'], ['n']),
      node('Mul', ['n', 'scale'], ['s']),
      node('Add', ['s', 'shift'], ['y']),
    ];
    expect(line(nodes, tensors)).toEqual(['batchNorm(epsilon: 0.00001) as batchNorm1']);
    const onnx = model({ inputs: [value('x', [1, 4, 6, 6])], outputs: [value('y', [])], initializers: tensors, nodes });
    expect([...imported(onnx).weights.get('batchNorm1.beta')!.data]).toEqual([7, 9, 11, 13]);
  });

  test('single places and places in a row are slices, others are taken', () => {
    const at = (indices: OnnxTensor) => line([node('Gather', ['x', 'at'], ['y'], { axis: 1 })], [indices], [1, 5, 3]);
    expect(at(integers('at', [], [-1]))).toEqual(['slice([4], sizes: [1], axes: [0])', 'flatten']);
    expect(at(integers('at', [2], [1, 2]))).toEqual(['slice([1], sizes: [2], axes: [0])']);
    expect(at(integers('at', [3], [3, -4, 2]))).toEqual(['take(axis: 0, indices: [3, 1, 2])']);
    const beyond = [node('Gather', ['x', 'at'], ['y'], { axis: 1 })];
    const graph = { inputs: [value('x', [1, 5, 3])], outputs: [value('y', [])], nodes: beyond };
    expect(problem({ ...graph, initializers: [integers('at', [2], [5, 1])] }).message).toContain(
      'place 5 of an axis of 5',
    );
  });

  test('moves between channels and space', () => {
    const moves = (between: number[], perm: number[], after: number[]) =>
      line(
        [
          node('Reshape', ['x', 'between'], ['b']),
          node('Transpose', ['b'], ['t'], { perm }),
          node('Reshape', ['t', 'after'], ['y']),
        ],
        [integers('between', [between.length], between), integers('after', [after.length], after)],
      );
    expect(moves([1, 2, 2, 6, 6], [0, 2, 1, 3, 4], [1, 4, 6, 6])).toEqual(['channelShuffle(2)']);
    expect(moves([1, 1, 2, 2, 6, 6], [0, 1, 4, 2, 5, 3], [1, 1, 12, 12])).toEqual(['pixelShuffle(2)']);
    expect(moves([1, 4, 3, 2, 3, 2], [0, 1, 3, 5, 2, 4], [1, 16, 3, 3])).toEqual(['pixelUnshuffle(2)']);
    expect(moves([1, 2, 2, 6, 6], [0, 2, 1, 4, 3], [1, 4, 6, 6])).not.toEqual(['channelShuffle(2)']);
  });
});

describe('layout', () => {
  const image = { inputs: [value('x', ['N', 2, 3, 4])], outputs: [value('y', [])] };

  test('flattening moves no numbers: the rows of the matrix are sorted', () => {
    const kernel = Array.from({ length: 24 }, (_, i) => i);
    const graph = {
      ...image,
      initializers: [tensor('fc.weight', [1, 24], kernel)],
      nodes: [node('Flatten', ['x'], ['f']), node('Gemm', ['f', 'fc.weight'], ['y'], { transB: 1 })],
    };
    const result = imported(model(graph));
    expect(body(model(graph))).toEqual(['dense(1, bias: false) as fc']);
    // Ours walks height, width, channels: channel 1 of the first cell is 12 numbers away in ONNX.
    expect([...result.weights.get('fc.kernel')!.data].slice(0, 4)).toEqual([0, 12, 1, 13]);
  });

  test('transposes there and back leave nothing behind', () => {
    const graph = {
      ...image,
      nodes: [
        node('Transpose', ['x'], ['t'], { perm: [0, 2, 3, 1] }),
        node('Relu', ['t'], ['r']),
        node('Transpose', ['r'], ['y'], { perm: [0, 3, 1, 2] }),
      ],
    };
    expect(body(model(graph))).toEqual(['relu']);
  });

  test('a model that is channels last inside ONNX stays so', () => {
    const graph = {
      inputs: [value('x', [1, 5, 6, 3])],
      outputs: [value('y', [])],
      initializers: [tensor('head.weight', [4, 3, 1, 1], ramp(12))],
      nodes: [
        node('Transpose', ['x'], ['t'], { perm: [0, 3, 1, 2] }),
        node('Conv', ['t', 'head.weight'], ['c']),
        node('Transpose', ['c'], ['y'], { perm: [0, 2, 3, 1] }),
      ],
    };
    const result = imported(model(graph));
    expect(result.text).toContain('model net(x: [5, 6, 3]) -> [5, 6, 4]');
    expect(body(model(graph))).toEqual(['conv(4, kernel: 1, bias: false) as head']);
  });

  test('shape arithmetic as PyTorch exports it is evaluated', () => {
    const graph = {
      ...image,
      initializers: [integers('zero', [], [0]), integers('axis', [1], [0]), integers('rest', [1], [-1])],
      nodes: [
        node('Shape', ['x'], ['s']),
        node('Gather', ['s', 'zero'], ['n'], { axis: 0 }),
        node('Unsqueeze', ['n', 'axis'], ['n1']),
        node('Concat', ['n1', 'rest'], ['target'], { axis: 0 }),
        node('Reshape', ['x', 'target'], ['f']),
        node('Relu', ['f'], ['y']),
      ],
    };
    expect(imported(model(graph)).outputs[0]).toMatchObject({ dims: [1, 24], shape: [24] });
  });

  test('a fixed batch is taken one sample at a time', () => {
    const graph = {
      inputs: [value('x', [2, 3, 4, 4])],
      outputs: [value('y', [])],
      nodes: [node('GlobalAveragePool', ['x'], ['y'])],
    };
    expect(imported(model(graph))).toMatchObject({ batch: 2, inputs: [{ shape: [4, 4, 3] }] });
  });

  test('a batch that is set has no effect, and that is said', () => {
    const graph = {
      inputs: [value('x', ['batch', 3, 4, 4])],
      outputs: [value('y', [])],
      nodes: [node('GlobalAveragePool', ['x'], ['y'])],
    };
    const set = importModel(model(graph), 'net.onnx', { set: { batch: 4 } });
    expect(set).toMatchObject({ ok: true, value: { batch: 4, inputs: [{ shape: [4, 4, 3] }] } });
    expect(set.problems.map(({ severity, code }) => [severity, code])).toEqual([['warning', 'set/batch']]);
    expect(importModel(model(graph), 'net.onnx').problems).toEqual([]);
  });

  test('open sizes are bound by name', () => {
    const graph = {
      inputs: [value('x', ['batch', 1, 'height', 6])],
      outputs: [value('y', [])],
      nodes: [node('Relu', ['x'], ['y'])],
    };
    expect(imported(model(graph), { set: { height: 5 } }).inputs[0]!.shape).toEqual([5, 6, 1]);
    expect(problem(graph, { set: { height: 5, wide: 2 } })).toMatchObject({
      code: 'set/unknown',
      message: 'folder/net.onnx has no open dimension `wide` to set',
    });
    const { code, notes } = problem(graph);
    expect(code).toBe('onnx/dimension');
    expect(notes[0]).toContain('--set height=');
  });
});

describe('numbers', () => {
  test('a grouped convolution, pads and a residual', () => {
    const graph = {
      inputs: [value('x', [1, 2, 3, 3])],
      outputs: [value('y', [])],
      initializers: [tensor('c.weight', [2, 1, 1, 1], [2, 3]), tensor('c.bias', [2], [1, -1])],
      nodes: [
        node('Conv', ['x', 'c.weight', 'c.bias'], ['c'], { group: 2 }),
        node('Add', ['c', 'x'], ['s']),
        node('Relu', ['s'], ['y']),
      ],
    };
    const result = imported(model(graph));
    const analysed = analyse({ file: 'net.convnet', text: result.text });
    if (!analysed.ok) throw new Error(analysed.problems[0]!.message);
    const x = Float32Array.from({ length: 18 }, (_, i) => (i % 2 === 0 ? 1 : 2));
    const { output } = evaluateOutputs(analysed.value[0]!, result.weights, { x });
    expect([...output!].slice(0, 4)).toEqual([4, 7, 4, 7]);
  });

  test('float16 initializers', () => {
    const half = Uint8Array.of(0x00, 0x3c, 0x00, 0xc0);
    const graph = {
      inputs: [value('x', [1, 2])],
      outputs: [value('y', [])],
      initializers: [tensor('fc.weight', [1, 2], [], { dataType: 10, rawData: half })],
      nodes: [node('Gemm', ['x', 'fc.weight'], ['y'], { transB: 1 })],
    };
    expect([...imported(model(graph)).weights.get('fc.kernel')!.data]).toEqual([1, -2]);
  });
});

describe('refused', () => {
  const x = value('x', [1, 3, 4, 4]);
  const y = value('y', []);

  test('an unsupported operator: its node, its name, what would work', () => {
    const { code, message, notes } = problem({
      inputs: [x],
      outputs: [y],
      nodes: [node('Einsum', ['x'], ['y'], {}, 'attention')],
    });
    expect(code).toBe('onnx/operator');
    expect(message).toContain('"attention"');
    expect(message).toContain('Einsum');
    expect(notes[0]).toMatch(/^what would work: /);
  });

  test('every such node is reported, what follows from it is not', () => {
    const result = read(
      model({
        inputs: [x],
        outputs: [y],
        nodes: [
          node('Einsum', ['x'], ['a']),
          node('Relu', ['a'], ['b']),
          node('Loop', ['x'], ['c']),
          node('Add', ['b', 'c'], ['y']),
        ],
      }),
    );
    expect(result.problems.map(({ message }) => /\((\w+)\)/.exec(message)![1])).toEqual(['Einsum', 'Loop']);
  });

  test.each([
    ['onnx/attribute', node('Relu', ['x'], ['y'], { slope: 1 }), 'slope'],
    ['onnx/attribute', node('LeakyRelu', ['x'], ['y'], { alpha: 1 }), 'float'],
    ['onnx/attribute', node('LRN', ['x'], ['y']), 'size'],
    ['onnx/unsupported', node('MaxPool', ['x'], ['y'], { kernel_shape: [2, 2], auto_pad: 'MAYBE' }), 'auto_pad'],
    ['onnx/unsupported', node('MaxPool', ['x'], ['y'], { kernel_shape: [2, 2, 2] }), '2 spatial axes'],
    ['onnx/unsupported', node('Conv', ['x', 'x'], ['y']), 'computes its input 1'],
    ['onnx/unsupported', node('Conv', ['x'], ['y']), 'lacks its input 1'],
    ['onnx/shape', node('MaxPool', ['x'], ['y'], { kernel_shape: [9, 9] }), 'does not fit'],
    ['onnx/unsupported', node('Transpose', ['x'], ['y'], { perm: [0, 1] }), 'perm'],
    ['onnx/tensor-type', node('Cast', ['x'], ['y'], { to: 7 }), 'int64'],
    ['onnx/unsupported', node('Softmax', ['x'], ['y'], { axis: 9 }), 'axis 9'],
  ])('%s: %j', (code, one, words) => {
    const found = problem({ inputs: [x], outputs: [y], nodes: [one] });
    expect(found.message).toContain(words);
    expect([code, 'onnx/attribute']).toContain(found.code);
  });

  test.each([
    ['onnx/cycle', { nodes: [node('Add', ['x', 'b'], ['a']), node('Relu', ['a'], ['b']), node('Relu', ['b'], ['y'])] }],
    ['onnx/cycle', { nodes: [node('Relu', ['y'], ['y'])] }],
    ['onnx/missing-value', { nodes: [node('Relu', ['nothing'], ['y'])] }],
    ['onnx/missing-value', { nodes: [] }],
    ['onnx/no-output', { nodes: [], outputs: [] }],
    ['onnx/duplicate-name', { nodes: [node('Relu', ['x'], ['y']), node('Neg', ['x'], ['y'])] }],
    ['onnx/duplicate-name', { nodes: [node('Relu', ['x'], ['y'])], inputs: [x, x] }],
    ['onnx/duplicate-name', { nodes: [node('Relu', ['x'], ['x'])] }],
    ['onnx/input-type', { nodes: [node('Relu', ['x'], ['y'])], inputs: [value('x', [1, 3], 8)] }],
    ['onnx/dimension', { nodes: [node('Relu', ['x'], ['y'])], inputs: [value('x', [1, -3])] }],
    ['onnx/dimension', { nodes: [node('Relu', ['x'], ['y'])], inputs: [value('x', [1, 2 ** 63])] }],
    ['onnx/too-large', { nodes: [node('Relu', ['x'], ['y'])], inputs: [value('x', [1, 2 ** 40])] }],
  ])('%s (%#)', (code, graph) => {
    expect(problem({ inputs: [x], outputs: [y], ...(graph as Partial<OnnxGraph>) }).code).toBe(code);
  });

  test('a small file cannot ask for a large constant', () => {
    const shape = integers('shape', [2], [2 ** 20, 2 ** 20]);
    const graph = {
      inputs: [x],
      outputs: [y],
      initializers: [shape],
      nodes: [node('ConstantOfShape', ['shape'], ['c']), node('Add', ['x', 'c'], ['y'])],
    };
    expect(problem(graph).code).toBe('onnx/too-large');
  });

  test('nodes in any order are sorted', () => {
    const nodes = [node('Relu', ['a'], ['y']), node('Neg', ['x'], ['a'])];
    expect(body(model({ inputs: [x], outputs: [y], nodes }))).toEqual(['neg; relu']);
  });
});

describe('what is said once', () => {
  test('a missing file of weights, however many tensors it holds', () => {
    const away = (name: string) =>
      tensor(name, [1, 1, 3, 3], [], {
        rawData: undefined,
        dataLocation: 1,
        externalData: [{ key: 'location', value: 'net.onnx.data' }],
      });
    const result = read(
      model({
        inputs: [value('x', [1, 1, 5, 5])],
        outputs: [value('y', [1, 1, 1, 1])],
        initializers: [away('a.weight'), away('b.weight')],
        nodes: [node('Conv', ['x', 'a.weight'], ['h']), node('Conv', ['h', 'b.weight'], ['y'])],
      }),
    );
    expect(result.problems.map(({ code, notes }) => [code, notes])).toEqual([
      ['onnx/external-missing', ['1 more tensor has this problem']],
    ]);
  });
});

describe('names of calls', () => {
  const layer = (name: string, from: string, to: string) => [
    node('Conv', [from, `${name}.weight`], [`${to}c`]),
    node('Relu', [`${to}c`], [to]),
  ];
  test('are what the names of their layers begin with, though the rest are numbers', () => {
    const names = ['left.conv_0', 'left.conv_1', 'right.conv_0', 'right.conv_1'];
    const graph = {
      inputs: [value('x', [1, 2, 9, 9])],
      outputs: [value('e', [1, 2, 1, 1])],
      initializers: names.map((name) => tensor(`${name}.weight`, [2, 2, 3, 3], ramp(36))),
      nodes: names.flatMap((name, n) => layer(name, 'xabc'[n]!, 'abce'[n]!)),
    };
    expect(imported(model(graph)).text).toContain('block1 as left');
    expect([...imported(model(graph)).weights.keys()]).toContain('right.conv_1.kernel');
  });
});

describe('a sum behind a layer without a bias', () => {
  const graph = (dims: number[], more: Partial<OnnxGraph> = {}) => ({
    inputs: [value('x', [1, 2, 5, 5])],
    outputs: [value('y', [1, 3, 3, 3])],
    initializers: [
      tensor('stem.weight', [3, 2, 3, 3], ramp(54)),
      tensor('shift', dims, ramp(dims.reduce((product, size) => product * size, 1))),
    ],
    nodes: [node('Conv', ['x', 'stem.weight'], ['h']), node('Add', ['shift', 'h'], ['y'])],
    ...more,
  });

  test.each([[[1, 3, 1, 1]], [[3, 1, 1]], [[1]], [[]]])('of shape [%s] is its bias', (dims) => {
    const net = imported(model(graph(dims)));
    expect(body(model(graph(dims)))).toEqual(['conv(3, kernel: 3) as stem']);
    expect([...net.weights.get('stem.bias')!.data]).toEqual(dims.length > 1 ? ramp(3) : [-5, -5, -5]);
  });

  test('that differs from place to place is a layer of its own', () => {
    expect(body(model(graph([3, 3, 3]))).at(-1)).toMatch(/add\(/);
    expect(body(model(graph([1, 1, 3])))[0]).toMatch(/constant/);
  });

  test('stays where the layer is read elsewhere too', () => {
    const outputs = [value('y', [1, 3, 3, 3]), value('h', [1, 3, 3, 3])];
    expect(imported(model(graph([3, 1, 1], { outputs }))).text).toContain('bias: false');
  });

  test('of a transposed convolution and a matrix product alike', () => {
    const up = graph([3, 1, 1], {
      initializers: [tensor('stem.weight', [2, 3, 3, 3], ramp(54)), tensor('shift', [3, 1, 1], ramp(3))],
      nodes: [node('ConvTranspose', ['x', 'stem.weight'], ['h']), node('Add', ['h', 'shift'], ['y'])],
    });
    expect(body(model(up))).toEqual(['convTranspose(3, kernel: 3) as stem']);
    const row = graph([3], {
      inputs: [value('x', [1, 4])],
      outputs: [value('y', [1, 3])],
      initializers: [tensor('fc.weight', [3, 4], ramp(12)), tensor('shift', [1, 3], ramp(3))],
      nodes: [node('Gemm', ['x', 'fc.weight'], ['h'], { transB: 1 }), node('Add', ['h', 'shift'], ['y'])],
    });
    expect(body(model(row))).toEqual(['dense(3) as fc']);
  });
});
