// Whole records and whole faults of windows, word for word: every number of a shape rule stands here once, worked by hand.
import { describe, expect, it } from 'vitest';
import type { AxisRecord } from '../../compiler/operators/operator.ts';
import { isFault } from '../../compiler/operators/operator.ts';
import {
  checkerboard,
  sameHead,
  type TransposedSpecification,
  transposedWindows,
} from '../../compiler/operators/shared/transposed-windows.ts';
import {
  axisName,
  deadTaps,
  explicitPadding,
  forwardWindows,
  spread,
  type WindowSpecification,
} from '../../compiler/operators/shared/windows.ts';

const forward = (given: Partial<WindowSpecification>) =>
  forwardWindows({ input: [5], kernel: 3, stride: 1, dilation: 1, padding: 'valid', ...given });
const transposed = (given: Partial<TransposedSpecification>) =>
  transposedWindows({
    input: [4],
    kernel: 3,
    stride: 2,
    dilation: 1,
    padding: 'valid',
    outputPadding: undefined,
    outputShape: undefined,
    ...given,
  });

/** `[before, after, output, rule]` of each axis. */
const summary = (records: ReturnType<typeof forward>) =>
  isFault(records) ? records : records.map(({ before, after, output, rule }) => [before, after, output, rule]);
/** `[height, width]` of an output. */
const sizes = (records: ReturnType<typeof forward>) =>
  isFault(records) ? records : records.map(({ output }) => output);

describe('numbers by axis', () => {
  it('one number serves every axis, a list its own', () => {
    expect(spread(2, 3, 'stride')).toEqual([2, 2, 2]);
    expect(spread([1, 2], 2, 'stride')).toEqual([1, 2]);
  });

  it.each([
    [2, '2 spatial axes'],
    [1, '1 spatial axis'],
  ])('a list of another length for %i', (rank, words) => {
    expect(spread([1, 2, 3], rank, 'stride')).toEqual({
      parameter: 'stride',
      code: 'shape/axes',
      message: `stride has 3 numbers for ${words}`,
      label: `one number, or a list of ${rank}`,
    });
  });

  it('numeric padding in three spellings', () => {
    expect(explicitPadding(2, 0, 1)).toEqual({ before: 2, after: 2, rule: 'explicit' });
    expect(explicitPadding([1, 3], 1, 2)).toEqual({ before: 3, after: 3, rule: 'explicit' });
    expect(explicitPadding([[1, 3]], 0, 1)).toEqual({ before: 1, after: 3, rule: 'explicit' });
    for (const [rank, words] of [
      [1, '1 spatial axis'],
      [2, '2 spatial axes'],
    ] as const)
      expect(explicitPadding([1, 2, 3], 0, rank)).toEqual({
        parameter: 'padding',
        code: 'shape/axes',
        message: `padding has 3 entries for ${words}`,
        label: `one number, or a list of ${rank}`,
        notes: [
          'an entry is a number for both ends or a pair [before, after]: a pair for one axis is written [[0, 1]]',
        ],
      });
  });

  it('every list is looked at, by its own name', () => {
    for (const name of ['kernel', 'stride', 'dilation']) {
      expect(forward({ [name]: [1, 1] })).toMatchObject({ parameter: name, code: 'shape/axes' });
      expect(transposed({ [name]: [1, 1] })).toMatchObject({ parameter: name, code: 'shape/axes' });
    }
    for (const name of ['outputPadding', 'outputShape'])
      expect(transposed({ [name]: [1, 1] })).toMatchObject({ parameter: name, code: 'shape/axes' });
    expect(transposed({ padding: [1, 1] })).toMatchObject({ parameter: 'padding', code: 'shape/axes' });
  });

  it('axes have names', () => {
    expect(axisName(0, 1)).toBe('length');
    expect([0, 1].map((axis) => axisName(axis, 2))).toEqual(['height', 'width']);
    expect([0, 1, 2].map((axis) => axisName(axis, 3))).toEqual(['depth', 'height', 'width']);
    expect(axisName(1, 1)).toBe('axis 1');
  });

  it('nothing but a fault is a fault', () => {
    expect([null, undefined, 'code', { code: 'x' }, { message: 'x' }].some(isFault)).toBe(false);
    expect(isFault({ code: 'x', message: 'x' })).toBe(true);
  });
});

