// Activations and arithmetic against their formulas, at ordinary, extreme and special numbers.
import { describe, expect, it } from 'vitest';
import { legal, named, noise, runNamed, tensor, type Written } from '../run-operator.ts';

const { exp, log1p, tanh, max, min, abs, fround } = Math;
const sigmoid = (x: number): number => 1 / (1 + exp(-x));
const softplus = (x: number): number => max(x, 0) + log1p(exp(-abs(x)));
/** Below the smallest normal float32 there are fewer digits. */
const smallest = 2 ** -126;
const points = [-80, -20, -3.5, -1, -0.1, -1e-6, 0, 1e-6, 0.1, 0.5, 1, 3, 6, 7.25, 20, 80];

const formulas: readonly [name: string, written: Written, formula: (x: number) => number][] = [
  ['abs', {}, abs],
  ['celu', { alpha: 2 }, (x) => (x < 0 ? 2 * Math.expm1(x / 2) : x)],
  ['clip', { min: -1, max: 2 }, (x) => min(max(x, -1), 2)],
  ['clip', { max: 2 }, (x) => min(x, 2)],
  ['elu', { alpha: 0.5 }, (x) => (x < 0 ? 0.5 * Math.expm1(x) : x)],
  ['exp', {}, exp],
  ['expm1', {}, Math.expm1],
  ['gelu', { approximate: 'tanh' }, (x) => (x / 2) * (1 + tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))],
  ['hardSigmoid', {}, (x) => min(max(x / 6 + 0.5, 0), 1)],
  ['hardSwish', {}, (x) => x * min(max(x / 6 + 0.5, 0), 1)],
  ['leakyRelu', { slope: 0.1 }, (x) => (x < 0 ? 0.1 * x : x)],
  ['logSigmoid', {}, (x) => -softplus(-x)],
  ['mish', {}, (x) => x * tanh(softplus(x))],
  ['neg', {}, (x) => 0 - x],
  ['relu', {}, (x) => max(x, 0)],
  ['relu6', {}, (x) => min(max(x, 0), 6)],
  ['selu', {}, (x) => 1.0507009873554805 * (x < 0 ? 1.6732632423543772 * Math.expm1(x) : x)],
  ['sigmoid', {}, sigmoid],
  ['silu', {}, (x) => x * sigmoid(x)],
  ['softplus', { beta: 2 }, (x) => softplus(2 * x) / 2],
  ['softsign', {}, (x) => x / (1 + abs(x))],
  ['square', {}, (x) => x * x],
  ['tanh', {}, tanh],
  ['thresholdedRelu', { theta: 0.5 }, (x) => (x > 0.5 ? x : 0)],
];

describe('activations follow their formulas', () => {
  it.each(formulas)('%s %o', (name, written, formula) => {
    const { data } = runNamed(name, written, tensor([points.length], points));
    for (const [n, x] of points.entries()) {
      const expected = formula(fround(x));
      expect(abs(data[n]! - expected), `${name}(${x})`).toBeLessThanOrEqual(1e-6 * abs(expected) + smallest);
    }
  });

  it('gelu uses the error function', () => {
    const { data } = runNamed('gelu', {}, tensor([3], [-1, 0, 2]));
    for (const [n, expected] of [-0.15865525393145707, 0, 1.9544997361036416].entries())
      expect(data[n]).toBeCloseTo(expected, 6);
  });

  it('erf reaches its limits', () => {
    expect([...runNamed('erf', {}, tensor([3], [-10, 0, 10])).data]).toEqual([-1, 0, 1]);
    expect(runNamed('erf', {}, tensor([1], [0.5])).data[0]).toBeCloseTo(0.5204998778130465, 7);
  });

  it('round goes to the even neighbour', () => {
    expect([...runNamed('round', {}, tensor([6], [-1.5, -0.5, 0.5, 1.5, 2.5, 2.6])).data].map((x) => x + 0)).toEqual([
      -2, 0, 0, 2, 2, 3,
    ]);
  });

  it.each(['relu', 'relu6', 'leakyRelu', 'elu', 'selu', 'clip', 'softplus', 'gelu', 'hardSwish', 'silu', 'mish'])(
    '%s lets NaN through',
    (name) => {
      const written: Written = name === 'clip' ? { min: 0, max: 1 } : {};
      expect(runNamed(name, written, tensor([1], [Number.NaN])).data[0]).toBeNaN();
    },
  );

  it('prelu has a slope for each channel, or for what is asked', () => {
    const input = tensor([2, 2], [-1, -1, 2, -2]);
    expect([...runNamed('prelu', {}, input, { slope: tensor([2], [10, 100]) }).data]).toEqual([-10, -100, 2, -200]);
    const byRow = runNamed('prelu', { shape: [2, 1] }, input, { slope: tensor([2, 1], [10, 100]) });
    expect([...byRow.data]).toEqual([-10, -10, 2, -200]);
  });
});

