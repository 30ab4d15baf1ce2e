// What the window, dense, arrangement and resampling operators refuse or warn of: code, parameter, and the numbers in the words.
import { describe, expect, it } from 'vitest';
import { operators } from '../../compiler/operators/index.ts';
import { faultsOf, legal, named, type Written } from '../run-operator.ts';

type Row = readonly [
  code: string,
  parameter: string | undefined,
  words: RegExp,
  name: string,
  written: Written,
  ...shapes: (readonly number[])[],
];
const image = [6, 6, 4];

const rows: readonly Row[] = [
  [
    'shape/broadcast',
    'shape',
    /\[1, 4, 1\] does not spread over \[1, 0, 2\]/,
    'expand',
    { shape: [1, 0, 2] },
    [1, 4, 1],
  ],
  ['shape/broadcast', 'shape', /\[7\] does not spread over \[0\]/, 'expand', { shape: [0] }, [7]],
  ['shape/rank', undefined, /the input is \[4\]/, 'conv', { filters: 1, kernel: 1 }, [4]],
  ['shape/rank', undefined, /1 to 3 spatial axes/, 'maxPool', { kernel: 1 }, [2, 2, 2, 2, 2]],
  ['argument/missing', undefined, /needs kernel/, 'conv', { filters: 1 }, image],
  ['shape/axes', 'kernel', /3 numbers for 2 spatial axes/, 'conv', { filters: 1, kernel: [1, 2, 3] }, image],
  ['shape/axes', 'stride', /1 numbers for 2/, 'convTranspose', { filters: 1, kernel: 3, stride: [1] }, image],
  ['shape/axes', 'padding', /2 entries for 1 spatial axis/, 'conv', { filters: 1, kernel: 1, padding: [1, 2] }, [5, 1]],
  [
    'shape/window',
    'kernel',
    /a window of 7 does not fit into the height of 6/,
    'conv',
    { filters: 1, kernel: 7 },
    image,
  ],
  [
    'shape/window',
    'kernel',
    /a window of 5 does not fit into the length of 4/,
    'conv',
    { filters: 1, kernel: 3, dilation: 2 },
    [4, 1],
  ],
  [
    'shape/padding',
    'padding',
    /\[-3, -3\] leaves nothing of the height of 6/,
    'conv',
    { filters: 1, kernel: 1, padding: -3 },
    image,
  ],
  [
    'shape/padding',
    'padding',
    /\[6, 6\] leaves nothing of the height/,
    'convTranspose',
    { filters: 1, kernel: 3, padding: 6 },
    image,
  ],
  ['shape/causal', 'padding', /here are 2/, 'conv', { filters: 1, kernel: 3, padding: 'causal' }, image],
  ['shape/causal', 'padding', /here are 2/, 'convTranspose', { filters: 1, kernel: 3, padding: 'causal' }, image],
  [
    'shape/groups',
    'groups',
    /3 groups do not divide 4 input channels/,
    'conv',
    { filters: 3, kernel: 1, groups: 3 },
    image,
  ],
  [
    'shape/groups',
    'groups',
    /2 groups do not divide 3 filters/,
    'convTranspose',
    { filters: 3, kernel: 1, groups: 2 },
    image,
  ],
  [
    'weights/shape',
    'weights',
    /kernel is \[2, 2, 4, 1\] here, the list is \[2, 2\]/,
    'conv',
    {
      filters: 1,
      weights: [
        [1, 2],
        [3, 4],
      ],
    },
    image,
  ],
  ['weights/shape', 'bias', /bias is \[3\] for 2/, 'conv', { filters: 2, kernel: 1, bias: [1, 2, 3] }, image],
  [
    'weights/shape',
    'pointwise',
    /pointwise is \[4, 2\]/,
    'separableConv',
    { filters: 2, kernel: 1, pointwise: [[1]] },
    image,
  ],
  ['weights/shape', 'weights', /kernel is \[144, 2\]/, 'dense', { units: 2, weights: [[1, 2]] }, image],
  [
    'argument/conflict',
    'outputPadding',
    /both fix the output size/,
    'convTranspose',
    { filters: 1, kernel: 3, outputPadding: 1, outputShape: 9 },
    image,
  ],
  [
    'transpose/output-padding',
    'outputPadding',
    /2 is not smaller than stride 2 or dilation 1/,
    'convTranspose',
    { filters: 1, kernel: 3, stride: 2, outputPadding: 2 },
    image,
  ],
  [
    'transpose/unreachable-size',
    'outputShape',
    /no output padding reaches 7×7/,
    'convTranspose',
    { filters: 1, kernel: 3, stride: 2, outputShape: [7, 7] },
    [2, 2, 1],
  ],
  [
    'transpose/unreachable-size',
    'outputShape',
    /reaches 6$/,
    'convTranspose',
    { filters: 1, kernel: 3, stride: 2, padding: 'same', outputShape: 6 },
    [2, 1],
  ],
  ['shape/padding', 'padding', /at least 0, in height it is \[-1, -1\]/, 'maxPool', { kernel: 2, padding: -1 }, image],
  ['argument/range', 'p', /p is 0/, 'lpPool', { kernel: 2, p: 0 }, image],
  ['shape/elements', 'shape', /144 elements do not fit into \[5, -1\]/, 'reshape', { shape: [5, -1] }, image],
  ['shape/elements', 'shape', /one of them may be -1/, 'reshape', { shape: [-1, -1] }, image],
  ['shape/elements', 'shape', /no shape/, 'reshape', { shape: [0, 144] }, image],
  [
    'shape/permutation',
    'permutation',
    /\[0, 0, 1\] is not an order of 3 axes/,
    'transpose',
    { permutation: [0, 0, 1] },
    image,
  ],
  [
    'shape/concat',
    'input1',
    /\[6, 6, 4\] and \[6, 5, 4\] cannot be joined along axis 2/,
    'concat',
    {},
    image,
    [6, 5, 4],
  ],
  ['shape/concat', 'input1', /cannot be joined/, 'concat', {}, image, [6, 4]],
  ['shape/axis', 'axis', /no axis 3/, 'concat', { axis: 3 }, image, image],
  ['shape/padding', 'padding', /leaves nothing of the 6 in axis 1/, 'pad', { padding: [0, -3] }, image],
  ['shape/axes', 'padding', /1 entries for \[6, 6, 4\]/, 'pad', { padding: [1] }, image],
  ['argument/conflict', 'value', /mode edge/, 'pad', { padding: 1, mode: 'edge', value: 1 }, image],
  ['shape/empty', 'amount', /leaves nothing of the 6 in axis 0/, 'crop', { amount: 3 }, image],
  ['shape/empty', 'ends', /takes nothing of axis 0/, 'slice', { starts: [4], ends: [2] }, image],
  ['argument/conflict', 'sizes', /ends and sizes/, 'slice', { starts: [0], ends: [2], sizes: [2] }, image],
  ['argument/range', 'strides', /stride of axis 0 is 0/, 'slice', { starts: [0], strides: [0] }, image],
  ['shape/slice', 'sizes', /5 cells from 2 on/, 'slice', { starts: [2], sizes: [5] }, image],
  ['shape/axes', 'ends', /ends has 2 entries, starts has 1/, 'slice', { starts: [2], ends: [5, 6] }, image],
  ['shape/axis', 'starts', /no axis 3/, 'slice', { starts: [0, 0, 0, 0] }, image],
  ['shape/axis', 'axes', /axis 2 stands twice/, 'slice', { starts: [0, 0], axes: [2, -1] }, image],
  ['shape/block', 'block', /4 channels do not divide into blocks of 3·3 = 9/, 'pixelShuffle', { block: 3 }, image],
  ['shape/block', 'block', /blocks of 4 do not divide the height of 6/, 'pixelUnshuffle', { block: 4 }, image],
  ['shape/groups', 'groups', /3 groups do not divide 4/, 'channelShuffle', { groups: 3 }, image],
  ['argument/range', 'rate', /rate of 1 is not/, 'dropout', { rate: 1 }, image],
  ['shape/empty', 'scale', /scale 0.1 leaves nothing of the 6 in axis 0/, 'upsample', { scale: 0.1 }, image],
  [
    'argument/conflict',
    'rounding',
    /no effect in mode linear/,
    'upsample',
    { scale: 2, mode: 'bilinear', rounding: 'floor' },
    image,
  ],
  ['argument/conflict', 'antialias', /no effect in mode nearest/, 'resize', { size: 3, antialias: true }, image],
  [
    'argument/conflict',
    'coefficient',
    /no effect in mode linear/,
    'resize',
    { size: 3, mode: 'linear', coefficient: 1 },
    image,
  ],
  ['argument/conflict', 'scale', /size and scale/, 'resize', { size: 3, scale: 2 }, image],
  ['argument/missing', undefined, /size or scale/, 'resize', {}, image],
  ['argument/conflict', 'region', /size/, 'resize', { scale: 2, region: [[0, 1]] }, image],
  ['argument/conflict', 'outside', /without a region/, 'resize', { size: 3, outside: 1 }, image],
  ['shape/axes', 'region', /1 entries/, 'resize', { size: 3, region: [[0, 1]] }, image],
  [
    'argument/conflict',
    'coordinates',
    /region/,
    'resize',
    { size: 3, region: [[0, 1]], coordinates: 'align_corners' },
    image,
  ],
];

