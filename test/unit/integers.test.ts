// Integer arithmetic, exhaustively over small numbers of either sign.
import { describe, expect, it } from 'vitest';
import {
  ceilDivide,
  combinations,
  floorDivide,
  greatestCommonDivisor,
  inverseModulo,
  modulo,
} from '../../compiler/algebra/integers.ts';

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, n) => from + n);

describe('integers', () => {
  it('quotient and remainder belong together, and the remainder is never negative', () => {
    for (const a of range(-12, 12))
      for (const b of range(1, 5)) {
        expect(floorDivide(a, b) * b + modulo(a, b)).toBe(a);
        expect(modulo(a, b)).toBeGreaterThanOrEqual(0);
        expect(modulo(a, b)).toBeLessThan(b);
        expect(ceilDivide(a, b) + 0).toBe(-floorDivide(-a, b) + 0);
      }
  });

  it('the greatest common divisor is the largest that divides both', () => {
    for (const a of range(-12, 12))
      for (const b of range(-12, 12)) {
        const common = range(1, 12).filter((d) => a % d === 0 && b % d === 0);
        expect(greatestCommonDivisor(a, b)).toBe(a === 0 && b === 0 ? 0 : common.at(-1));
      }
  });

  it('the inverse is one, where there is one', () => {
    for (const m of range(2, 12))
      for (const a of range(-12, 24)) {
        if (greatestCommonDivisor(a, m) > 1)
          expect(() => inverseModulo(a, m)).toThrow(`${a} has no inverse modulo ${m}`);
        else {
          const inverse = inverseModulo(a, m);
          expect(inverse).toBeGreaterThan(0);
          expect(inverse).toBeLessThan(m);
          expect(modulo(a * inverse, m)).toBe(1);
        }
      }
    expect(inverseModulo(5, 1)).toBe(0);
    expect(() => inverseModulo(1, 0)).toThrow('no inverse');
  });

  it('combinations count like an odometer', () => {
    expect(combinations([['a', 'b'], ['c'], ['d', 'e']])).toEqual([
      ['a', 'c', 'd'],
      ['a', 'c', 'e'],
      ['b', 'c', 'd'],
      ['b', 'c', 'e'],
    ]);
    expect(combinations([])).toEqual([[]]);
    expect(combinations([[1, 2], []])).toEqual([]);
  });
});
