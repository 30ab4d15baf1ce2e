// The matrix view against the evaluated expression: W' times the input is the convolution, W'ᵀ times is the transposed one.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matrixOf, multiplied, type SparseMatrix, transposed } from '../../compiler/algebra/matrix.ts';
import { operators } from '../../compiler/operators/index.ts';
import { operand } from '../../compiler/operators/operator.ts';
import type { Static } from '../../compiler/operators/parameters.ts';
import { type Shape, sizeOf } from '../../compiler/tensor.ts';
import { expressionsOf, legal, runOperator, tensor } from '../run-operator.ts';

const conv = operators.get('conv')!;
const convTranspose = operators.get('convTranspose')!;

function matrix(operator: typeof conv, written: Record<string, Static>, input: Shape): SparseMatrix {
  const inference = legal(operator, { ...written, bias: false }, [input]);
  const { output, weights } = inference;
  const found = matrixOf(expressionsOf(inference)[0]!, {
    input: { tensor: operand(0), shape: input },
    weights: { tensor: 'kernel', shape: weights[0]!.shape },
    output,
  });
  if (!found) throw new Error('no matrix');
  return found;
}

const kernel = [-1, 2, -3, 4, -5, 6, -7, 8, -9];
const counting = (size: number): number[] => Array.from({ length: size }, (_, n) => n + 1);

describe('the example of the textbooks: 4×4 under a 3×3 kernel', () => {
  const forward = matrix(conv, { filters: 1, kernel: 3 }, [4, 4, 1]);

  test('W′ has 4 rows of 9 weights, 16 columns', () => {
    expect([forward.rows, forward.columns, forward.triples.length]).toEqual([4, 16, 36]);
    expect(forward.triples.filter(({ row }) => row === 1).map(({ column }) => column)).toEqual([
      1, 2, 3, 5, 6, 7, 9, 10, 11,
    ]);
  });

  test('W′ x is the convolution', () => {
    expect([...multiplied(forward, kernel, counting(16))]).toEqual([-56, -61, -76, -81]);
  });

  test('W′ᵀ y is the transposed convolution', () => {
    const back = transposed(forward);
    expect([back.rows, back.columns]).toEqual([16, 4]);
    expect([...multiplied(back, kernel, [-56, -61, -76, -81])]).toEqual([
      56, -51, 46, 183, -148, -35, 35, -123, 88, 35, -35, 63, 532, -41, 36, 729,
    ]);
  });
});

test('an expression that is no sum of products has no matrix', () => {
  const inference = legal(operators.get('maxPool')!, { kernel: 2 }, [[4, 4, 1]]);
  const { output } = inference;
  const [statement] = expressionsOf(inference);
  const input = { tensor: operand(0), shape: [4, 4, 1] };
  expect(matrixOf(statement!, { input, weights: { tensor: 'kernel', shape: [2, 2] }, output })).toBeUndefined();
});

const small = fc.integer({ min: 1, max: 3 });
const geometry = fc
  .record({
    rank: fc.integer({ min: 1, max: 3 }),
    stride: small,
    dilation: fc.integer({ min: 1, max: 2 }),
    padding: fc.integer({ min: -1, max: 2 }),
    groups: fc.integer({ min: 1, max: 2 }),
    perGroup: fc.tuple(small, small),
    seed: fc.integer({ min: 1, max: 1000 }),
  })
  .chain(({ rank, ...rest }) => {
    const sizes = (max: number): fc.Arbitrary<number[]> =>
      fc.array(fc.integer({ min: 1, max }), { minLength: rank, maxLength: rank });
    return fc.record({ input: sizes(rank === 3 ? 4 : 6), kernel: sizes(3), rest: fc.constant(rest) });
  });

/** Small integers that differ from place to place. */
const integers = (size: number, seed: number): number[] =>
  Array.from({ length: size }, (_, n) => ((n * 7 + seed * 13) % 11) - 5);

test('conv is W′ x and convTranspose is W′ᵀ y, for any geometry', () => {
  fc.assert(
    fc.property(geometry, ({ input, kernel: taps, rest }) => {
      const { stride, dilation, padding, groups, perGroup, seed } = rest;
      const common = { kernel: taps, stride, dilation, padding, groups, bias: false };
      const extent = taps.map((size) => (size - 1) * dilation + 1);
      fc.pre(input.every((size, axis) => size + 2 * padding >= extent[axis]!));
      const inputs: Shape = [...input, groups * perGroup[0]];
      const filters = groups * perGroup[1];
      const forward = matrix(conv, { ...common, filters }, inputs);
      const weights = integers(sizeOf(taps) * perGroup[0] * filters, seed);
      const x = integers(sizeOf(inputs), seed + 1);
      const written = { ...common, filters };
      const shape = legal(conv, written, [inputs]).weights[0]!.shape;
      const y = runOperator(conv, written, [tensor(inputs, x)], { kernel: tensor(shape, weights) });
      expect([...multiplied(forward, weights, x)]).toEqual([...y.data]);

      // The transposed layer takes the same kernel; its tail is cut so that the output has the input's size.
      const tail = input.map((size, axis) => (size + 2 * padding - extent[axis]!) % stride);
      const back = { ...common, padding: tail.map((rest) => [padding, padding - rest]), filters: inputs.at(-1)! };
      const { output, weights: specified } = legal(convTranspose, back, [y.shape]);
      expect(output).toEqual(inputs);
      const gradient = integers(y.data.length, seed + 2);
      const spread = runOperator(convTranspose, back, [tensor(y.shape, gradient)], {
        kernel: tensor(specified[0]!.shape, weights),
      });
      expect([...multiplied(transposed(forward), weights, gradient)]).toEqual([...spread.data]);
      expect([...multiplied(matrix(convTranspose, back, y.shape), weights, gradient)]).toEqual([...spread.data]);
    }),
    { numRuns: 150, seed: 7 },
  );
});