describe('faults', () => {
  for (const [code, parameter, words, name, written, ...shapes] of rows) {
    it(`${name}(${JSON.stringify(written)}) is ${code}`, () => {
      const [fault] = faultsOf(named(name), written, shapes);
      expect(fault).toMatchObject({ code, ...(parameter && { parameter }) });
      expect(fault!.message).toMatch(words);
      expect(fault!.message).toMatch(/^[^A-Z].*[^.]$/);
      const known = [...Object.keys(named(name).parameters), ...shapes.map((_, n) => `input${n}`), undefined];
      expect(known).toContain(fault!.parameter);
      expect(fault!.label ?? fault!.notes?.[0]).toBeTruthy();
    });
  }

  it('an unreachable size lists the sizes that are reachable', () => {
    const notes = (written: Written, shape: readonly number[]) =>
      faultsOf(named('convTranspose'), { filters: 1, kernel: 3, ...written }, [shape])[0]!.notes;
    expect(notes({ stride: 2, outputShape: [7, 7] }, [2, 2, 1])).toEqual([
      'o = (2 − 1)·2 + 3 − 0 + a = 5 + a with a < 2: choose [5, 5] or [6, 6]',
    ]);
    expect(notes({ stride: 2, dilation: 2, padding: 1, outputShape: [7, 2] }, [2, 3, 1])).toEqual([
      'o = (2 − 1)·2 + 2·(3 − 1) + 1 − 2 + a = 5 + a with a < 2: choose height 5 to 6, width 7 to 8',
    ]);
    expect(notes({ stride: 2, padding: 'same', outputShape: 9 }, [2, 1])).toEqual([
      'o = 2·2 − b = 4 − b with b < 2: choose [3] or [4]',
    ]);
  });

  const huge = 2 ** 31;
  const oversized: readonly (readonly [name: string, written: Written, ...shapes: (readonly number[])[]])[] = [
    ['conv', { filters: huge, kernel: 1 }, [2, 2, 1]],
    ['conv', { filters: 1, kernel: 1, padding: huge }, [2, 2, 1]],
    ['conv', { filters: 1, kernel: Number.MAX_SAFE_INTEGER, padding: Number.MAX_SAFE_INTEGER }, [2, 2, 1]],
    ['convTranspose', { filters: 1, kernel: 1, stride: huge }, [2, 2, 1]],
    ['depthwiseConv', { kernel: 1, multiplier: huge }, [2, 2, 1]],
    ['separableConv', { filters: 1, kernel: 1, multiplier: huge }, [2, 2, 1]],
    ['separableConv', { filters: 1, kernel: 1, padding: 2 ** 14 }, [2, 2, 64]],
    ['maxPool', { kernel: 2 ** 17, stride: 1, padding: 2 ** 17 - 1 }, [2, 2, 1]],
    ['dense', { units: huge }, [2]],
    ['concat', { axis: 0 }, [2 ** 30, 1], [2 ** 30, 1]],
    ['pad', { padding: huge, mode: 'reflect' }, [2, 2, 1]],
    ['upsample', { scale: 2 ** 20 }, [2, 2, 1]],
    ['resize', { size: 2 ** 20, mode: 'cubic' }, [2, 2, 1]],
  ];
  for (const [name, written, ...shapes] of oversized) {
    it(`${name}(${JSON.stringify(written)}) refuses sizes that cannot be indexed`, () => {
      const [fault] = faultsOf(named(name), written, shapes);
      expect(fault!.code).toBe('shape/too-large');
      expect(fault!.notes!.join()).toContain('2²⁹');
    });
  }
});

