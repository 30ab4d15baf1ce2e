// The language in small: precedence, layout, limits, lints, suggestions, trees made by a program.
import { describe, expect, it } from 'vitest';
import * as build from '../../dsl/build.ts';
import { IMPORTED_LIMIT, NESTING_LIMIT, PIECE_LIMIT, SIZE_LIMIT } from '../../dsl/clean.ts';
import { allowedLints, withoutSilenced } from '../../dsl/lints.ts';
import { parse } from '../../dsl/parse.ts';
import { print } from '../../dsl/print.ts';
import { flat } from '../../dsl/print-expression.ts';
import { error, warning } from '../../dsl/problem.ts';
import { didYouMean, suggest } from '../../dsl/suggest.ts';
import { type Expression, type File, itemsOf } from '../../dsl/syntax.ts';

function read(text: string): File {
  const result = parse({ file: 'net.convnet', text });
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  return result.value;
}

const codesOf = (text: string): string[] => parse({ file: 'net.convnet', text }).problems.map(({ code }) => code);

/** The expression with every operation in parentheses. */
function grouped(expression: Expression): string {
  switch (expression.kind) {
    case 'unary':
      return `(${expression.operator} ${grouped(expression.operand)})`;
    case 'binary':
      return `(${grouped(expression.left)} ${expression.operator} ${grouped(expression.right)})`;
    default:
      return flat(expression);
  }
}

describe('precedence', () => {
  it.each([
    ['1 + 2 * 3', '(1 + (2 * 3))'],
    ['1 - 2 - 3', '((1 - 2) - 3)'],
    ['2 ^ 3 ^ 2', '(2 ^ (3 ^ 2))'],
    ['-2 ^ 2', '(- (2 ^ 2))'],
    ['2 ^ -1 * 3', '((2 ^ (- 1)) * 3)'],
    ['-a * b', '((- a) * b)'],
    ['not a == b and c or d', '(((not (a == b)) and c) or d)'],
    ['a or b and c', '(a or (b and c))'],
    ['a + 1 < b % 2', '((a + 1) < (b % 2))'],
    ['(1 + 2) * 3', '((1 + 2) * 3)'],
    ['8 / 4 / 2', '((8 / 4) / 2)'],
    ['- - 1', '(- (- 1))'],
  ])('%s', (text, expected) => {
    const [param] = itemsOf(read(`param p = ${text}`), 'param');
    expect(grouped(param!.default)).toBe(expected);
  });
});

describe('statements', () => {
  it('go on inside brackets and before |>', () => {
    const text = 'model m(\n  x: [\n 1 ]\n) {\n  x\n    // why\n    |> conv(\n 8,\n)\n\n  |> relu\n  tanh\n}';
    const [model] = itemsOf(read(text), 'model');
    expect(model!.body.statements).toHaveLength(2);
  });

  it('come after headers of one line or several, of blocks with and without parentheses', () => {
    const file = read('block plain { relu }\nmodel m(x: [1])\n  ->\n  [1]\n{\n  plain\n}\n');
    expect(print(file)).toBe('block plain() { relu }\n\nmodel m(x: [1]) -> [1] {\n  plain\n}\n');
  });

  it('may have words of headers as names', () => {
    const text = 'model model(block: [1]) {\n  block as param\n  model as from\n  weights |> import\n  weights "x"\n}';
    const [model] = itemsOf(read(text), 'model');
    expect(model!.body.statements.map(({ kind }) => kind)).toEqual([...Array(3).fill('chain-statement'), 'weights']);
  });

  it('end in every way a line can end', () => {
    const [model] = itemsOf(read('model m(x: [1]) {relu;;relu\r\nrelu /* a\n b */\n;relu}'), 'model');
    expect(model!.body.statements).toHaveLength(4);
  });
});

describe('documentation', () => {
  it('stands above models, blocks and params', () => {
    const file = read('/// One\n///  two\n// plain\nparam a = 1\n\n/// B\nblock b() {}\n');
    expect(itemsOf(file, 'param')[0]!.documentation).toBe('One\n two');
    expect(itemsOf(file, 'block')[0]!.documentation).toBe('B');
  });
});

describe('documentation with an empty line below', () => {
  it('is a comment of the file, and stays where it is', () => {
    const text = '/// About the file.\n\n/// About b.\nblock b() {}\n\n/// Nothing.\n\nblock c() {}\n';
    const file = read(text);
    expect(itemsOf(file, 'block').map(({ documentation }) => documentation)).toEqual(['About b.', '']);
    expect(print(file)).toBe(text);
  });
});

