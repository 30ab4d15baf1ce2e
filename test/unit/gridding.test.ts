// The lint for dilations in a row: holes counted, a fix that holds, fields of any size.
import { describe, expect, it } from 'vitest';
import { analyse } from '../../compiler/compile.ts';

function gridding(size: number, ...windows: readonly (readonly [kernel: number, dilation: number])[]): string[] {
  const layers = windows.map(([kernel, dilation]) => `  conv(1, kernel: ${kernel}, dilation: ${dilation})\n`).join('');
  const result = analyse({ file: 'net.convnet', text: `model net(x: [${size}, 1]) {\n${layers}}\n` });
  if (!result.ok) throw new Error(result.problems[0]!.message);
  return result.problems
    .filter(({ code }) => code === 'lint/gridding')
    .flatMap(({ message, notes }) => [message, ...notes]);
}

describe('gridding', () => {
  it('counts the positions that no path of taps reaches', () => {
    expect(gridding(64, [3, 2], [3, 2], [3, 4])).toEqual([
      'dilations 2, 2, 4 in a row leave 8 of 17 positions of the receptive field unseen',
      'let the dilations have no common factor, such as 1, 2, 3 or 1, 2, 5',
    ]);
    expect(gridding(64, [3, 1], [3, 2], [3, 5])).toEqual([]);
    expect(gridding(64, [2, 1], [2, 2], [2, 4], [2, 8])).toEqual([]);
  });

  it('knows the largest dilation without a hole', () => {
    expect(gridding(64, [3, 1], [3, 4])).toEqual([
      'dilations 1, 4 in a row leave 2 of 11 positions of the receptive field unseen',
      'a dilation of up to 3 leaves no hole here; or let the dilations have no common factor, such as 1, 2, 3 or 1, 2, 5',
    ]);
    expect(gridding(64, [3, 1], [3, 3])).toEqual([]);
  });

  it('speaks once of a layer that is repeated', () => {
    const body = 'conv(1, kernel: 3)\n conv(1, kernel: 3, dilation: 4)\n maxPool(1)';
    const text = `model net(x: [99, 1]) {\n repeat 4 {\n ${body}\n }\n}\n`;
    expect(analyse({ file: 'net.convnet', text }).problems.map(({ code }) => code)).toEqual(['lint/gridding']);
  });

  it('looks through wide windows at once', () => {
    expect(gridding(2 ** 20, [800, 1], [900, 801])[0]).toBe(
      'dilations 1, 801 in a row leave 899 of 720899 positions of the receptive field unseen',
    );
  });
});
