// Window operators against plain loops: every rank, stride, dilation, padding of either sign and number of groups, drawn at
// random in small integers, so that equality is exact.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../compiler/algebra/evaluate.ts';
import { type PlainAxis, plainConvolution, plainWindows } from '../plain-loops.ts';
import { inferOperator, named, noise, runNamed, type Written } from '../run-operator.ts';

/** Random windows: rank 1 to 3, small sizes, padding of either sign. */
const windows = fc.integer({ min: 1, max: 3 }).chain((rank) =>
  fc.record({
    axes: fc.array(
      fc.record({
        input: fc.integer({ min: 1, max: rank === 3 ? 4 : 7 }),
        kernel: fc.integer({ min: 1, max: 3 }),
        stride: fc.integer({ min: 1, max: 3 }),
        dilation: fc.integer({ min: 1, max: 3 }),
        before: fc.integer({ min: -2, max: 4 }),
        after: fc.integer({ min: -2, max: 4 }),
      }),
      { minLength: rank, maxLength: rank },
    ),
    groups: fc.integer({ min: 1, max: 3 }),
    inputs: fc.integer({ min: 1, max: 2 }),
    outputs: fc.integer({ min: 1, max: 2 }),
    seed: fc.integer({ min: 0, max: 100 }),
  }),
);
type Drawn = typeof windows extends fc.Arbitrary<infer T> ? T : never;

const writtenWindows = ({ axes }: Drawn): Written => ({
  kernel: axes.map((axis) => axis.kernel),
  stride: axes.map((axis) => axis.stride),
  dilation: axes.map((axis) => axis.dilation),
  padding: axes.map((axis) => [axis.before, axis.after]),
});
const inputOf = ({ axes, seed }: Drawn, channels: number): Tensor =>
  noise([...axes.map((axis) => axis.input), channels], seed);
const tapsOf = ({ axes }: Drawn): number[] => axes.map((axis) => axis.kernel);

/** The sizes of PyTorch's documentation. */
const forwardAxes = ({ axes }: Drawn): PlainAxis[] =>
  axes.map((axis) => ({
    ...axis,
    output: Math.floor(
      (axis.input + axis.before + axis.after - axis.dilation * (axis.kernel - 1) - 1) / axis.stride + 1,
    ),
  }));
const transposedAxes = ({ axes }: Drawn): PlainAxis[] =>
  axes.map((axis) => ({
    ...axis,
    output: (axis.input - 1) * axis.stride - axis.before - axis.after + axis.dilation * (axis.kernel - 1) + 1,
  }));
const fits = (axes: readonly PlainAxis[]): boolean => axes.every((axis) => axis.output >= 1);

describe('against plain loops', () => {
  it('conv agrees for every rank, stride, dilation, padding and group', () => {
    fc.assert(
      fc.property(windows, (drawn) => {
        const { groups, inputs, outputs, seed } = drawn;
        const axes = forwardAxes(drawn);
        const filters = groups * outputs;
        const written = { filters, groups, bias: false, ...writtenWindows(drawn) };
        const input = inputOf(drawn, groups * inputs);
        if (!fits(axes)) return 'faults' in inferOperator(named('conv'), written, [input.shape]);
        const kernel = noise([...tapsOf(drawn), inputs, filters], seed + 1);
        const result = runNamed('conv', written, input, { kernel });
        expect(result.shape).toEqual([...axes.map((axis) => axis.output), filters]);
        expect(result.data).toEqual(plainConvolution(input, kernel, axes, { groups, filters, transposed: false }));
        return true;
      }),
      { numRuns: 150, seed: 11 },
    );
  });

  it('convTranspose agrees for every rank, stride, dilation, padding and group', () => {
    fc.assert(
      fc.property(windows, (drawn) => {
        const { groups, inputs, outputs, seed } = drawn;
        const axes = transposedAxes(drawn);
        const filters = groups * outputs;
        const written = { filters, groups, bias: false, ...writtenWindows(drawn) };
        const input = inputOf(drawn, groups * inputs);
        if (!fits(axes)) return 'faults' in inferOperator(named('convTranspose'), written, [input.shape]);
        const kernel = noise([...tapsOf(drawn), outputs, groups * inputs], seed + 1);
        const result = runNamed('convTranspose', written, input, { kernel });
        expect(result.shape).toEqual([...axes.map((axis) => axis.output), filters]);
        expect(result.data).toEqual(plainConvolution(input, kernel, axes, { groups, filters, transposed: true }));
        return true;
      }),
      { numRuns: 150, seed: 12 },
    );
  });

  it('depthwiseConv is a convolution of as many groups as channels', () => {
    fc.assert(
      fc.property(windows, (drawn) => {
        const { groups: channels, outputs: multiplier, seed } = drawn;
        const axes = forwardAxes(drawn);
        fc.pre(fits(axes));
        const filters = channels * multiplier;
        const input = inputOf(drawn, channels);
        const kernel = noise([...tapsOf(drawn), channels, multiplier], seed + 1);
        const result = runNamed('depthwiseConv', { multiplier, bias: false, ...writtenWindows(drawn) }, input, {
          kernel,
        });
        expect(result.data).toEqual(
          plainConvolution(input, kernel, axes, { groups: channels, filters, transposed: false }),
        );
      }),
      { numRuns: 80, seed: 13 },
    );
  });

  it('pools agree, each with its own way to count', () => {
    fc.assert(
      fc.property(windows, fc.boolean(), (drawn, ceil) => {
        const input = inputOf(drawn, 2);
        const written = { ...writtenWindows(drawn), ceil };
        const result = inferOperator(named('maxPool'), written, [input.shape]);
        fc.pre(!('faults' in result));
        const axes = (result as { axes: readonly PlainAxis[] }).axes;
        const seen = plainWindows(input, axes);
        const each = (reduce: (values: readonly number[]) => number) => Float32Array.from(seen, reduce);
        const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
        expect(runNamed('maxPool', written, input).data).toEqual(each((values) => Math.max(...values)));
        expect(runNamed('avgPool', written, input).data).toEqual(
          each((values) => (values.length === 0 ? 0 : sum(values) / values.length)),
        );
        expect(runNamed('lpPool', { ...written, p: 1 }, input).data).toEqual(
          each((values) => sum(values.map(Math.abs))),
        );
        expect(runNamed('lpPool', written, input).data).toEqual(
          each((values) => Math.sqrt(sum(values.map((v) => v * v)))),
        );
      }),
      { numRuns: 80, seed: 14 },
    );
  });
});
