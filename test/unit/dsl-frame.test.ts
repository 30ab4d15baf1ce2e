// Code frames: what people see of a problem.
import { describe, expect, it } from 'vitest';
import { columnsOf, renderProblem, renderProblems } from '../../dsl/frame.ts';
import { error, type Problem, warning } from '../../dsl/problem.ts';
import type { Source, Span } from '../../dsl/span.ts';

const source = (text: string, file = 'net.convnet'): Source => ({ file, text });

/** The place of the n-th occurrence of a piece of the text. */
function place(from: Source, piece: string, occurrence = 0): Span {
  let start = -1;
  for (let count = 0; count <= occurrence; count += 1) start = from.text.indexOf(piece, start + 1);
  return { source: from, start, end: start + piece.length };
}

const lines = (problem: Problem): string[] => renderProblem(problem).split('\n');

describe('renderProblem', () => {
  it('shows head, place, line, carets with label, and notes', () => {
    const text = 'model up(x: [2, 2, 1]) {\n\n  convTranspose(1, kernel: 3, stride: 2, outputShape: [7, 7])\n}\n';
    const at = place(source(text, 'up.convnet'), '[7, 7]');
    const problem = error('transpose/unreachable-size', 'no output padding reaches 7×7', at, {
      label: 'the input is 2×2 here',
      notes: ['choose [5, 5] or [6, 6]', 'two\nlines'],
    });
    expect(lines(problem)).toEqual([
      'error[transpose/unreachable-size]: no output padding reaches 7×7',
      '  ┌─ up.convnet:3:55',
      '3 │   convTranspose(1, kernel: 3, stride: 2, outputShape: [7, 7])',
      '  │                                                       ^^^^^^ the input is 2×2 here',
      '  = choose [5, 5] or [6, 6]',
      '  = two',
      '    lines',
    ]);
  });

  it('without a place is head and notes', () => {
    expect(lines(warning('weights/extra', 'the file has more', undefined, { notes: ['remove it'] }))).toEqual([
      'warning[weights/extra]: the file has more',
      ' = remove it',
    ]);
  });

  it('shows several places of one file in order, with a gap between lines that are apart', () => {
    const from = source('a\nb\nc\nd\ne as a\n');
    const related = [
      { at: place(from, 'a'), label: 'first' },
      { at: place(from, 'd'), label: 'between' },
    ];
    expect(lines(error('name/duplicate', 'twice', place(from, 'a', 2), { related }))).toEqual([
      'error[name/duplicate]: twice',
      '  ┌─ net.convnet:5:6',
      '1 │ a',
      '  │ - first',
      '  ·',
      '4 │ d',
      '  │ - between',
      '5 │ e as a',
      '  │      ^',
    ]);
  });

  it('shows places in several files, the problem’s own first, in one gutter', () => {
    const from = source(`${'\n'.repeat(99)}conv(n)`, 'blocks.convnet');
    const caller = source('double(2.5)', 'net.convnet');
    const related = [{ at: place(caller, 'double(2.5)'), label: 'called here' }];
    expect(
      lines(error('argument/type', 'no', place(from, 'n', 1), { label: 'expected a whole number', related })),
    ).toEqual([
      'error[argument/type]: no',
      '    ┌─ blocks.convnet:100:6',
      '100 │ conv(n)',
      '    │      ^ expected a whole number',
      '    ┌─ net.convnet:1:1',
      '  1 │ double(2.5)',
      '    │ ----------- called here',
    ]);
  });

  it('underlines the first and the last line of a longer span', () => {
    const from = source('conv(\n  8,\n  kernel: 3,\n)  // c\n');
    expect(lines(error('a/b', 'm', place(from, 'conv(\n  8,\n  kernel: 3,\n)'), { label: 'this' }))).toEqual([
      'error[a/b]: m',
      '  ┌─ net.convnet:1:1',
      '1 │ conv(',
      '  │ ^^^^^',
      '  ·',
      '4 │ )  // c',
      '  │ ^ this',
    ]);
  });

  it('aligns carets behind tabs and wide characters, and at the end of a line', () => {
    const from = source('\tpad("幅👍e\u0301", x)\r\nparam w\n');
    expect(lines(error('a/b', 'm', place(from, 'x'))).slice(2)).toEqual([
      '1 │     pad("幅👍e\u0301", x)',
      `  │ ${' '.repeat(columnsOf('    pad("幅👍e", '))}^`,
    ]);
    expect(columnsOf('    pad("幅👍e", ')).toBe(17);
    const end = { source: from, start: from.text.length - 1, end: from.text.length - 1 };
    expect(lines(error('a/b', 'm', end)).slice(1)).toEqual(['  ┌─ net.convnet:2:8', '2 │ param w', '  │        ^']);
  });

  it('cuts long lines around the place', () => {
    const from = source(`${'a'.repeat(5000)}!${'b'.repeat(5000)}`);
    const [, , line, carets] = lines(error('a/b', 'm', place(from, '!')));
    expect(line!.length).toBeLessThan(160);
    expect(line![carets!.indexOf('^')]).toBe('!');
  });

  it('lets nothing from the source or a name steer the terminal', () => {
    const from = source('\u001b[2J x\u202e');
    const text = renderProblem(error('a/b', 'layer \u001b[31m', place(from, 'x'), { label: '\u0007', notes: ['\r'] }));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  it('paints only when asked', () => {
    const problem = error('a/b', 'm', place(source('x'), 'x'));
    expect(renderProblem(problem)).not.toContain('\u001b');
    expect(renderProblem(problem, { colour: true })).toContain('\u001b[1;31merror[a/b]\u001b[0m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
    expect(renderProblem(problem, { colour: true }).replaceAll(/\u001b\[[0-9;]*m/g, '')).toBe(renderProblem(problem));
  });
});

describe('renderProblems', () => {
  it('leaves an empty line between frames', () => {
    expect(renderProblems([error('a/b', 'one'), error('a/c', 'two')])).toBe('error[a/b]: one\n\nerror[a/c]: two');
  });
});
