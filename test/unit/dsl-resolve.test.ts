// Resolution: which layers a source stands for, under which names, with which operands and arguments.
import { describe, expect, it } from 'vitest';
import { besideFile } from '../../compiler/front/convnet/library.ts';
import { IMPORT_LIMIT, REPEAT_LIMIT } from '../../compiler/front/convnet/limits.ts';
import { type ResolveOptions, resolve } from '../../compiler/front/convnet/resolve.ts';
import type { ShapedModel } from '../../compiler/graph/model.ts';
import { operators } from '../../compiler/operators/index.ts';
import { GRAMMAR } from '../../dsl/grammar.ts';
import { RECIPE } from '../../dsl/grammar-recipe.ts';
import { parse } from '../../dsl/parse.ts';
import type { Result } from '../../dsl/problem.ts';

type Options = Omit<ResolveOptions, 'operators'>;

function resolved(text: string, options: Options = {}): Result<readonly ShapedModel[]> {
  const parsed = parse({ file: 'nets/net.convnet', text });
  return parsed.ok ? resolve(parsed.value, { operators, ...options }) : parsed;
}

function model(text: string, options: Options = {}): ShapedModel {
  const result = resolved(text, options);
  if (!result.ok) throw new Error(result.problems.map(({ code, message }) => `${code}: ${message}`).join('\n'));
  return result.value[0]!;
}

const codes = (text: string, options: Options = {}): string[] =>
  resolved(text, options).problems.map(({ code }) => code);

/** `relu_0 < conv_0`: every layer with its operands. */
const layers = (text: string, options: Options = {}): string[] =>
  model(text, options).graph.nodes.map(({ id, operands }) => `${id} < ${operands.join(' ')}`);

describe('names of layers', () => {
  it('are the operator with a running number, counted per name; `as` replaces that', () => {
    expect(
      layers(
        'model m(x: [8, 8, 3]) { conv(8, kernel: 1); relu; conv(8, kernel: 1) as stem; conv(4, kernel: 1); relu }',
      ),
    ).toEqual(['conv_0 < x', 'relu_0 < conv_0', 'stem < relu_0', 'conv_1 < stem', 'relu_1 < conv_1']);
  });

  it('within blocks are paths, and begin anew', () => {
    const text = `model m(x: [8]) { outer; relu; outer as last }
      block outer() { inner; relu; inner as two }
      block inner() { tanh as t }`;
    expect(layers(text)).toEqual([
      'outer_0.inner_0.t < x',
      'outer_0.relu_0 < outer_0.inner_0.t',
      'outer_0.two.t < outer_0.relu_0',
      'relu_0 < outer_0.two.t',
      'last.inner_0.t < relu_0',
      'last.relu_0 < last.inner_0.t',
      'last.two.t < last.relu_0',
    ]);
  });

  it('in a repeat go on counting; `as` carries the round', () => {
    expect(layers('model m(x: [8]) { repeat 2 as i { relu; repeat 2 { tanh as t } } }')).toEqual([
      'relu_0 < x',
      't_0_0 < relu_0',
      't_0_1 < t_0_0',
      'relu_1 < t_0_1',
      't_1_0 < relu_1',
      't_1_1 < t_1_0',
    ]);
  });

  it('pass over a number that `as` took', () => {
    expect(layers('model m(x: [8]) { tanh as relu_0; relu }')).toEqual(['relu_0 < x', 'relu_1 < relu_0']);
  });
});

