// Normalisations and reductions against plain loops.
import { describe, expect, it } from 'vitest';
import { noise, runNamed, tensor } from '../run-operator.ts';

const close = (actual: ArrayLike<number>, expected: readonly number[]): void => {
  expect(actual.length).toBe(expected.length);
  for (const [n, value] of expected.entries())
    expect(Math.abs(actual[n]! - value), `element ${n}: ${actual[n]} for ${value}`).toBeLessThanOrEqual(
      1e-5 * (1 + Math.abs(value)),
    );
};

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const variance = (values: readonly number[]): number => mean(values.map((value) => (value - mean(values)) ** 2));

/** Standardises the elements of each set, by the set's name; then scales and shifts by channel. */
function standardised(
  data: Float32Array,
  setOf: (n: number) => number,
  epsilon: number,
  affine: (n: number) => readonly [number, number],
): number[] {
  const sets = new Map<number, number[]>();
  for (const [n, value] of data.entries()) sets.set(setOf(n), [...(sets.get(setOf(n)) ?? []), value]);
  return [...data].map((value, n) => {
    const set = sets.get(setOf(n))!;
    const [gamma, beta] = affine(n);
    return ((value - mean(set)) / Math.sqrt(variance(set) + epsilon)) * gamma + beta;
  });
}

describe('normalisations', () => {
  const input = noise([3, 4, 6], 2);
  const gamma = tensor([6], [1, 2, -1, 0.5, 3, 1]);
  const beta = tensor([6], [0, 1, 2, -3, 0.25, 5]);
  const byChannel = (n: number): readonly [number, number] => [gamma.data[n % 6]!, beta.data[n % 6]!];

  it('batchNorm uses the recorded statistics', () => {
    const recorded = { mean: tensor([6], [1, 2, 3, 4, 5, 6]), variance: tensor([6], [1, 4, 9, 16, 25, 36]) };
    const expected = [...input.data].map((value, n) => {
      const c = n % 6;
      return ((value - (c + 1)) / Math.sqrt((c + 1) ** 2 + 1e-3)) * gamma.data[c]! + beta.data[c]!;
    });
    close(runNamed('batchNorm', {}, input, { gamma, beta, ...recorded }).data, expected);
    const bare = expected.map((value, n) => (value - beta.data[n % 6]!) / gamma.data[n % 6]!);
    close(runNamed('batchNorm', { scale: false, center: false }, input, recorded).data, bare);
  });

  it('batchNorm does not cancel near a large mean', () => {
    const weights = { mean: tensor([1], [1e6]), variance: tensor([1], [1]) };
    const { data } = runNamed(
      'batchNorm',
      { scale: false, center: false, epsilon: 0 },
      tensor([1], [1e6 + 1]),
      weights,
    );
    expect(data[0]).toBe(1);
  });

  it('layerNorm runs over the channels of each place by default', () => {
    const expected = standardised(input.data, (n) => Math.floor(n / 6), 1e-3, byChannel);
    close(runNamed('layerNorm', {}, input, { gamma, beta }).data, expected);
  });

  it('layerNorm runs over any axes, whose weights have their sizes', () => {
    const weights = { gamma: noise([3, 6], 4), beta: noise([3, 6], 5) };
    const expected = standardised(
      input.data,
      (n) => Math.floor(n / 6) % 4,
      1e-5,
      (n) => {
        const at = Math.floor(n / 24) * 6 + (n % 6);
        return [weights.gamma.data[at]!, weights.beta.data[at]!];
      },
    );
    close(runNamed('layerNorm', { axes: [2, 0], epsilon: 1e-5 }, input, weights).data, expected);
  });

  it('groupNorm runs over space and neighbouring channels', () => {
    const expected = standardised(input.data, (n) => Math.floor((n % 6) / 2), 1e-3, byChannel);
    close(runNamed('groupNorm', { groups: 3 }, input, { gamma, beta }).data, expected);
  });

  it('instanceNorm runs over space', () => {
    const expected = standardised(input.data, (n) => n % 6, 1e-3, byChannel);
    close(runNamed('instanceNorm', {}, input, { gamma, beta }).data, expected);
  });

  it.each([3, 4, 5, 12, 2147483647])('lrn sums the squares of %i neighbours', (size) => {
    const expected = [...input.data].map((value, n) => {
      const place = n - (n % 6);
      let sum = 0;
      for (let c = 0; c < 6; c++) {
        const k = c - (n % 6) + Math.floor((size - 1) / 2);
        if (k >= 0 && k < size) sum += input.data[place + c]! ** 2;
      }
      return value / (2 + (0.5 / size) * sum) ** 0.75;
    });
    close(runNamed('lrn', { size, alpha: 0.5, bias: 2 }, input).data, expected);
  });

  it('lpNormalize and l2Normalize give vectors of length one, and leave zeros alone', () => {
    const vectors = tensor([2, 2], [3, -4, 0, 0]);
    close(runNamed('l2Normalize', {}, vectors).data, [0.6, -0.8, 0, 0]);
    close(runNamed('lpNormalize', { p: 1 }, vectors).data, [3 / 7, -4 / 7, 0, 0]);
    close(runNamed('l2Normalize', { axis: 0 }, tensor([2, 2], [3, 0, 4, 5])).data, [0.6, 0, 0.8, 1]);
  });
});

