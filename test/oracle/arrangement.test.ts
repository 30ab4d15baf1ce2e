// Pools, dense layers and arrangement against small numbers worked out by hand.
import { describe, expect, it } from 'vitest';
import { faultsOf, legal, named, rows, runNamed, tensor, type Written } from '../run-operator.ts';

describe('pools', () => {
  it('count padding only when asked, and never what hangs over the end', () => {
    const ones = tensor([5, 1], [1, 1, 1, 1, 1]);
    const pool = (written: Written) => [...runNamed('avgPool', written, ones).data];
    expect(pool({ kernel: 3, stride: 2, padding: 1 })).toEqual([1, 1, 1]);
    expect(pool({ kernel: 3, stride: 2, padding: 1, countPadding: true })).toEqual([
      Math.fround(2 / 3),
      1,
      Math.fround(2 / 3),
    ]);
    expect(pool({ kernel: 2, stride: 2, ceil: true, countPadding: true })).toEqual([1, 1, 1]);
  });

  it('use the kernel as stride where none is given', () => {
    expect(legal(named('maxPool'), { kernel: [2, 3] }, [[4, 6, 1]]).axes.map((axis) => axis.stride)).toEqual([2, 3]);
  });

  it('drop a last window that would start in the tail padding', () => {
    expect(legal(named('maxPool'), { kernel: 2, stride: 2, padding: 1, ceil: true }, [[3, 1]]).output).toEqual([2, 1]);
    expect(legal(named('maxPool'), { kernel: 3, stride: 2, ceil: true }, [[6, 1]]).output).toEqual([3, 1]);
  });

  it('never let padding win a maximum', () => {
    expect([
      ...runNamed('maxPool', { kernel: 3, padding: 'same', stride: 1 }, tensor([3, 1], [-5, -7, -6])).data,
    ]).toEqual([-5, -5, -6]);
  });

  it('warn of windows that see nothing, whose mean is 0', () => {
    const inference = legal(named('avgPool'), { kernel: 2, stride: 1, padding: 2 }, [[1, 1]]);
    expect(inference.warnings?.map((fault) => fault.code)).toEqual(['lint/empty-window']);
    expect([...runNamed('avgPool', { kernel: 2, stride: 1, padding: 2 }, tensor([1, 1], [7])).data]).toEqual([
      0, 7, 7, 0,
    ]);
  });

  it('reduce all of space, keeping its axes', () => {
    const input = tensor([2, 2, 2], [1, 10, 2, 20, 3, 30, 6, 60]);
    expect(runNamed('globalAvgPool', {}, input)).toEqual(tensor([1, 1, 2], [3, 30]));
    expect(runNamed('globalMaxPool', {}, input)).toEqual(tensor([1, 1, 2], [6, 60]));
  });

  it('take norms of any exponent', () => {
    expect(runNamed('lpPool', { kernel: 2, p: 3 }, tensor([2, 1], [-3, 5])).data[0]).toBeCloseTo(152 ** (1 / 3), 5);
  });
});

describe('dense and its neighbours', () => {
  it('dense flattens row-major, channels fastest', () => {
    const input = tensor([2, 1, 2], [1, 2, 3, 4]);
    const result = runNamed('dense', { units: 2 }, input, {
      kernel: tensor([4, 2], [1, 0, 10, 0, 100, 0, 1000, 1]),
      bias: tensor([2], [0, 5]),
    });
    expect(result).toEqual(tensor([2], [4321, 9]));
  });

  it('reshape works out the size that is left', () => {
    expect(runNamed('reshape', { shape: [-1, 2] }, tensor([2, 3, 2])).shape).toEqual([6, 2]);
    expect(runNamed('flatten', {}, tensor([2, 3, 2]))).toEqual(tensor([12]));
  });

  it('transpose takes axis permutation[n] as axis n', () => {
    const result = runNamed('transpose', { permutation: [2, 0, 1] }, tensor([2, 3, 4]));
    expect(result.shape).toEqual([4, 2, 3]);
    expect([...result.data.slice(0, 7)]).toEqual([0, 4, 8, 12, 16, 20, 1]);
  });

  it('dropout passes everything', () => {
    expect(runNamed('dropout', { rate: 0.25 }, tensor([2, 2]))).toEqual(tensor([2, 2]));
  });
});