describe('operands', () => {
  const operandsOf = (chain: string): readonly string[] => {
    const { graph } = model(`model m(a: [8], b: [8]) { a |> relu as r; ${chain} }`);
    return graph.nodes.at(-1)!.operands;
  };

  it.each([
    ['add(b)', ['r', 'b']],
    ['add(it, b)', ['r', 'b']],
    ['add(b, it)', ['b', 'r']],
    ['add(a, b)', ['a', 'b']],
    ['b |> add(a)', ['b', 'a']],
    ['b |> add(a, it)', ['a', 'b']],
    ['b |> add(a, a)', ['b', 'a', 'a']],
    ['concat(a, b, r)', ['a', 'b', 'r']],
    ['where(a, b)', ['r', 'a', 'b']],
    ['add(it, it)', ['r', 'r']],
  ])('of %s', (chain, expected) => {
    expect(operandsOf(chain)).toEqual(expected);
  });

  it('may be chains, which begin with a value or at the current one', () => {
    expect(layers('model m(x: [8]) { tanh; add(it, input |> relu, sigmoid) }')).toEqual([
      'tanh_0 < x',
      'relu_0 < x',
      'sigmoid_0 < tanh_0',
      'add_0 < tanh_0 relu_0 sigmoid_0',
    ]);
  });

  it('tell functions from layers of the same name', () => {
    expect(layers('model m(x: [8, 3]) { conv(max(2, 3), kernel: min(1, 2)); max(it, min(it, x)) }')).toEqual([
      'conv_0 < x',
      'min_0 < conv_0 x',
      'max_0 < conv_0 min_0',
    ]);
  });
});

describe('what is computed', () => {
  const filters = (text: string, options: Options = {}): unknown =>
    model(text, options).graph.nodes[0]!.arguments.filters;

  it('uses params, dimensions, block parameters and rounds', () => {
    expect(filters('param w = 0.5\nmodel m(x: [H = 8, H / 2, 3]) { conv(round(31 * w) + H % 3, kernel: 1) }')).toBe(18);
    expect(filters('model m(x: [8, 3]) { b(2) }\nblock b(n, k = n ^ 3 - 1) { conv(k, kernel: 1) }')).toBe(7);
    const text = 'model m(x: [8, 3]) { repeat 3 as i { conv(2 ^ i, kernel: 1) } }';
    expect(model(text).graph.nodes.map((node) => node.arguments.filters)).toEqual([1, 2, 4]);
  });

  it('takes settings for params and dimensions', () => {
    const text = 'param w = 1\nmodel m(x: [H, W = 2 * H, 3]) { conv(w, kernel: 1) }';
    const settings = { w: 5, H: 4 };
    expect(filters(text, { settings })).toBe(5);
    expect(model(text, { settings }).inputs[0]!.shape).toEqual([4, 8, 3]);
    expect(model(text, { settings: { H: 4, W: 5 } }).inputs[0]!.shape).toEqual([4, 5, 3]);
  });

  it('chooses branches by keywords, numbers and truth', () => {
    const text = (call: string): string => `model m(x: [8]) { ${call} }
      block b(mode, n = 1) { if mode == soft and n > 0 { softmax } else if not (n == 1) { relu } else { tanh } }`;
    expect(layers(text('b(soft)'))).toEqual(['b_0.softmax_0 < x']);
    expect(layers(text('b(hard, n: 2)'))).toEqual(['b_0.relu_0 < x']);
    expect(layers(text('b("hard")'))).toEqual(['b_0.tanh_0 < x']);
  });

  it('does not compute what `and` and `or` need not', () => {
    expect(layers('model m(x: [8]) { if false and 1 / 0 == 1 or true { relu } }')).toEqual(['relu_0 < x']);
  });

  it('records where arguments and operands stand', () => {
    const { graph } = model('model m(x: [8, 3]) { conv(4, kernel: 1); add(it, x |> conv(4, kernel: 1)) }');
    const written = (id: string, name: string): string | undefined => {
      const span = graph.node(id)!.argumentSpans.get(name);
      return span?.source.text.slice(span.start, span.end);
    };
    expect(written('conv_0', 'filters')).toBe('4');
    expect(written('conv_0', 'kernel')).toBe('1');
    expect(written('conv_0', 'padding')).toBeUndefined();
    expect(written('add_0', 'input1')).toBe('x |> conv(4, kernel: 1)');
  });
});