describe('the formatter', () => {
  const canonical = `// head

import { a } from "./x.convnet"

/// The width.
param width = 1.0  // why

model m(image: [H = 28, W / 2, _]) -> (a: [10], b: [_]) {  // open
  // above
  conv(8, kernel: [3, 5]); batchNorm; relu  // behind

  repeat 3 as i { conv(i) }
  if a == 1 { relu } else if not b { tanh } else { x }
  image |> conv(8) |> relu : [28, 28, 8] as stem
  if c {
    x
    // end
  } else {
    y
  }
  return a: it, b: x |> softmax
  // last
}

block empty() {}
`;

  it('leaves canonical text as it is', () => {
    expect(print(read(canonical))).toBe(canonical);
  });

  it('makes canonical text of any other', () => {
    const loose = canonical
      .replaceAll('; ', ' ;  ')
      .replaceAll(', ', ' ,   ')
      .replaceAll('\n\n', '\n\n\n\n')
      .replaceAll(' {\n', '\n{\n')
      .replace('{\n  // open', '{  // open');
    expect(
      print(read(loose.replace('\n{\n  // above', '{  // open\n  // above').replace('  // open\n{', '{'))),
    ).toContain('block empty() {}');
    expect(print(read('model m(x:[1]){relu\ntanh}'))).toBe('model m(x: [1]) {\n  relu\n  tanh\n}\n');
  });

  it('breaks lines at 100 columns, at brackets and before |>', () => {
    const row = `[${Array.from({ length: 30 }, (_, index) => index - 9).join(', ')}]`;
    const text = print(
      read(
        `model m(x: [1]) {\n  x |> conv(1, weights: [${row}, ${row}], bias: [0], ${'padding: same, '.repeat(3)}) |> relu as y\n}`,
      ),
    );
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(text).toContain('\n    |> relu as y\n');
    expect(print(read(text))).toBe(text);
  });

  it('breaks the last call of a chain where that alone is too long', () => {
    const values = Array.from({ length: 40 }, (_, index) => index).join(', ');
    const text = print(read(`model m(x: [1]) { x |> relu |> reshape([${values}], a: 1) as y }`));
    expect(text.split('\n')[1]).toBe('  x |> relu |> reshape(');
    expect(text.split('\n').at(-3)).toBe('  ) as y');
  });

  it('lifts `// allow` above a statement that it breaks', () => {
    const values = Array.from({ length: 40 }, (_, index) => index).join(', ');
    const text = print(read(`model m(x: [1]) {\n  relu\n\n  reshape([${values}])  // allow unused-value\n}`));
    expect(text.split('\n').slice(1, 5)).toEqual(['  relu', '', '  // allow unused-value', '  reshape(']);
    expect(print(read(text))).toBe(text);
  });

  it('prints trees made by a program', () => {
    const stem = build.statement([build.layer('conv', [8], { kernel: [3, 5], padding: 'same', bias: false })], {
      as: 'stem',
    });
    const tree = build.file([
      build.imported(['a'], './a.convnet'),
      build.param('width', 0.5, 'How wide.'),
      build.block('twice', { n: undefined, mode: 'same' }, [
        build.repeat('n', [build.statement([build.layer('relu')])], 'i'),
      ]),
      build.model(
        'net',
        [build.input('x', [8, 8, 3])],
        [
          build.weights('net.safetensors'),
          { ...stem, layout: { ...stem.layout, before: build.commentLines('the stem') } },
          build.statement([build.layer('relu')], { joined: true, assertion: [8, undefined, 8] }),
          build.statement([build.name('stem'), build.layer('pad', [[[-1, 2]]], { value: -0.5 })]),
          build.results({ y: 'it' }),
        ],
        { outputs: [build.input('y', [8, 8, 8])], documentation: 'A net.' },
      ),
    ]);
    expect(print(tree)).toBe(`import { a } from "./a.convnet"
/// How wide.
param width = 0.5

block twice(n, mode = same) {
  repeat n as i {
    relu
  }
}

/// A net.
model net(x: [8, 8, 3]) -> (y: [8, 8, 8]) {
  weights "net.safetensors"
  // the stem
  conv(8, kernel: [3, 5], padding: same, bias: false) as stem; relu : [8, _, 8]
  stem |> pad([[-1, 2]], value: -0.5)
  return y: it
}
`);
    expect(print(read(print(tree)))).toBe(print(tree));
  });
});