describe('forward windows', () => {
  it('a whole record', () => {
    expect(
      forward({
        input: [9, 11],
        kernel: [3, 2],
        stride: [2, 3],
        dilation: [2, 4],
        padding: [
          [1, 0],
          [0, -1],
        ],
      }),
    ).toEqual([
      {
        direction: 'forward',
        input: 9,
        kernel: 3,
        stride: 2,
        dilation: 2,
        before: 1,
        after: 0,
        output: 3,
        rule: 'explicit',
      },
      {
        direction: 'forward',
        input: 11,
        kernel: 2,
        stride: 3,
        dilation: 4,
        before: 0,
        after: -1,
        output: 2,
        rule: 'explicit',
      },
    ]);
  });

  it('each rule under its name', () => {
    expect(summary(forward({}))).toEqual([[0, 0, 3, 'valid']]);
    expect(summary(forward({ input: [6], stride: 2, padding: 'same' }))).toEqual([[0, 1, 3, 'same']]);
    expect(summary(forward({ input: [6], stride: 2, padding: 'same_lower' }))).toEqual([[1, 0, 3, 'same_lower']]);
    expect(summary(forward({ dilation: 2, padding: 'causal' }))).toEqual([[4, 0, 5, 'causal']]);
    expect(forward({ input: [5, 5], padding: 'causal' })).toEqual({
      parameter: 'padding',
      code: 'shape/causal',
      message: 'causal padding is for one spatial axis, here are 2',
      notes: ['write [before, after] pairs: padding: [[2, 0], [1, 1]]'],
    });
  });

  it.each([
    // input, kernel, stride, padding, floor, ceil
    [7, 2, 2, 0, 3, 4],
    [6, 3, 2, 0, 2, 3],
    [6, 2, 2, 0, 3, 3],
    [6, 3, 2, 1, 3, 4],
    // The last window would begin in the padding at the tail, so it is dropped.
    [5, 2, 2, 1, 3, 3],
    [4, 1, 3, 1, 2, 2],
    [6, 2, 3, [[2, 2]], 3, 3],
    // It would begin exactly where the tail padding begins: dropped too.
    [3, 1, 2, [[1, 2]], 3, 3],
    [4, 2, 2, [[0, 1]], 2, 2],
  ] as const)('ceil: %j, kernel %j, stride %j, padding %j', (input, kernel, stride, padding, floor, ceil) => {
    const given = { input: [input], kernel, stride, padding };
    expect(sizes(forward(given))).toEqual([floor]);
    expect(sizes(forward({ ...given, ceil: true }))).toEqual([ceil]);
  });

  it('a window that does not fit', () => {
    expect(
      forward({
        input: [4, 4],
        dilation: 2,
        padding: [
          [1, 1],
          [-1, 1],
        ],
      }),
    ).toEqual({
      parameter: 'kernel',
      code: 'shape/window',
      message: 'a window of 5 does not fit into the width of 4',
      label: 'the input is 4 here',
      notes: ['4 + -1 + 1 of padding < (3 − 1)·2 + 1 = 5: use a smaller kernel or dilation, or more padding'],
    });
  });

  it('padding that leaves nothing', () => {
    const nothing = {
      parameter: 'padding',
      code: 'shape/padding',
      message: 'padding [-4, -1] leaves nothing of the length of 5',
      notes: ['5 + (-4) + (-1) = 0: negative padding crops, use less of it'],
    };
    expect(forward({ kernel: 1, padding: [[-4, -1]] })).toEqual(nothing);
    // One element is left, which is something.
    expect(sizes(forward({ kernel: 1, padding: [[-3, -1]] }))).toEqual([1]);
    expect(sizes(forward({ kernel: 1, padding: [[-1, -3]] }))).toEqual([1]);
    expect(sizes(forward({ input: [1], kernel: 1, padding: [[2, -2]] }))).toEqual([1]);
    expect(sizes(forward({ input: [1], kernel: 1, padding: [[-2, 2]] }))).toEqual([1]);
  });
});

