// Integer arithmetic as mathematics has it: floor and ceiling for negatives too, mod never negative.

export const floorDivide = (a: number, b: number): number => Math.floor(a / b);
export const ceilDivide = (a: number, b: number): number => Math.ceil(a / b);
export const modulo = (a: number, b: number): number => ((a % b) + b) % b;

export function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? Math.abs(a) : greatestCommonDivisor(b, a % b);
}

/** The x with a·x ≡ 1 (mod m), for coprime a and m; 0 where m is 1. */
export function inverseModulo(a: number, m: number): number {
  if (m < 1) throw new Error(`${a} has no inverse modulo ${m}`);
  // Euclid's algorithm; x·a ≡ rest (mod m) holds for both pairs throughout.
  let [rest, x] = [m, 0];
  let [nextRest, nextX] = [modulo(a, m), 1];
  while (nextRest !== 0) {
    const quotient = Math.floor(rest / nextRest);
    [rest, nextRest] = [nextRest, rest - quotient * nextRest];
    [x, nextX] = [nextX, x - quotient * nextX];
  }
  if (rest !== 1) throw new Error(`${a} has no inverse modulo ${m}`);
  return modulo(x, m);
}

/** Every combination of one item of each list, the last varying fastest. */
export function combinations<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])), [[]]);
}