describe('limits', () => {
  it('refuse deep nesting, long expressions and big files by name', () => {
    const nested = (depth: number): string => `param p = ${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(codesOf(nested(NESTING_LIMIT))).toEqual([]);
    expect(codesOf(nested(NESTING_LIMIT + 1))).toEqual(['limit/nesting']);
    expect(codesOf(nested(5e4))).toEqual(['limit/nesting']);
    expect(codesOf(`model m(x: [1]) ${'{ repeat 2 '.repeat(1e4)}`)).toEqual(['limit/nesting']);
    expect(codesOf(`param p = ${'-'.repeat(1e5)}1`)).toEqual(['limit/operators']);
    expect(codesOf(`param p = 1${' ^ 1'.repeat(1e4)}`)).toEqual(['limit/operators']);
    expect(codesOf(' '.repeat(SIZE_LIMIT + 1))).toEqual(['limit/source-size']);
    expect(codesOf(`param p = 1\nparam q = "${' '.repeat(PIECE_LIMIT)}"`)).toEqual(['limit/statement-size']);
  });

  it('grow for a text that an import made', () => {
    const source = { file: 'net.onnx', text: `param p = 1${' '.repeat(SIZE_LIMIT)}` };
    expect(parse(source).problems.map(({ code }) => code)).toEqual(['limit/source-size']);
    expect(parse(source, IMPORTED_LIMIT).ok).toBe(true);
  });

  it('leave room for thousands of statements, whose tables do not stay in memory', () => {
    const line = '  conv(4, kernel: 3, padding: same) |> relu\n';
    const text = `model m(x: [8, 8, 4]) {\n${line.repeat(8000)}}\n`;
    const before = process.memoryUsage().rss;
    const { items } = read(text);
    expect(items).toMatchObject([{ body: { statements: { length: 8000 } } }]);
    const [model] = items;
    const last = model!.kind === 'model' ? model!.body.statements.at(-1)! : model!;
    expect(text.slice(last.span.start, last.span.end)).toBe(line.trim());
    expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(600);
  });

  it('are not met by long lists and chains', () => {
    expect(codesOf(`param p = [${'-1, '.repeat(2000)}]`)).toEqual([]);
    expect(codesOf(`model m(x: [1]) { x${' |> relu'.repeat(1000)} }`)).toEqual([]);
    expect(codesOf(`model m(x: [1]) { if a {}${' else if b {}'.repeat(500)} }`)).toEqual([]);
  });

  it('cut a long list of problems', () => {
    const codes = codesOf(`model m(x: [1]) {\n${'  conv 8\n'.repeat(60)}}`);
    expect(codes).toHaveLength(51);
    expect(codes.at(-1)).toBe('limit/problems');
  });
});

describe('allowed lints', () => {
  const text = [
    'model m(x: [1]) {',
    '  conv(8)  // allow gridding, dead-taps: on purpose',
    '  // allow unused-value',
    '',
    '  // another comment',
    '  relu',
    '}',
  ].join('\n');

  it('are those named behind a line, or above the next line that says something', () => {
    const allowed = allowedLints(read(text));
    expect([...allowed].map(([line, names]) => [line, [...names]])).toEqual([
      [6, ['unused-value']],
      [2, ['gridding', 'dead-taps']],
    ]);
  });

  it('silence warnings of that name on that line, and nothing else', () => {
    const source = { file: 'net.convnet', text };
    const at = (piece: string) => ({ source, start: text.indexOf(piece), end: text.indexOf(piece) + 1 });
    const kept = [
      warning('lint/unused-value', 'other name', at('conv')),
      error('lint/gridding', 'an error', at('conv')),
      warning('lint/gridding', 'other line', at('relu')),
      warning('lint/gridding', 'no place'),
    ];
    const silenced = [warning('lint/gridding', 'a', at('conv')), warning('lint/unused-value', 'b', at('relu'))];
    expect(withoutSilenced([...silenced, ...kept])).toEqual(kept);
  });

  it('and what is told again of the same place is told once', () => {
    const source = { file: 'net.convnet', text };
    const of = (start: number, message: string) => warning('lint/gridding', message, { source, start, end: start + 1 });
    const told = [of(0, 'a'), of(1, 'a'), of(0, 'b')];
    expect(withoutSilenced([...told, of(0, 'a'), of(1, 'a')])).toEqual(told);
  });
});

describe('suggestions', () => {
  const layers = ['conv', 'convTranspose', 'maxPool', 'avgPool', 'relu', 'relu6', 'batchNorm', 'softmax'];

  it.each([
    ['maxpool', 'maxPool'],
    ['max_pool', 'maxPool'],
    ['covn', 'conv'],
    ['rellu', 'relu'],
    ['batchnrm', 'batchNorm'],
    ['sofmax', 'softmax'],
  ])('%s → %s', (name, expected) => {
    expect(suggest(name, layers)).toBe(expected);
  });

  it('are not made for what is unlike everything', () => {
    for (const name of ['x', 'attention', 'lstm', '', 'co']) expect(suggest(name, layers)).toBeUndefined();
    expect(didYouMean('lstm', layers)).toEqual([]);
    expect(didYouMean('covn', layers)).toEqual(['did you mean `conv`?']);
  });
});
