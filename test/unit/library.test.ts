// `import { check, compile, parse } from 'atrous'`: the same answers as the command, without files.
import { describe, expect, it } from 'vitest';
import { write } from '../../compiler/files/safetensors.ts';
import { check, compile, parse, print, renderProblems } from '../../compiler/index.ts';

const matrix = `model small(image: [4, 4, 1]) -> (down: [2, 2, 1]) {
  conv(1, weights: [[-1, 2, -3], [4, -5, 6], [-7, 8, -9]], bias: false)
  return down: it
}
`;
const dense = 'model line(x: [2]) -> [1] {\n  dense(1)\n}\n';

describe('check', () => {
  it('gives a table', () => {
    const { problems, table, tables } = check(matrix);
    expect(problems).toEqual([]);
    expect(tables).toHaveLength(1);
    expect(table).toMatchObject({ model: 'small', parameters: 9, multiplyAccumulates: 36 });
  });

  it('gives problems and no table', () => {
    const { problems, table } = check('model a(x: [2]) {\n  rely\n}\n', { file: 'a.convnet' });
    expect(table).toBeUndefined();
    expect(renderProblems(problems)).toContain('a.convnet:2:3');
  });

  it('takes values and imports from outside', () => {
    const source = 'import { twice } from "./b.convnet"\nmodel a(x: [N]) -> [N] {\n  twice\n}\n';
    const readImport = (file: string) => ({ file, text: 'block twice() {\n  relu; tanh\n}\n' });
    const { problems, table } = check(source, { set: { N: 7 }, readImport });
    expect(problems).toEqual([]);
    expect(table?.outputs).toEqual([{ name: 'output', shape: [7] }]);
  });
});

describe('compile', () => {
  it.each(['ts', 'wasm'] as const)('runs here and now, target %s', async (target) => {
    const compiled = compile(matrix, { target });
    if (!compiled.ok) throw new Error(renderProblems(compiled.problems));
    const image = Float32Array.from({ length: 16 }, (_, n) => n + 1);
    expect([...compiled.model.instantiate().run({ image }).down!]).toEqual([-56, -61, -76, -81]);
    const paths = (await compiled.model.files()).map(({ path }) => path);
    expect(paths).toEqual(['small.js', 'small.d.ts']);
  });

  it('takes weights as a file, as tensors, or random', () => {
    const tensors = new Map([
      ['dense_0.kernel', { shape: [2, 1], data: Float32Array.of(3, 4) }],
      ['dense_0.bias', { shape: [1], data: Float32Array.of(5) }],
    ]);
    for (const weights of [tensors, write(tensors)]) {
      const compiled = compile(dense, { weights });
      if (!compiled.ok) throw new Error(renderProblems(compiled.problems));
      expect([...compiled.model.instantiate().run({ x: Float32Array.of(1, 2) }).output!]).toEqual([16]);
    }
    const random = [compile(dense, { init: 'he' }), compile(dense, { init: { scheme: 'he', seed: 1 } })];
    const [a, b] = random.map((compiled) => compiled.ok && compiled.model.weights);
    expect(a).toEqual(b);
  });

  it('refuses what it cannot compile', () => {
    const codes = (source: string): string[] => {
      const compiled = compile(source);
      return compiled.ok ? [] : compiled.problems.map(({ code }) => code);
    };
    expect(codes(dense)).toEqual(['weights/none']);
    expect(codes(`${dense}${matrix}`)).toEqual(['model/several']);
    expect(codes('model')).toEqual([expect.stringMatching(/^syntax\//)]);
    expect(compile(`${dense}${matrix}`, { model: 'small' }).ok).toBe(true);
    const cut = compile(dense, { weights: new Uint8Array(3) });
    expect(!cut.ok && cut.problems[0]?.code).toBe('weights/truncated');
  });
});

describe('parse', () => {
  it('gives a tree that prints as canonical text', () => {
    const parsed = parse('model a( x:[2] ){ relu }');
    expect(parsed.ok && print(parsed.value)).toBe('model a(x: [2]) { relu }\n');
    expect(parse('model a(', { file: 'a.convnet' }).problems[0]?.at?.source.file).toBe('a.convnet');
  });
});

describe('options that do not fit', () => {
  const compileAnything = compile as (source: unknown, options?: unknown) => ReturnType<typeof compile>;
  const problemOf = (source: unknown, options?: unknown): string => {
    const compiled = compileAnything(source, options);
    return compiled.ok ? '' : renderProblems(compiled.problems);
  };

  it.each([
    [{ target: 'webgpu' }, "`target` cannot be 'webgpu'", "expected 'ts' or 'wasm'"],
    [{ target: 'toString' }, "`target` cannot be 'toString'", ''],
    [{ traget: 'ts' }, 'there is no option `traget`', 'did you mean `target`?'],
    [{ init: 'xavier' }, "`init` cannot be 'xavier'", "'he'"],
    [{ init: { scheme: 'he', seed: 0.5 } }, '`init` cannot be of type Object', 'a whole number'],
    [{ weights: {} }, '`weights` cannot be of type Object', 'safetensors'],
    [{ weights: 'net.safetensors' }, "`weights` cannot be 'net.safetensors'", 'the bytes'],
    [{ exact: 1 }, '`exact` cannot be 1', 'true or false'],
    [{ readImport: './b.convnet' }, "`readImport` cannot be './b.convnet'", 'a function of a path'],
    [null, 'the options are null', ''],
  ])('%j', (options, message, note) => {
    expect(problemOf(dense, options)).toContain(message);
    expect(problemOf(dense, options)).toContain(note);
  });

  it('a source that is no text', () => {
    expect(problemOf(undefined)).toContain('the source is undefined, a string is expected');
    expect(problemOf(new Uint8Array(2))).toContain('the source is of type Uint8Array');
    expect((parse as (source: unknown) => ReturnType<typeof parse>)(3).problems[0]?.code).toBe('options/source');
  });

  it('options that are undefined are left out; weights may be any kind of bytes', () => {
    expect(compileAnything(dense, { target: undefined, init: 'he' }).ok).toBe(true);
    const tensor = (shape: number[], ...data: number[]) => ({ shape, data: Float32Array.from(data) });
    const bytes = write(
      new Map([
        ['dense_0.kernel', tensor([2, 1], 1, 2)],
        ['dense_0.bias', tensor([1], 3)],
      ]),
    );
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    expect(compile(dense, { weights: buffer as ArrayBuffer }).ok).toBe(true);
  });
});
