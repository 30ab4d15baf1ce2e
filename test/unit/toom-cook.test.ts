import { describe, expect, it } from 'vitest';
import { fastConvolution } from '../../compiler/algebra/toom-cook.ts';

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, n) => sum + value * b[n]!, 0);

describe('fast convolution', () => {
  it.each([
    [4, 3],
    [2, 3],
    [6, 3],
    [2, 2],
    [3, 2],
    [4, 2],
    [4, 1],
    [1, 3],
  ])('F(%i, %i) is the convolution', (outputs, taps) => {
    const fast = fastConvolution(outputs, taps);
    expect(fast.size).toBe(outputs + taps - 1);
    const data = Array.from({ length: fast.size }, (_, n) => ((n * 7) % 5) - 2);
    const kernel = Array.from({ length: taps }, (_, n) => 3 - 2 * n);
    const products = fast.input.map((row, i) => dot(row, data) * dot(fast.kernel[i]!, kernel));
    const direct = Array.from({ length: outputs }, (_, p) => dot(kernel, data.slice(p, p + taps)));
    fast.output.forEach((row, p) => {
      expect(dot(row, products)).toBeCloseTo(direct[p]!, 10);
    });
  });

  it('has the matrices of Lavin and Gray for F(4, 3)', () => {
    const { input, output } = fastConvolution(4, 3);
    expect(input[0]).toEqual([4, -0, -5, 0, 1, 0].map((value) => value + 0));
    expect(output[3]).toEqual([0, 1, -1, 8, -8, 1]);
  });
});
