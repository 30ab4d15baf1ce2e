// The language: what is printed reads back as the same tree, printing is idempotent, and no text at all makes the
// parser throw, hang or overflow.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from '../../dsl/parse.ts';
import { print } from '../../dsl/print.ts';
import type * as syntax from '../../dsl/syntax.ts';
import { file } from './dsl-arbitrary.ts';

function read(text: string): syntax.File {
  const result = parse({ file: 'net.convnet', text });
  if (!result.ok) throw new Error(`${result.problems.map(({ message }) => message).join('\n')}\nin\n${text}`);
  return result.value;
}

/** The tree without places and page layout, as text with sorted keys; literals by value. */
const meaning = (tree: syntax.File): string => JSON.stringify(kept(tree), null, 1);

function kept(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(kept);
  if (typeof node !== 'object' || node === null) return node;
  const hidden = ['span', 'operatorSpan', 'source', 'layout', 'comments', 'opening', 'ending'];
  if ('kind' in node && node.kind === 'number') hidden.push('text');
  const entries = Object.entries(node).filter(([key]) => !hidden.includes(key));
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, value]) => [key, kept(value)]));
}

const commentTexts = (tree: syntax.File): string[] => tree.comments.map(({ text }) => text).sort();

describe('print and parse', () => {
  it('trees made by a program read back as they were', () => {
    fc.assert(
      fc.property(file, (tree) => {
        expect(meaning(read(print(tree)))).toBe(meaning(tree));
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it('printing is idempotent, loses no comment and changes no meaning, however the text is laid out', () => {
    fc.assert(
      fc.property(file, fc.array(fc.nat(), { minLength: 1, maxLength: 40 }), (tree, choices) => {
        const source = unformatted(print(tree), choices);
        const first = read(source);
        const printed = print(first);
        const second = read(printed);
        expect(meaning(second)).toBe(meaning(first));
        expect(commentTexts(second)).toEqual(commentTexts(first));
        expect(print(second)).toBe(printed);
      }),
      { numRuns: 60, seed: 1 },
    );
  });
});

/** The same text with other space in it, and with comments where space was: deterministic in `choices`. */
function unformatted(text: string, choices: readonly number[]): string {
  const fillers = [' ', '  ', '\t', ' /* a */ ', ' /* b\n   c */ ', '   '];
  const endings = ['\n', '\n\n', ' // d\n', '\n\n\n', '\n// e\n', '\n\n  /* f */\n'];
  let next = 0;
  const choose = (from: readonly string[]): string => {
    next += 1;
    return from[choices[next % choices.length]! % from.length]!;
  };
  const parts = text.match(/"(?:\\.|[^"\\])*"|\/\/\/[^\n]*\n|\n| |[^" \n]+/g) ?? [];
  return parts.map((part) => (part === ' ' ? choose(fillers) : part === '\n' ? choose(endings) : part)).join('');
}

describe('hostile text', () => {
  const pieces = fc.constantFrom(
    ...[
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      ',',
      ':',
      ';',
      '\n',
      '"',
      '//',
      '/*',
      '*/',
      '///',
      '|>',
      '->',
      '=',
      '==',
      '-',
      '+',
      '^',
      '\\',
    ],
    ...[
      'model',
      'block',
      'param',
      'import',
      'from',
      'repeat',
      'if',
      'else',
      'return',
      'weights',
      'as',
      'not',
      'and',
      'true',
      '_',
    ],
    ...[
      'a',
      'conv',
      '8',
      '1.5',
      '3x',
      '1e999',
      '.',
      ' ',
      '\t',
      '\r',
      '\u0000',
      '\u0001',
      '\u0002',
      '\ufeff',
      'é',
      '幅',
      '👍',
      '\ud800',
    ],
    ...[
      'model a(x: [1]) {',
      'block b(n = 2) {',
      'repeat 2 {',
      'if a == 1 {',
      '} else {',
      'import { a } from "b"',
      'param p = 1',
    ],
  );

  it('of fragments ends in a tree or in problems with places inside the text', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), fc.constantFrom('', ' '), (parts, glue) => {
        expectSane(parts.join(glue));
      }),
      { numRuns: 600, seed: 2 },
    );
  });

  it('of random characters likewise', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), expectSane), { numRuns: 500, seed: 3 });
  });

  it('made from a good text by deleting, doubling and changing likewise', () => {
    const edit = fc.record({ at: fc.nat(), length: fc.nat({ max: 4 }), text: fc.oneof(pieces, fc.constant('')) });
    fc.assert(
      fc.property(file, fc.array(edit, { minLength: 1, maxLength: 4 }), (tree, edits) => {
        let text = print(tree);
        for (const { at, length, text: inserted } of edits) {
          const start = at % (text.length + 1);
          text = text.slice(0, start) + inserted + text.slice(start + length);
        }
        expectSane(text);
      }),
      { numRuns: 100, seed: 4 },
    );
  });
});

function expectSane(text: string): void {
  const result = parse({ file: 'net.convnet', text });
  if (result.ok) {
    const printed = print(result.value);
    expect(meaning(read(printed))).toBe(meaning(result.value));
    return;
  }
  expect(result.problems.length).toBeGreaterThan(0);
  for (const { code, message, at } of result.problems) {
    expect(code).toMatch(/^[a-z]+\/[a-z-]+$/);
    expect(message).not.toMatch(/undefined|NaN|\[object/);
    if (at) expect(0 <= at.start && at.start <= at.end && at.end <= Math.max(text.length, at.start)).toBe(true);
  }
}
