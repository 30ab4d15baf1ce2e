// Convolutions: the expression evaluated against small numbers worked out by hand. Small integers, so that equality is exact.
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../compiler/algebra/evaluate.ts';
import { legal, named, noise, rows, runNamed, tensor, type Written } from '../run-operator.ts';

const w = [
  [-1, 2, -3],
  [4, -5, 6],
  [-7, 8, -9],
];
const counting = (size: number): Tensor =>
  tensor(
    [size, size, 1],
    Array.from({ length: size * size }, (_, n) => n + 1),
  );

describe('conv', () => {
  it('gives the textbook numbers of a strided convolution', () => {
    const result = runNamed('conv', { filters: 1, weights: w, stride: 2, bias: false }, counting(5));
    expect(result.shape).toEqual([2, 2, 1]);
    expect(rows(result)).toEqual([
      [-67, -77],
      [-117, -127],
    ]);
  });

  it('gives the textbook numbers of a valid convolution, with a bias written out', () => {
    expect(rows(runNamed('conv', { filters: 1, weights: w, bias: [0] }, counting(4)))).toEqual([
      [-56, -61],
      [-76, -81],
    ]);
    expect(rows(runNamed('conv', { filters: 1, weights: w, bias: [100] }, counting(4)))).toEqual([
      [44, 39],
      [24, 19],
    ]);
  });

  it('samples nine cells whatever the dilation', () => {
    const ones = tensor([7, 7, 1], Array(49).fill(1));
    const sizes = [1, 2, 3].map((dilation) => {
      const result = runNamed('conv', { filters: 1, kernel: 3, dilation, bias: false }, ones, {
        kernel: tensor([3, 3, 1, 1], Array(9).fill(1)),
      });
      expect(new Set(result.data)).toEqual(new Set([9]));
      return result.shape;
    });
    expect(sizes).toEqual([
      [5, 5, 1],
      [3, 3, 1],
      [1, 1, 1],
    ]);
  });

  it('looks only back with causal padding', () => {
    const result = runNamed(
      'conv',
      { filters: 1, weights: [1, 10], dilation: 2, padding: 'causal', bias: false },
      tensor([5, 1]),
    );
    expect([...result.data]).toEqual([0, 10, 20, 31, 42]);
  });

  it('crops with negative padding', () => {
    const result = runNamed('conv', { filters: 1, weights: [1], padding: [[-1, -2]], bias: false }, tensor([6, 1]));
    expect([...result.data]).toEqual([1, 2, 3]);
  });
});

describe('convTranspose', () => {
  const four = tensor([2, 2, 1], [-67, -77, -117, -127]);

  it('gives the textbook numbers, and not the values it came from', () => {
    const result = runNamed('convTranspose', { filters: 1, weights: w, stride: 2, bias: false }, four);
    expect(result.shape).toEqual([5, 5, 1]);
    expect(rows(result)[0]).toEqual([67, -134, 278, -154, 231]);
  });

  it('gives the transpose of the matrix of a valid convolution', () => {
    const result = runNamed(
      'convTranspose',
      { filters: 1, weights: w, bias: false },
      tensor([2, 2, 1], [-56, -61, -76, -81]),
    );
    expect(rows(result)).toEqual([
      [56, -51, 46, 183],
      [-148, -35, 35, -123],
      [88, 35, -35, 63],
      [532, -41, 36, 729],
    ]);
  });

  it('reaches the sizes that the stride makes ambiguous', () => {
    const shape = (written: Written) =>
      legal(named('convTranspose'), { filters: 1, kernel: 3, ...written }, [[2, 2, 1]]);
    expect(shape({ stride: 2, outputShape: [6, 6] }).output).toEqual([6, 6, 1]);
    expect(shape({ stride: 2, outputShape: 6 }).axes[0]).toMatchObject({ before: 0, after: -1, rule: 'outputShape' });
    expect(shape({ stride: 2, outputShape: [5, 6] }).output).toEqual([5, 6, 1]);
    expect(shape({ stride: 1 }).output).toEqual([4, 4, 1]);
    expect(shape({ stride: 3, padding: 'same' }).output).toEqual([6, 6, 1]);
    expect(shape({ stride: 3, padding: 'same', outputShape: 4 }).axes[0]).toMatchObject({
      before: 1,
      after: 1,
      output: 4,
    });
  });

  it('leaves only the bias in a tail that no tap reaches', () => {
    const result = runNamed(
      'convTranspose',
      { filters: 1, weights: [2], stride: 2, padding: [[0, -2]], bias: [7] },
      tensor([2, 1], [1, 2]),
    );
    expect([...result.data]).toEqual([9, 7, 11, 7, 7]);
  });

  it('takes negative padding at the head', () => {
    const result = runNamed(
      'convTranspose',
      { filters: 1, weights: [1, 1], padding: [[-2, 0]], bias: false },
      tensor([2, 1], [1, 2]),
    );
    expect([...result.data]).toEqual([0, 0, 1, 3, 2]);
  });

  it('adds the bias of each group once', () => {
    const result = runNamed('convTranspose', { filters: 4, kernel: 1, groups: 2 }, tensor([1, 2], [1, 10]), {
      kernel: tensor([1, 2, 2], [1, 2, 3, 4]),
      bias: tensor([4], [100, 200, 300, 400]),
    });
    expect([...result.data]).toEqual([101, 203, 320, 440]);
  });
});

describe('separableConv', () => {
  it('is the depthwise convolution followed by the pointwise one', () => {
    const input = noise([5, 5, 3]);
    const depthwise = noise([3, 3, 3, 2], 2);
    const pointwise = noise([6, 4], 3);
    const bias = noise([4], 4);
    const each = runNamed(
      'depthwiseConv',
      { kernel: 3, multiplier: 2, padding: 'same', stride: 2, bias: false },
      input,
      {
        kernel: depthwise,
      },
    );
    const mixed = runNamed('conv', { filters: 4, kernel: 1 }, each, { kernel: pointwise, bias });
    const whole = runNamed(
      'separableConv',
      { filters: 4, kernel: 3, multiplier: 2, padding: 'same', stride: 2 },
      input,
      {
        depthwise,
        pointwise,
        bias,
      },
    );
    expect(whole).toEqual(mixed);
  });

  it('has 27 + 12 weights where a convolution has 108', () => {
    const weights = (name: string) =>
      legal(named(name), { filters: 4, kernel: 3, bias: false }, [[6, 6, 3]]).weights.map(({ name, shape }) => [
        name,
        shape,
      ]);
    expect(weights('conv')).toEqual([['kernel', [3, 3, 3, 4]]]);
    expect(weights('separableConv')).toEqual([
      ['depthwise', [3, 3, 3, 1]],
      ['pointwise', [3, 4]],
    ]);
  });

  it('takes both kernels written out', () => {
    const written = { filters: 2, depthwise: [1, 10], pointwise: [[1, -1]], bias: [0, 5] };
    expect([...runNamed('separableConv', written, tensor([3, 1])).data]).toEqual([10, -5, 21, -16]);
  });
});