describe('warnings', () => {
  const warnings = (name: string, written: Written, shape: readonly number[]) =>
    (legal(named(name), written, [shape]).warnings ?? []).map(({ code, message }) => `${code}: ${message}`);

  it('tells of taps that only ever see padding', () => {
    const wide = { filters: 1, kernel: 3, dilation: 8, padding: 'same' };
    expect(warnings('conv', wide, [6, 6, 1])).toEqual([
      'lint/dead-taps: 2 of 3 taps in height only ever see padding',
      'lint/dead-taps: 2 of 3 taps in width only ever see padding',
    ]);
    expect(warnings('conv', wide, [9, 9, 1])).toEqual([]);
    expect(warnings('depthwiseConv', { kernel: 3, padding: 'same' }, [1, 1])).toHaveLength(1);
    expect(warnings('separableConv', { filters: 1, kernel: 3, padding: 'same' }, [1, 1])).toHaveLength(1);
    // With a stride the window may step over the only cell that a tap could see.
    expect(warnings('conv', { filters: 1, kernel: 2, stride: 2, padding: 1 }, [1, 1])).toHaveLength(1);
  });

  it('tells of transposed taps that are cut off', () => {
    expect(warnings('convTranspose', { filters: 1, kernel: 3, padding: [[2, 0]] }, [1, 1])).toEqual([
      'lint/dead-taps: 2 of 3 taps in length only ever write outside the output',
    ]);
  });

  it('tells of kernels that overlap unevenly', () => {
    const taps = (kernel: number, stride: number, dilation = 1) =>
      warnings('convTranspose', { filters: 1, kernel, stride, dilation }, [4, 4, 1]);
    expect(taps(3, 2)).toEqual([
      'lint/checkerboard: a kernel of 3 with stride 2 overlaps unevenly: neighbouring outputs sum 1 or 2 taps',
    ]);
    expect(taps(2, 3)[0]).toContain('0 or 1 taps');
    expect(taps(4, 2, 2)[0]).toContain('0 or 4 taps');
    expect(taps(4, 2)).toEqual([]);
    expect(taps(4, 2, 3)).toEqual([]);
    expect(taps(3, 1)).toEqual([]);
  });
});

describe('every operator', () => {
  it.each([...operators.values()].map((operator) => [operator.name, operator] as const))(
    '%s describes itself',
    (_, operator) => {
      expect(operator.about).toMatch(/[.]$/);
      expect(operator.example).toContain(operator.name);
      expect(operator.exampleInputs.length).toBeGreaterThanOrEqual(operator.operands.minimum);
      for (const name of operator.positional) expect(operator.parameters).toHaveProperty(name);
      for (const parameter of Object.values<{ about: string; expects: string }>(operator.parameters)) {
        expect(parameter.about).toMatch(/[.]$/);
        expect(parameter.expects).not.toMatch(/[.]$/);
      }
    },
  );
});
