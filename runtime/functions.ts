// Scalar functions that JavaScript does not have.

export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Rounds halves to the even neighbour, as IEEE 754 does. */
export function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** A place along an axis of so many: rounded half to even, then clamped; NaN is 0. */
export function placeOf(index: number, extent: number): number {
  return Math.min(Math.max(roundHalfEven(index), 0), extent - 1) | 0;
}

/** A series near zero, a continued fraction for the tail: exact to double precision. */
export function errorFunction(x: number): number {
  const size = Math.abs(x);
  if (Number.isNaN(x)) return Number.NaN;
  if (size > 6) return Math.sign(x);
  if (size < 2.5) {
    let term = size;
    let sum = size;
    for (let n = 1; Math.abs(term) > 1e-17 * sum && n < 200; n++) {
      term *= (-size * size) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (size + fraction);
  return Math.sign(x) * (1 - Math.exp(-size * size) / ((size + fraction) * Math.sqrt(Math.PI)));
}