describe('results', () => {
  const outputs = (text: string): string[] =>
    model(text).outputs.map(({ name, value, assertion }) => {
      return `${name} = ${value}${assertion ? ` : ${assertion.dimensions.map((size) => size ?? '_').join()}` : ''}`;
    });

  it.each([
    ['model m(x: [8]) { relu }', ['output = relu_0']],
    ['model m(x: [8]) -> [_] { relu }', ['output = relu_0 : _']],
    ['model m(x: [N = 8]) -> (y: [N]) { relu }', ['y = relu_0 : 8']],
    ['model m(x: [8]) { relu; return y: it, z: x }', ['y = relu_0', 'z = x']],
    ['model m(x: [8]) -> (y: [8], z: [8]) { relu; return z: it, y: x }', ['z = relu_0 : 8', 'y = x : 8']],
    ['model m(x: [8]) -> (y: [8], z: [8]) { return it, it |> relu }', ['y = x : 8', 'z = relu_0 : 8']],
    ['model m(x: [8]) { if true { return it |> relu } }', ['output = relu_0']],
    ['model m(x: [8]) { b }\nblock b() { tanh as t; relu; return t }', ['output = b_0.t']],
  ])('%s', (text, expected) => {
    expect(outputs(text)).toEqual(expected);
  });

  it('carry the file of weights and the documentation', () => {
    const found = model('/// What it does.\nmodel m(x: [8]) { weights "a.safetensors"; relu }');
    expect(found.weightsFile?.path).toBe('a.safetensors');
    expect(found.documentation).toBe('What it does.');
  });

  it('keep shape assertions with the layer whose result they check', () => {
    const { graph } = model(
      'model m(x: [8, 3]) { b : [8, _] as y; y : [8, 4] }\nblock b() { relu; conv(4, kernel: 1) }',
    );
    expect(graph.node('y.conv_0')!.assertions.map(({ dimensions }) => dimensions)).toEqual([
      [8, undefined],
      [8, 4],
    ]);
  });
});

describe('files', () => {
  const readImport = (files: Readonly<Record<string, string>>) => (path: string) => {
    const text = files[path];
    return text === undefined ? undefined : { file: path, text };
  };

  it('are found beside the file that imports them, and see their own params', () => {
    const files = {
      'nets/parts/a.convnet':
        'import { inner } from "../b.convnet"\nparam n = 3\nblock a() { conv(n, kernel: 1); inner }',
      'nets/b.convnet': 'param n = 5\nblock inner() { conv(n, kernel: 1) }',
    };
    const text = 'import { a } from "./parts/a.convnet"\nparam n = 9\nmodel m(x: [8, 3]) { a }';
    const { graph } = model(text, { readImport: readImport(files) });
    expect(graph.nodes.map((node) => `${node.id} ${node.arguments.filters}`)).toEqual([
      'a_0.conv_0 3',
      'a_0.inner_0.conv_0 5',
    ]);
  });

  it.each([
    ['net.convnet', './a.convnet', 'a.convnet'],
    ['nets/net.convnet', 'a.convnet', 'nets/a.convnet'],
    ['nets/net.convnet', '../a.convnet', 'a.convnet'],
    ['net.convnet', '../a.convnet', '../a.convnet'],
    ['../nets/net.convnet', '../../a.convnet', '../../a.convnet'],
    ['/home/net.convnet', '../a.convnet', '/a.convnet'],
    ['nets/net.convnet', '/a.convnet', '/a.convnet'],
  ])('%s importing %s reads %s', (file, path, expected) => {
    expect(besideFile(file, path)).toBe(expected);
  });

  it('may import one another in a row only so far', () => {
    const readImport = (path: string) => {
      const number = Number(/\d+/.exec(path)![0]);
      return { file: path, text: `import { b } from "${number + 1}.convnet"\nblock b() { relu }` };
    };
    expect(codes('import { b } from "0.convnet"\nmodel m(x: [8]) { b }', { readImport })).toContain('limit/imports');
    expect(IMPORT_LIMIT).toBeGreaterThan(8);
  });
});

