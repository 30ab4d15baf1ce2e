// The matrices of a fast one-dimensional convolution F(m, k): m outputs of a k-tap filter with n = m + k − 1
// multiplications, by evaluation at n − 1 points and infinity (A. Toom and S. Cook; S. Winograd, "Arithmetic Complexity of
// Computations", 1980; for networks: A. Lavin and S. Gray, "Fast Algorithms for Convolutional Neural Networks", 2016).
//
//   out[p] = Σ_i A[p][i] · (Σ_t G[i][t] · kernel[t]) · (Σ_a B[i][a] · in[a]),   out[p] = Σ_t in[p + t] · kernel[t]
//
// Points 0, ±1, ±2, ±1/2 keep the numbers of A and B small, which keeps the rounding errors small.

export interface FastConvolution {
  readonly outputs: number;
  readonly taps: number;
  /** n: multiplications, and inputs of a tile. */
  readonly size: number;
  /** A, m × n. */
  readonly output: readonly (readonly number[])[];
  /** G, n × k. */
  readonly kernel: readonly (readonly number[])[];
  /** B, n × n. */
  readonly input: readonly (readonly number[])[];
}

const points = [0, 1, -1, 2, -2, 0.5, -0.5];

/** F(outputs, taps), for up to 8 multiplications; F(m, 1) and F(1, k) do nothing. */
export function fastConvolution(outputs: number, taps: number): FastConvolution {
  const size = outputs + taps - 1;
  if (outputs === 1 || taps === 1) return plain(outputs, taps);
  if (size - 1 > points.length) throw new Error(`F(${outputs}, ${taps}) needs ${size - 1} points`);
  const used = points.slice(0, size - 1);
  const others = (n: number): number[] => used.filter((_, other) => other !== n);
  const last = (length: number): number[] => Array.from({ length }, (_, n) => (n === length - 1 ? 1 : 0));
  const powers = (x: number, length: number): number[] => Array.from({ length }, (_, n) => x ** n);
  return {
    outputs,
    taps,
    size,
    output: transpose([...used.map((x) => powers(x, outputs)), last(outputs)]),
    kernel: [
      ...used.map((x, n) => {
        const norm = others(n).reduce((product, other) => product * (x - other), 1);
        return powers(x, taps).map((power) => power / norm);
      }),
      last(taps),
    ],
    input: [...used.map((_, n) => [...polynomial(others(n)), 0]), polynomial(used)],
  };
}

/** One output or one tap: every multiplication is made. */
function plain(outputs: number, taps: number): FastConvolution {
  const size = outputs + taps - 1;
  const identity = Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (_, n) => (n === row ? 1 : 0)),
  );
  const ones = (count: number): number[][] => [Array.from({ length: count }, () => 1)];
  return {
    outputs,
    taps,
    size,
    output: outputs === 1 ? ones(size) : identity,
    kernel: taps === 1 ? transpose(ones(size)) : identity,
    input: identity,
  };
}

/** Coefficients of Π (x − root), lowest power first. */
function polynomial(roots: readonly number[]): number[] {
  return roots.reduce<number[]>(
    (product, root) =>
      Array.from({ length: product.length + 1 }, (_, n) => (product[n - 1] ?? 0) - root * (product[n] ?? 0)),
    [1],
  );
}

const transpose = (rows: readonly (readonly number[])[]): number[][] =>
  rows[0]!.map((_, column) => rows.map((row) => row[column]!));