describe('transposed windows', () => {
  it('a whole record', () => {
    expect(
      transposed({
        input: [4, 3],
        kernel: [3, 2],
        stride: [2, 3],
        dilation: [1, 2],
        padding: [
          [1, 0],
          [2, -1],
        ],
        outputPadding: [1, 2],
      }),
    ).toEqual([
      // (4 − 1)·2 + 1·(3 − 1) + 1 = 9 in full; 9 − 1 − 0 + 1 = 9
      {
        direction: 'transposed',
        input: 4,
        kernel: 3,
        stride: 2,
        dilation: 1,
        before: 1,
        after: -1,
        output: 9,
        rule: 'explicit',
      },
      // (3 − 1)·3 + 2·(2 − 1) + 1 = 9 in full; 9 − 2 + 1 + 2 = 10
      {
        direction: 'transposed',
        input: 3,
        kernel: 2,
        stride: 3,
        dilation: 2,
        before: 2,
        after: -3,
        output: 10,
        rule: 'explicit',
      },
    ]);
  });

  it('each rule under its name, with and without output padding', () => {
    expect(summary(transposed({}))).toEqual([[0, 0, 9, 'valid']]);
    expect(summary(transposed({ outputPadding: 1 }))).toEqual([[0, -1, 10, 'valid']]);
    expect(summary(transposed({ padding: 'causal' }))).toEqual([[0, 1, 8, 'causal']]);
    expect(summary(transposed({ padding: 'causal', outputPadding: 1 }))).toEqual([[0, 0, 9, 'causal']]);
    expect(summary(transposed({ padding: 'same' }))).toEqual([[0, 1, 8, 'same']]);
    expect(summary(transposed({ padding: 'same_lower' }))).toEqual([[1, 0, 8, 'same_lower']]);
    // (4 − 1)·2 + 3 mod 2 + a, and a window of 4 has no odd cell.
    expect(summary(transposed({ padding: 'same', outputPadding: 0 }))).toEqual([[1, 1, 7, 'same']]);
    expect(summary(transposed({ padding: 'same', kernel: 4, outputPadding: 1 }))).toEqual([[1, 2, 7, 'same']]);
    expect(summary(transposed({ padding: 1 }))).toEqual([[1, 1, 7, 'explicit']]);
    expect(transposed({ input: [4, 4], padding: 'causal' })).toMatchObject({ code: 'shape/causal' });
  });

  it('the head of what is cut', () => {
    expect([0, 1, 2, 3, -1].map((total) => sameHead(total, 'same'))).toEqual([0, 0, 1, 1, 0]);
    expect([0, 1, 2, 3, -1].map((total) => sameHead(total, 'same_lower'))).toEqual([0, 1, 1, 2, 0]);
  });

  it('output padding is smaller than the stride or the dilation', () => {
    expect(sizes(transposed({ dilation: 3, outputPadding: 2 }))).toEqual([15]);
    expect(transposed({ stride: 3, dilation: 2, outputPadding: 3 })).toEqual({
      parameter: 'outputPadding',
      code: 'transpose/output-padding',
      message: 'outputPadding 3 is not smaller than stride 3 or dilation 2',
      label: 'at most 2',
      notes: ['for a longer tail without taps write negative padding: padding: [[0, -2], [0, -2]]'],
    });
    expect(transposed({ outputPadding: 1, outputShape: 10 })).toEqual({
      parameter: 'outputPadding',
      code: 'argument/conflict',
      message: 'outputPadding and outputShape both fix the output size',
      notes: ['give one of them: outputPadding is derived from outputShape'],
    });
  });

  it('padding that leaves nothing', () => {
    expect(
      transposed({
        input: [4, 2],
        padding: [
          [0, 0],
          [3, 2],
        ],
      }),
    ).toEqual({
      parameter: 'padding',
      code: 'shape/padding',
      message: 'padding [3, 2] leaves nothing of the width',
      label: 'the input is 2 here',
      notes: ['o = (2 − 1)·2 + 1·(3 − 1) + 1 − (3) − (2) = 0: use less padding'],
    });
  });

  describe('outputShape', () => {
    it('chooses the output padding', () => {
      expect(summary(transposed({ outputShape: 9 }))).toEqual([[0, 0, 9, 'outputShape']]);
      expect(summary(transposed({ outputShape: 10 }))).toEqual([[0, -1, 10, 'outputShape']]);
      // full = 9 of which [1, 2] are cut: 6 or 7.
      expect(summary(transposed({ padding: [[1, 2]], outputShape: 6 }))).toEqual([[1, 2, 6, 'outputShape']]);
      expect(summary(transposed({ padding: [[1, 2]], outputShape: 7 }))).toEqual([[1, 1, 7, 'outputShape']]);
      expect(summary(transposed({ padding: 'causal', outputShape: 9 }))).toEqual([[0, 0, 9, 'outputShape']]);
    });

    it('of `same` goes down, and halves what is cut', () => {
      const lower = { kernel: 4, padding: 'same_lower', outputShape: 7 } as const;
      expect(summary(transposed({ kernel: 4, padding: 'same', outputShape: 8 }))).toEqual([[1, 1, 8, 'outputShape']]);
      expect(summary(transposed({ kernel: 4, padding: 'same', outputShape: 7 }))).toEqual([[1, 2, 7, 'outputShape']]);
      expect(summary(transposed(lower))).toEqual([[2, 1, 7, 'outputShape']]);
    });

    const refused = (given: Partial<TransposedSpecification>): readonly (string | undefined)[] => {
      const fault = transposed(given);
      if (!isFault(fault)) throw new Error(`no fault in ${JSON.stringify(fault)}`);
      expect(fault).toMatchObject({ parameter: 'outputShape', code: 'transpose/unreachable-size' });
      return [fault.message, fault.label, ...(fault.notes ?? [])];
    };

    it('out of reach says what is within', () => {
      expect(refused({ input: [2, 2], outputShape: 7 })).toEqual([
        'no output padding reaches 7×7',
        'the input is 2×2 here',
        'o = (2 − 1)·2 + 3 − 0 + a = 5 + a with a < 2: choose [5, 5] or [6, 6]',
      ]);
      expect(refused({ outputShape: 8 })[2]).toContain(': choose [9] or [10]');
      expect(refused({ dilation: 2, padding: [[1, 0]], outputShape: 12 })[2]).toBe(
        'o = (4 − 1)·2 + 2·(3 − 1) + 1 − 1 + a = 10 + a with a < 2: choose [10] or [11]',
      );
      expect(refused({ padding: 'same', outputShape: 9 })[2]).toBe('o = 4·2 − b = 8 − b with b < 2: choose [7] or [8]');
      expect(refused({ padding: 'same', outputShape: 6 })[2]).toContain('choose [7] or [8]');
      expect(refused({ padding: 'same_lower', outputShape: 9 })[2]).toContain('o = 4·2 − b = 8 − b');
      expect(refused({ padding: 'causal', outputShape: 7 })[2]).toBe(
        'o = 4·2 + a = 8 + a with a < 2: choose [8] or [9]',
      );
    });

    it('the formula is that of the first axis out of reach', () => {
      expect(refused({ input: [4, 2], outputShape: [9, 7] })[2]).toBe(
        'o = (2 − 1)·2 + 3 − 0 + a = 5 + a with a < 2: choose height 9 to 10, width 5 to 6',
      );
      expect(refused({ input: [4, 2], outputShape: [10, 4] })[2]).toContain('o = (2 − 1)·2');
      expect(refused({ input: [4, 2], outputShape: [11, 7] })[2]).toContain('o = (4 − 1)·2');
    });

    it('many choices are ranges', () => {
      expect(refused({ stride: 4, outputShape: 3 })[2]).toContain(': choose [15] or [16] or [17] or [18]');
      expect(refused({ stride: 5, outputShape: 3 })[2]).toContain(': choose length 18 to 22');
      expect(refused({ input: [4, 3], stride: [2, 1], outputShape: [9, 9] })[2]).toMatch(
        /: choose height 9 to 10, width 5$/,
      );
      expect(refused({ input: [4, 5], kernel: [3, 1], stride: [2, 2], outputShape: [9, 12] })[2]).toContain(
        ': choose [9, 9] or',
      );
      // The same least size, but not the same greatest.
      expect(refused({ input: [5, 3], kernel: [1, 1], stride: [2, 4], outputShape: [9, 15] })[2]).toContain(
        ': choose height 9 to 10, width 9 to 12',
      );
      // The same greatest size, but not the same least.
      expect(refused({ input: [5, 8], kernel: [1, 3], stride: [2, 1], outputShape: [9, 15] })[2]).toContain(
        ': choose height 9 to 10, width 10',
      );
    });

    it('never goes below one', () => {
      // full = 5, five cut: 0 is nothing, 1 can be had.
      expect(sizes(transposed({ input: [2], padding: [[2, 3]], outputShape: 1 }))).toEqual([1]);
      expect(transposed({ input: [2], padding: [[3, 3]], outputShape: 1 })).toMatchObject({ code: 'shape/padding' });
    });
  });
});

