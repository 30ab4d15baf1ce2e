// Upsampling and resizing against numbers worked out by hand.
import { describe, expect, it } from 'vitest';
import { expressionsOf, legal, named, rows, runNamed, tensor, type Written } from '../run-operator.ts';

describe('resampling', () => {
  const line = tensor([4, 1], [0, 10, 20, 30]);
  const resize = (written: Written, input = line) => [...runNamed('resize', written, input).data];

  it('upsample repeats cells', () => {
    expect(rows(runNamed('upsample', { scale: 2 }, tensor([2, 2, 1], [1, 2, 3, 4])))).toEqual([
      [1, 1, 2, 2],
      [1, 1, 2, 2],
      [3, 3, 4, 4],
      [3, 3, 4, 4],
    ]);
    expect(runNamed('upsample', { scale: [1, 3] }, tensor([1, 2, 1])).shape).toEqual([1, 6, 1]);
  });

  it('upsample bilinear interpolates along every axis', () => {
    const result = runNamed('upsample', { scale: 2, mode: 'bilinear' }, tensor([2, 2, 1], [0, 4, 8, 12]));
    expect(rows(result)).toEqual([
      [0, 1, 3, 4],
      [2, 3, 5, 6],
      [6, 7, 9, 10],
      [8, 9, 11, 12],
    ]);
  });

  it('nearest rounds as told', () => {
    const halves = { size: 2, coordinates: 'align_corners', mode: 'nearest' };
    const input = tensor([4, 1], [0, 1, 2, 3]);
    const at = (rounding: string) => resize({ size: 7, coordinates: 'align_corners', rounding }, input);
    expect(resize(halves, input)).toEqual([0, 3]);
    expect(at('round_prefer_floor')).toEqual([0, 0, 1, 1, 2, 2, 3]);
    expect(at('round_prefer_ceil')).toEqual([0, 1, 1, 2, 2, 3, 3]);
    expect(at('floor')).toEqual([0, 0, 1, 1, 2, 2, 3]);
    expect(at('ceil')).toEqual([0, 1, 1, 2, 2, 3, 3]);
  });

  it('nearest takes PyTorch’s cells for sizes that do not divide', () => {
    expect(resize({ size: 6, coordinates: 'asymmetric', rounding: 'floor' })).toEqual([0, 0, 10, 20, 20, 30]);
    expect(resize({ size: 3, coordinates: 'asymmetric', rounding: 'floor' })).toEqual([0, 10, 20]);
  });

  it.each([
    ['half_pixel', [0, 2.5, 7.5, 12.5, 17.5, 22.5, 27.5, 30]],
    ['asymmetric', [0, 5, 10, 15, 20, 25, 30, 30]],
    ['align_corners', [0, 30 / 7, 60 / 7, 90 / 7, 120 / 7, 150 / 7, 180 / 7, 30].map(Math.fround)],
  ])('linear with %s', (coordinates, expected) => {
    const got = resize({ size: 8, mode: 'linear', coordinates });
    for (const [n, value] of expected.entries()) expect(got[n]).toBeCloseTo(value, 4);
  });

  it('a single cell sits in the middle, or first with pytorch_half_pixel', () => {
    expect(resize({ size: 1, mode: 'linear' })).toEqual([15]);
    expect(resize({ size: 1, mode: 'linear', coordinates: 'pytorch_half_pixel' })).toEqual([0]);
    expect(resize({ size: 1, mode: 'linear', coordinates: 'align_corners' })).toEqual([0]);
  });

  it('half_pixel_symmetric keeps the middle in the middle', () => {
    const got = resize({ scale: 0.6, mode: 'linear', coordinates: 'half_pixel_symmetric' });
    expect(got).toHaveLength(2);
    expect(got[0]! + got[1]!).toBeCloseTo(30, 4);
  });

  it('cubic takes four taps of the filter', () => {
    const a = -0.75;
    const weight = (x: number): number =>
      x <= 1 ? (a + 2) * x ** 3 - (a + 3) * x ** 2 + 1 : a * x ** 3 - 5 * a * x ** 2 + 8 * a * x - 4 * a;
    const got = resize({ size: 8, mode: 'cubic' });
    // Output 3 lies at 1.25: cells 0, 1, 2, 3.
    const expected = 10 * weight(0.25) + 20 * weight(0.75) + 30 * weight(1.75);
    expect(got[3]).toBeCloseTo(expected, 4);
    // A straight line stays straight in the middle with the coefficient that reproduces it.
    expect(resize({ size: 8, mode: 'cubic', coefficient: -0.5 })[3]).toBeCloseTo(12.5, 4);
  });

  it('excludeOutside leaves the weights inside summing to one', () => {
    const ones = tensor([4, 1], [1, 1, 1, 1]);
    for (const value of resize({ size: 9, mode: 'cubic', excludeOutside: true }, ones)) expect(value).toBeCloseTo(1, 6);
    expect(resize({ size: 8, mode: 'cubic', excludeOutside: true })[0]).not.toBe(resize({ size: 8, mode: 'cubic' })[0]);
  });

  it('antialias lets every cell have a say', () => {
    const spike = tensor([8, 1], [0, 0, 0, 0, 8, 0, 0, 0]);
    expect(resize({ size: 2, mode: 'linear' }, spike)).toEqual([0, 0]);
    const [left, right] = resize({ size: 2, mode: 'linear', antialias: true }, spike);
    expect(left).toBeGreaterThan(0);
    expect(right).toBeGreaterThan(left!);
  });

  it('shrinks before it grows, and leaves axes that keep their size alone', () => {
    const { meaning } = legal(named('resize'), { size: [8, 2], mode: 'linear' }, [[4, 4, 3]]);
    expect(meaning).toMatchObject({ temporaries: { resampled1: [4, 2, 3] } });
    const same = legal(named('resize'), { size: [4, 4], mode: 'cubic' }, [[4, 4, 3]]);
    expect(expressionsOf(same).map(({ combine }) => combine)).toEqual(['set']);
  });

  it('needs no table where cells repeat or stand at equal distances', () => {
    const tables = (written: Written): number => {
      const { meaning } = legal(named('resize'), written, [[6, 1]]);
      return JSON.stringify(meaning).split('"values"').length - 1;
    };
    expect(tables({ size: 12 })).toBe(0);
    expect(tables({ size: 2 })).toBe(0);
    expect(tables({ size: 4 })).toBe(1);
  });
});