describe('reductions', () => {
  const input = noise([2, 3, 4], 6);
  const over = (axes: readonly number[]): number[][] => {
    const strides = [12, 4, 1];
    const sets = new Map<number, number[]>();
    for (const [n, value] of input.data.entries()) {
      const place = [Math.floor(n / 12), Math.floor(n / 4) % 3, n % 4];
      const key = place.reduce((sum, index, axis) => sum + (axes.includes(axis) ? 0 : index * strides[axis]!), 0);
      sets.set(key, [...(sets.get(key) ?? []), value]);
    }
    return [...sets].sort(([a], [b]) => a - b).map(([, values]) => values);
  };
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const reductions: readonly [string, (values: readonly number[]) => number][] = [
    ['reduceSum', sum],
    ['reduceMean', mean],
    ['reduceMax', (values) => Math.max(...values)],
    ['reduceMin', (values) => Math.min(...values)],
    ['reduceProd', (values) => values.reduce((a, b) => a * b, 1)],
    ['reduceL1', (values) => sum(values.map(Math.abs))],
    ['reduceL2', (values) => Math.sqrt(sum(values.map((value) => value * value)))],
    ['reduceSumSquare', (values) => sum(values.map((value) => value * value))],
    ['reduceLogSumExp', (values) => Math.log(sum(values.map(Math.exp)))],
  ];

  it.each(reductions)('%s over any axes', (name, combine) => {
    for (const axes of [[0], [1], [-1], [0, 2], [2, 1], [0, 1, 2]]) {
      const expected = over(axes.map((axis) => (axis < 0 ? axis + 3 : axis))).map(combine);
      close(runNamed(name, { axes }, input).data, expected);
    }
  });

  it('keep reduced axes when asked, and always leave one axis', () => {
    expect(runNamed('reduceSum', { axes: [1], keepAxes: true }, input).shape).toEqual([2, 1, 4]);
    expect(runNamed('reduceSum', { axes: [1] }, input).shape).toEqual([2, 4]);
    expect(runNamed('reduceSum', {}, input).shape).toEqual([1]);
  });

  it('reduceLogSum takes the logarithm of the sum', () => {
    close(runNamed('reduceLogSum', {}, tensor([3], [1, 2, 4])).data, [Math.log(7)]);
  });

  it('reduceLogSumExp survives what its exponentials would not', () => {
    const { data } = runNamed(
      'reduceLogSumExp',
      { axes: [1] },
      tensor([3, 2], [1000, 1000, -1000, -1000, -Infinity, 0]),
    );
    close(data, [1000 + Math.log(2), -1000 + Math.log(2), 0]);
    expect(runNamed('reduceLogSumExp', {}, tensor([2], [-Infinity, -Infinity])).data[0]).toBe(-Infinity);
  });
});

describe('argMax and argMin', () => {
  const input = tensor([2, 4], [3, 9, 9, -1, 5, 5, 5, 5]);

  it('are the place of the first of equals', () => {
    const found = (name: string, written: Record<string, number | boolean>) => {
      const { shape, data } = runNamed(name, written, input);
      return [shape, [...data]];
    };
    expect(found('argMax', {})).toEqual([[2], [1, 0]]);
    expect(found('argMin', {})).toEqual([[2], [3, 0]]);
    expect(found('argMax', { axis: 0 })).toEqual([[4], [1, 0, 0, 1]]);
    expect(found('argMin', { axis: 0, keepAxes: true })).toEqual([
      [1, 4],
      [0, 1, 1, 0],
    ]);
  });

  it('of one axis keep it', () => {
    expect(runNamed('argMax', {}, tensor([3], [1, 4, 2]))).toMatchObject({ shape: [1], data: Float32Array.of(1) });
  });
});