describe('softmax', () => {
  it('sums to one along its axis, however large the numbers', () => {
    const { data } = runNamed('softmax', { axis: 0 }, tensor([2, 2], [1000, -1000, 1001, -1001]));
    const e = exp(-1) / (1 + exp(-1));
    for (const [n, expected] of [e, 1 - e, 1 - e, e].entries()) expect(data[n]).toBeCloseTo(expected, 6);
  });

  it('has a logarithm that never is −Infinity for finite numbers', () => {
    expect([...runNamed('logSoftmax', {}, tensor([2], [0, 500])).data]).toEqual([-500, 0]);
  });
});

describe('arithmetic broadcasts', () => {
  const wide = noise([2, 3, 4], 3);
  const at = (n: number, shape: readonly number[]): number => {
    const place = [Math.floor(n / 12), Math.floor(n / 4) % 3, n % 4].slice(3 - shape.length);
    return place.reduce((offset, index, axis) => offset * shape[axis]! + (shape[axis] === 1 ? 0 : index), 0);
  };
  const functions: readonly [string, (a: number, b: number) => number][] = [
    ['add', (a, b) => a + b],
    ['sub', (a, b) => a - b],
    ['mul', (a, b) => a * b],
    ['max', max],
    ['min', min],
    ['less', (a, b) => Number(a < b)],
    ['greater', (a, b) => Number(a > b)],
  ];
  it.each(functions)('%s over size-1 and missing axes', (name, combine) => {
    for (const shape of [[2, 3, 4], [1, 3, 1], [3, 4], [4], [1]]) {
      const other = noise(shape, 5);
      const expected = [...wide.data].map((a, n) => combine(a, other.data[at(n, shape)]!));
      expect([...runNamed(name, {}, [wide, other]).data]).toEqual(expected);
    }
  });

  it('spreads both operands', () => {
    const sum = runNamed('add', {}, [tensor([2, 1], [10, 20]), tensor([3], [1, 2, 3])]);
    expect(sum).toEqual(tensor([2, 3], [11, 12, 13, 21, 22, 23]));
  });

  it('takes many operands', () => {
    const one = tensor([1], [1]);
    expect(runNamed('add', {}, [one, one, one, tensor([2], [5, 6])]).data).toEqual(Float32Array.of(8, 9));
  });

  it('max and min are NaN where one operand is', () => {
    const pair = [tensor([2], [Number.NaN, 1]), tensor([2], [1, Number.NaN])];
    for (const name of ['max', 'min']) expect([...runNamed(name, {}, pair).data]).toEqual([Number.NaN, Number.NaN]);
  });

  it('where chooses element by element', () => {
    const chosen = runNamed('where', {}, [tensor([3], [1, 0, -2]), tensor([1], [5]), tensor([3], [7, 8, 9])]);
    expect([...chosen.data]).toEqual([5, 8, 5]);
  });

  it('expand repeats', () => {
    expect(runNamed('expand', { shape: [2, 3] }, tensor([2, 1], [1, 2]))).toEqual(tensor([2, 3], [1, 1, 1, 2, 2, 2]));
  });
});

describe('matmul', () => {
  const a = noise([2, 3, 4], 7);
  const b = noise([4, 5], 8);
  const product = (n: number, i: number, j: number): number =>
    [0, 1, 2, 3].reduce((sum, k) => sum + a.data[(n * 3 + i) * 4 + k]! * b.data[k * 5 + j]!, 0);

  it('multiplies each matrix of a stack', () => {
    const { shape, data } = runNamed('matmul', {}, [a, b]);
    expect(shape).toEqual([2, 3, 5]);
    for (let n = 0; n < 2; n++)
      for (let i = 0; i < 3; i++) for (let j = 0; j < 5; j++) expect(data[(n * 3 + i) * 5 + j]).toBe(product(n, i, j));
  });

  it('reads either side transposed', () => {
    const turned = runNamed('transpose', { permutation: [1, 0] }, b);
    const stacked = runNamed('transpose', { permutation: [0, 2, 1] }, a);
    const plain = runNamed('matmul', {}, [a, b]);
    expect(runNamed('matmul', { transposeSecond: true }, [a, turned])).toEqual(plain);
    expect(runNamed('matmul', { transposeFirst: true }, [stacked, b])).toEqual(plain);
    expect(
      legal(
        named('matmul'),
        {},
        [
          [7, 1, 2, 3],
          [4, 3, 1],
        ].map((shape) => shape),
      ).output,
    ).toEqual([7, 4, 2, 1]);
  });
});