describe('arrangement', () => {
  it('concat puts values side by side along any axis', () => {
    const [a, b] = [tensor([2, 1], [1, 2]), tensor([2, 2], [3, 4, 5, 6])];
    expect(runNamed('concat', {}, [a, b])).toEqual(tensor([2, 3], [1, 3, 4, 2, 5, 6]));
    expect(runNamed('concat', { axis: -2 }, [b, b, b])).toEqual(tensor([6, 2], [3, 4, 5, 6, 3, 4, 5, 6, 3, 4, 5, 6]));
  });

  const line = tensor([4, 1], [1, 2, 3, 4]);
  it.each([
    ['zero', [9, 9, 1, 2, 3, 4, 9]],
    ['edge', [1, 1, 1, 2, 3, 4, 4]],
    ['reflect', [3, 2, 1, 2, 3, 4, 3]],
    ['symmetric', [2, 1, 1, 2, 3, 4, 4]],
    ['wrap', [3, 4, 1, 2, 3, 4, 1]],
  ])('pad with mode %s', (mode, expected) => {
    const written = { padding: [[2, 1]], mode, ...(mode === 'zero' && { value: 9 }) };
    expect([...runNamed('pad', written, line).data]).toEqual(expected);
  });

  it('pad crops before it wraps', () => {
    const wrap = (before: number, after: number) => [
      ...runNamed('pad', { padding: [[before, after]], mode: 'wrap' }, line).data,
    ];
    expect(wrap(-1, 2)).toEqual([2, 3, 4, 2, 3]);
    expect(wrap(2, -1)).toEqual([2, 3, 1, 2, 3]);
    expect(wrap(-1, 4)).toEqual([2, 3, 4, 2, 3, 4, 2]);
    expect(wrap(-1, -2)).toEqual([2]);
    expect(() => wrap(-5, 3)).toThrow(/leaves nothing of the 4/);
  });

  it('pad turns at both ends where the border is longer than the input', () => {
    expect([...runNamed('pad', { padding: [[3, 3]], mode: 'reflect' }, tensor([2, 1], [1, 2])).data]).toEqual([
      2, 1, 2, 1, 2, 1, 2, 1,
    ]);
  });

  it('pad crops with negative amounts, and pads channels when every axis is listed', () => {
    expect([...runNamed('pad', { padding: [[-1, 1]], mode: 'edge' }, line).data]).toEqual([2, 3, 4, 4]);
    expect(runNamed('pad', { padding: [0, [1, 0]] }, tensor([2, 1], [1, 2]))).toEqual(tensor([2, 2], [0, 1, 0, 2]));
  });

  it('crop cuts borders off', () => {
    expect(
      runNamed(
        'crop',
        {
          amount: [
            [1, 0],
            [0, 2],
          ],
        },
        tensor([3, 3, 1]),
      ),
    ).toEqual(tensor([2, 1, 1], [3, 6]));
    expect(runNamed('crop', { amount: 1 }, tensor([3, 3, 1]))).toEqual(tensor([1, 1, 1], [4]));
  });

  it('slice walks forwards, backwards and from the end', () => {
    const slice = (written: Written) => [...runNamed('slice', written, tensor([6])).data];
    expect(slice({ starts: [1], ends: [5], strides: [2] })).toEqual([1, 3]);
    expect(slice({ starts: [-2] })).toEqual([4, 5]);
    expect(slice({ starts: [4], strides: [-2] })).toEqual([4, 2, 0]);
    expect(slice({ starts: [100], ends: [-100], strides: [-1] })).toEqual([5, 4, 3, 2, 1, 0]);
    expect(slice({ starts: [2], sizes: [3] })).toEqual([2, 3, 4]);
    expect(runNamed('slice', { starts: [1], ends: [2], axes: [-1] }, tensor([2, 3]))).toEqual(tensor([2, 1], [1, 4]));
  });

  it('pixelShuffle follows PyTorch by default and TensorFlow on request', () => {
    const input = tensor([1, 1, 8]);
    expect([...runNamed('pixelShuffle', { block: 2 }, input).data]).toEqual([0, 4, 1, 5, 2, 6, 3, 7]);
    expect([...runNamed('pixelShuffle', { block: 2, order: 'blocks_outer' }, input).data]).toEqual([
      0, 1, 2, 3, 4, 5, 6, 7,
    ]);
  });

  it.each(['channels_outer', 'blocks_outer'])('pixelUnshuffle undoes pixelShuffle (%s)', (order) => {
    const input = tensor([2, 3, 12]);
    const block = [2, 3];
    const shuffled = runNamed('pixelShuffle', { block, order }, input);
    expect(shuffled.shape).toEqual([4, 9, 2]);
    expect(runNamed('pixelUnshuffle', { block, order }, shuffled)).toEqual(input);
  });

  it('channelShuffle interleaves groups', () => {
    expect([...runNamed('channelShuffle', { groups: 2 }, tensor([1, 6])).data]).toEqual([0, 3, 1, 4, 2, 5]);
  });
});

describe('take and tile', () => {
  const input = tensor([3, 2], [0, 1, 10, 11, 20, 21]);

  it('take elements in any order, from either end; one alone drops its axis', () => {
    expect(rows(runNamed('take', { axis: 0, indices: [2, 0, -1] }, input))).toEqual([
      [20, 21],
      [0, 1],
      [20, 21],
    ]);
    expect(rows(runNamed('take', { axis: -1, indices: [1] }, input))).toEqual([[1], [11], [21]]);
    const alone = runNamed('take', { axis: 1, indices: -1 }, input);
    expect([alone.shape, [...alone.data]]).toEqual([[3], [1, 11, 21]]);
    expect(runNamed('take', { axis: 0, indices: 1 }, tensor([3], [7, 8, 9])).shape).toEqual([1]);
  });

  it('repeat the whole along each axis', () => {
    expect(rows(runNamed('tile', { counts: [2, 2] }, tensor([2, 2], [1, 2, 3, 4])))).toEqual([
      [1, 2, 1, 2],
      [3, 4, 3, 4],
      [1, 2, 1, 2],
      [3, 4, 3, 4],
    ]);
  });

  it.each([
    ['take', { axis: 0, indices: [3] }, 'shape/take'],
    ['take', { axis: 0, indices: [] }, 'shape/take'],
    ['take', { axis: 2, indices: [0] }, 'shape/axis'],
    ['tile', { counts: [2] }, 'shape/axis'],
  ])('%s(%j) is %s', (name, written, code) => {
    expect(faultsOf(named(name), written, [[3, 2]]).map((fault) => fault.code)).toEqual([code]);
  });
});
