// The rules of ARCHITECTURE.md, held by reading our own tree.
import { relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { functions } from '../../compiler/algebra/functions.ts';
import { mappings, withoutTwin } from '../../compiler/front/onnx/mappings/index.ts';
import { operators } from '../../compiler/operators/index.ts';
import { filesUnder, importsOf, isOurs, root, textOf, withoutComments } from './tree.ts';

const drivers = 'compiler/drivers/';
const compilerFiles = filesUnder('compiler');
const pure = [...filesUnder('dsl'), ...compilerFiles.filter((file) => !file.startsWith(drivers))];

describe('imports point one way', () => {
  it.each(filesUnder('runtime'))('%s imports nothing but the runtime', (file) => {
    expect(importsOf(file).filter((name) => !name.startsWith('runtime/'))).toEqual([]);
  });

  it.each(filesUnder('dsl'))('%s imports nothing of ours outside dsl', (file) => {
    expect(importsOf(file).filter((name) => isOurs(name) && !name.startsWith('dsl/'))).toEqual([]);
  });

  it('the compiler imports dsl, the runtime it puts into modules and itself, and no driver', () => {
    const wrong = compilerFiles
      .filter((file) => !file.startsWith(drivers))
      .flatMap((file) => importsOf(file).map((name) => ({ file, name })))
      .filter(({ name }) => isOurs(name) && (name.startsWith(drivers) || !/^(compiler|dsl|runtime)\//.test(name)));
    expect(wrong).toEqual([]);
  });

  it('one file uses graphlib, one folder ohm, and binaryen only tests', () => {
    const users = (name: string): string[] =>
      [...pure, ...compilerFiles].filter((file) => importsOf(file).includes(name));
    expect([...new Set(users('@dagrejs/graphlib'))]).toEqual(['compiler/graph/graph.ts']);
    expect(users('ohm-js').every((file) => file.startsWith('dsl/'))).toBe(true);
    expect(users('binaryen')).toEqual([]);
    expect(users('ts-morph').every((file) => file.startsWith('compiler/targets/'))).toBe(true);
  });
});

describe('packages are loaded when they are needed', () => {
  /** Those that come with a module at once: neither types only nor `await import`. */
  const importedAtOnce = (file: string): string[] =>
    [...textOf(file).matchAll(/^(?:import|export)\s+(?!type\b)(?:[^;]*?\sfrom\s+)?'([^']+)'/gm)].map(([, name]) =>
      name!.startsWith('.') ? relative(root, resolve(root, file, '..', name!)) : name!,
    );

  function packagesWith(file: string, seen = new Set<string>()): string[] {
    if (seen.has(file)) return [];
    seen.add(file);
    return importedAtOnce(file).flatMap((name) => {
      if (isOurs(name)) return packagesWith(name, seen);
      return name.startsWith('node:') ? [] : [name];
    });
  }

  it.each(['main', 'program', 'check'])('%s loads little', (command) => {
    const light = ['@dagrejs/graphlib', 'commander', 'ohm-js'];
    expect(packagesWith(`${drivers}cli/${command}.ts`).filter((name) => !light.includes(name))).toEqual([]);
  });

  it.each([...filesUnder(`${drivers}cli`), 'compiler/index.ts'])('%s loads nothing that writes modules', (file) => {
    expect(packagesWith(file)).not.toContain('ts-morph');
  });

  it('which is found where it is', () => {
    expect(packagesWith('compiler/targets/wasm/emit.ts')).toContain('ts-morph');
  });
});

describe('dsl and compiler are pure', () => {
  const impure = /\b(process\.|Date\.now|new Date|performance\.now|Math\.random|globalThis\.|require\()/;

  it.each(pure)('%s reads no file, clock, environment or chance', (file) => {
    expect(importsOf(file).filter((name) => name.startsWith('node:'))).toEqual([]);
    // Text that goes into generated modules may speak of Node; code may not.
    if (!file.startsWith('compiler/targets/shared/'))
      expect(withoutComments(textOf(file)).match(impure)?.[0]).toBeUndefined();
  });
});

describe('elements and lanes are data', () => {
  const code = compilerFiles.map((file) => ({ file, lines: withoutComments(textOf(file)).split('\n') }));
  const found = (pattern: RegExp, files: RegExp): string[] =>
    code
      .filter(({ file }) => files.test(file))
      .flatMap(({ file, lines }) =>
        lines.filter((line) => pattern.test(line)).map((line) => `${file}: ${line.trim()}`),
      );

  it('no size in bytes is a literal: bytesOf(element) has it', () => {
    const places =
      /^compiler\/(tiler|passes|plan|scheduling|program|analysis|presentation|targets\/[a-z]+|[a-z]+\.ts)\b/;
    const texts = /runtime-text|\/math\//;
    const bytes = /\b4 \*(?!\*)|(?<!\*)\* 4\b|(?<!>)>> 2\b|<< 2\b/;
    expect(found(bytes, places).filter((line) => !texts.test(line))).toEqual([]);
  });

  it('no width of vectors is a literal: the machine has it', () => {
    const width = /(?:width|lanes|vector)\w*(?:\(.*\))? (?:===|!==|<|>|[?:%]) [2-9]\b|\? 4\b|, 4\)|\(4,/i;
    expect(found(width, /^compiler\/(tiler|scheduling|passes\/(pack\.ts|winograd))/)).toEqual([]);
  });
});

describe('no operator is named outside its file', () => {
  // Operators whose names are also plain words (`slice`, `floor`) or scalar functions cannot be told apart in text.
  const single = new Set([
    'relu',
    'prelu',
    'selu',
    'celu',
    'gelu',
    'silu',
    'mish',
    'lrn',
    'dropout',
    'upsample',
    'softmax',
    'softplus',
    'softsign',
  ]);
  const names = [...operators.keys()].filter(
    (name) => (/[A-Z0-9]/.test(name) || single.has(name)) && !(name in functions) && !(name in Math),
  );
  const pattern = new RegExp(`\\b(${names.join('|')})\\b`);
  // Tables that pair operators with those of another format name them: that is what they are for.
  const mayName = /^compiler\/(operators\/|front\/\w+\/mappings\/)/;
  const elsewhere = [...pure, ...filesUnder('runtime')]
    .filter((file) => !mayName.test(file))
    // Documentation in the words of the language: examples of what to write.
    .filter((file) => file !== 'compiler/presentation/problem-codes.ts');

  it.each(elsewhere)('%s', (file) => {
    expect(withoutComments(textOf(file)).match(pattern)?.[0]).toBeUndefined();
  });

  // Operators that abbreviate others import them; nothing else may know them, hints for writers included.
  const within = filesUnder('compiler/operators').filter((file) => file !== 'compiler/operators/index.ts');
  // `max(x, 0)` is a formula, `crop(1)` a layer.
  const layers = [...operators.values()].filter(({ family }) => family !== 'elementwise' && family !== 'activation');
  const calls = new RegExp(`\\b(${layers.map(({ name }) => name).join('|')})\\(`);

  it.each(within)('%s names none but its own and those that it imports', (file) => {
    const text = withoutComments(textOf(file));
    const allowed = new Set(
      [...text.matchAll(/^import \{([^}]*)\}|^export const (\w+)/gm)].flatMap((match) =>
        (match[1] ?? match[2]!).split(',').map((name) => name.trim()),
      ),
    );
    const body = text.replace(/^import [^;]*;/gm, '');
    const found = [...body.matchAll(new RegExp(pattern, 'g'))].map((match) => match[1]!);
    expect(found.filter((name) => !allowed.has(name))).toEqual([]);
    const literals = body.match(/'[^'\n]*'|`[^`]*`/g) ?? [];
    const written = literals.flatMap((literal) => literal.replace(/\$\{[^}]*\}/g, '').match(calls)?.[1] ?? []);
    expect(written.filter((name) => !allowed.has(name))).toEqual([]);
  });

  it('knows a representative part of the operators', () => {
    expect(names.length).toBeGreaterThan(30);
  });
});

describe('operators speak no foreign dialect', () => {
  const withoutTexts = (text: string): string => text.replace(/'(\\.|[^'\\\n])*'|`(\\.|[^`\\])*`/g, "''");
  const dialects = /onnx|tfjs|tflite|tensorflow|keras|torch/i;

  // What a parameter is called elsewhere may be told to people, in comments and documentation.
  it.each(filesUnder('compiler/operators'))('%s', (file) => {
    expect(importsOf(file).filter((name) => name.startsWith('compiler/front/'))).toEqual([]);
    expect(withoutTexts(withoutComments(textOf(file))).match(dialects)?.[0]).toBeUndefined();
  });

  it('has a row for every operator in the table of ONNX, or the reason why there is none', () => {
    const missing = [...operators.values()].filter((operator) => !mappings.has(operator) && !withoutTwin.has(operator));
    expect(missing.map(({ name }) => name)).toEqual([]);
    expect([...withoutTwin.keys()].filter((operator) => mappings.has(operator))).toEqual([]);
  });

  it('keeps every format out of what importers share', () => {
    const named = filesUnder('compiler/front/importing').filter((file) =>
      dialects.test(withoutTexts(withoutComments(textOf(file)))),
    );
    expect(named).toEqual([]);
  });
});