describe('lints', () => {
  const record = (given: Partial<AxisRecord>): AxisRecord => ({
    direction: 'forward',
    input: 5,
    kernel: 3,
    stride: 1,
    dilation: 1,
    before: 0,
    after: 0,
    output: 3,
    rule: 'explicit',
    ...given,
  });

  it('taps that only see padding', () => {
    expect(deadTaps([record({})])).toEqual([]);
    const outer = { input: 4, dilation: 5, before: 5, after: 5, output: 4 };
    expect(deadTaps([record({ input: 9, output: 7 }), record(outer)])).toEqual([
      {
        parameter: 'dilation',
        code: 'lint/dead-taps',
        message: '2 of 3 taps in width only ever see padding',
        label: 'taps 0, 2 of the kernel',
        notes: ['the window spans (3 − 1)·5 + 1 = 11 and the input is 4: use a smaller kernel or dilation'],
      },
    ]);
  });

  it('names eight of many', () => {
    const wide = (kernel: number) =>
      deadTaps([record({ input: 1, kernel, before: 0, after: kernel - 1, output: 1 })])[0];
    expect(wide(9)).toMatchObject({ parameter: 'kernel', label: 'taps 1, 2, 3, 4, 5, 6, 7, 8 of the kernel' });
    expect(wide(10)).toMatchObject({ label: 'taps 1, 2, 3, 4, 5, 6, 7, 8, … of the kernel' });
  });

  it('taps between strides', () => {
    // Windows begin at −2 and 1 over one element: tap 2 sees it, taps 0 and 1 do not.
    const strided = record({ input: 1, stride: 3, before: 2, after: 3, output: 2 });
    expect(deadTaps([strided])[0]?.label).toBe('taps 0, 1 of the kernel');
    // Windows begin at −1, 3: tap 1 sees element 0, tap 2 element 1, tap 0 element 3.
    expect(deadTaps([record({ input: 4, stride: 4, before: 1, after: 2, output: 2 })])).toEqual([]);
    // With three elements, element 3 is gone.
    expect(deadTaps([record({ input: 3, stride: 4, before: 1, after: 2, output: 2 })])[0]?.label).toBe(
      'taps 0 of the kernel',
    );
  });

  it('taps that write outside a transposed output', () => {
    // Input i and tap k write to 2·i + k − 1, of which 0 … 2 exist.
    const cropped = record({ direction: 'transposed', input: 1, kernel: 5, stride: 2, before: 1, after: 1, output: 3 });
    expect(deadTaps([cropped])[0]).toMatchObject({
      message: '2 of 5 taps in length only ever write outside the output',
      label: 'taps 0, 4 of the kernel',
    });
  });

  it('uneven overlaps', () => {
    const up = (kernel: number, stride: number, dilation = 1) =>
      checkerboard([record({ direction: 'transposed', kernel, stride, dilation })]).map(({ message, notes }) => [
        message,
        notes?.[0],
      ]);
    expect(up(4, 2)).toEqual([]);
    expect(up(4, 2, 3)).toEqual([]);
    expect(checkerboard([record({ direction: 'transposed', kernel: 3, stride: 2 })])).toEqual([
      {
        parameter: 'kernel',
        code: 'lint/checkerboard',
        message: 'a kernel of 3 with stride 2 overlaps unevenly: neighbouring outputs sum 1 or 2 taps',
        notes: ['use kernel: 4, or enlarge the input 2 times and convolve it with stride 1'],
      },
    ]);
    expect(up(7, 3)).toEqual([
      [
        'a kernel of 7 with stride 3 overlaps unevenly: neighbouring outputs sum 2 or 3 taps',
        'use kernel: 9, or enlarge the input 3 times and convolve it with stride 1',
      ],
    ]);
    // Every other output is reached by no tap at all.
    expect(up(2, 2, 2)).toEqual([
      [
        'a kernel of 2 with stride 2 overlaps unevenly: neighbouring outputs sum 0 or 2 taps',
        'use dilation: 1, or enlarge the input 2 times and convolve it with stride 1',
      ],
    ]);
  });
});