describe('limits and choices', () => {
  it('write out repeats up to the limit', () => {
    const text = (rounds: number): string => `model m(x: [8]) { repeat ${rounds} {}; relu }`;
    expect(codes(text(REPEAT_LIMIT))).toEqual([]);
    expect(codes(text(REPEAT_LIMIT + 1))).toEqual(['limit/repeat']);
  });

  it('stop blocks that multiply without end', () => {
    const blocks = Array.from({ length: 40 }, (_, n) => `block b${n}() { b${n + 1}; b${n + 1} }`).join('\n');
    expect(codes(`model m(x: [8]) { b0 }\n${blocks}\nblock b40() { relu }`)).toEqual(['limit/statements']);
  });

  it('resolve one model of several by name', () => {
    const text = 'model one(x: [8]) { relu }\nmodel two(x: [8]) { tanh }';
    expect(model(text, { model: 'two' }).name).toBe('two');
    expect(codes(text, { model: 'tow' })).toEqual(['model/unknown']);
  });
});

describe('the grammar’s recipe', () => {
  it('was made from the grammar as it is', () => {
    expect(JSON.parse(RECIPE)[1].source).toBe(GRAMMAR.trim());
  });
});

describe('sizes of values', () => {
  const shapes = (text: string): string[] =>
    model(text).graph.nodes.map(({ id, inference }) => `${id} ${inference.output.join('x')}`);

  it('are numbers: in arguments, conditions, rounds, assertions, headers', () => {
    const text = `model m(x: [2, 5, 3], y: [size(x, 1), channels(x)]) -> [size(x, 0), 1, rank(y) * 6] {
      x |> conv(2 * channels(it), kernel: 1) |> conv(2 * channels(it), kernel: 1) as wide : [_, _, 12]
      repeat size(x, -3) { conv(channels(it) + 1, kernel: [1, 2]) }
      if rank(x) == 3 and channels(y) == 3 { maxPool([1, size(it, 1)]) }
      conv(12, kernel: 1) : [size(x, 0), size(it, -2), channels(wide)]
    }`.replace(' as wide : [_, _, 12]', ' : [_, _, 12] as wide');
    expect(shapes(text)).toEqual([
      'conv_0 2x5x6',
      'wide 2x5x12',
      'conv_1 2x4x13',
      'conv_2 2x3x14',
      'maxPool_0 2x1x14',
      'conv_3 2x1x12',
    ]);
  });

  it('are those of the block’s own input, also in defaults that later ones see', () => {
    const text = `model m(x: [4, 4, 3]) { wider; x |> wider(2) }
      block wider(times = rank(it), filters = times * channels(input)) { conv(filters, kernel: 1); conv(channels(input), kernel: 1) }`;
    expect(shapes(text)).toEqual([
      'wider_0.conv_0 4x4x9',
      'wider_0.conv_1 4x4x3',
      'wider_1.conv_0 4x4x6',
      'wider_1.conv_1 4x4x3',
    ]);
  });

  it('follow a chain in an argument', () => {
    expect(shapes('model m(x: [4, 3]) { add(x |> conv(6, kernel: 1) |> conv(channels(it) / 2, kernel: 1)) }')).toEqual([
      'conv_0 4x6',
      'conv_1 4x3',
      'add_0 4x3',
    ]);
  });

  it('leave the words free as names', () => {
    expect(codes('param size = 3\nmodel m(rank: [4]) { rank |> dense(size) as channels; relu }')).toEqual([]);
  });

  it('of a value that failed are unknown, and nothing that would follow is reported', () => {
    const text = `model m(x: [4, 4, 2]) {
      conv(8, kernel: 7) as wrong
      repeat channels(wrong) { conv(8, kernel: 9) }
      if rank(wrong) == 3 { x |> conv(channels(wrong), kernel: 11) }
      x |> conv(2, kernel: 1) as late
    }`;
    const result = resolved(text);
    expect(result.problems.map(({ code }) => code)).toEqual(['shape/window']);
  });
});

it('what was reached before a problem comes along', () => {
  const parsed = parse({
    file: 'net.convnet',
    text: 'model m(x: [4, 4, 2]) { relu; conv(8, kernel: 7); tanh; x |> relu as r }',
  });
  if (!parsed.ok) throw new Error('it parses');
  const { ok, reached } = resolve(parsed.value, { operators });
  expect(ok).toBe(false);
  expect(reached[0]!.graph.nodes.map(({ id }) => id)).toEqual(['relu_0', 'r']);
});
