import { describe, expect, it } from 'vitest';
import { fuse } from '../../compiler/passes/fuse.ts';
import { sweep, tidy } from '../../compiler/passes/tidy.ts';
import { programOf as meaningOf } from '../../compiler/passes/translate.ts';
import { expectMade, expectUnchanged, modelOf } from './text.ts';

describe.each([tidy, sweep])('$name', ({ run }) => {
  it('makes equal steps one, and those that are equal then', () =>
    expectMade(
      run,
      `input x [4]
       intermediate a [4]
       intermediate b [4]
       intermediate c [4]
       intermediate d [4]
       intermediate out [4]
       output y = out
       run a[i] = maximum(x[i], 0) for i < 4
       run b[j] = maximum(x[j], 0) for j < 4
       run c[i] = a[i] · 2 for i < 4
       run d[i] = b[i] · 2 for i < 4
       run out[i] = c[i] + d[i] for i < 4`,
      `input x [4]
       intermediate a [4]
       intermediate c [4]
       intermediate out [4]
       output y = out
       run a[i] = maximum(x[i], 0) for i < 4
       run c[i] = a[i] · 2 for i < 4
       run out[i] = c[i] + c[i] for i < 4`,
    ));

  it('makes equal preparation one, also for a step of the run', () =>
    expectMade(
      run,
      `weight k [4]
       input x [4]
       intermediate a [4]
       intermediate b [4]
       intermediate out [4]
       output y = out
       build a[i] = exponential(k[i]) for i < 4
       build b[i] = exponential(k[i]) for i < 4
       run out[i] = (x[i] · a[i]) + b[i] for i < 4`,
      `weight k [4]
       input x [4]
       intermediate a [4]
       intermediate out [4]
       output y = out
       build a[i] = exponential(k[i]) for i < 4
       run out[i] = (x[i] · a[i]) + a[i] for i < 4`,
    ));

  it('removes what no output needs, but no input', () =>
    expectMade(
      run,
      `input x [4]
       input ignored [2]
       weight k [4]
       constant c [2] = 1 2
       intermediate a [4]
       intermediate b [4]
       intermediate out [4]
       output y = out
       build b[i] = k[i] for i < 4
       run a[i] = b[i] for i < 4
       run out[i] = negate(x[i]) for i < 4`,
      `input x [4]
       input ignored [2]
       intermediate out [4]
       output y = out
       run out[i] = negate(x[i]) for i < 4`,
    ));

  it.each([
    ['another order of axes', 'run b[j, i] = x[i, j] for i < 2, j < 2'],
    ['another value outside', 'run b[i, j] = x[i, j else 1] for i < 2, j < 2'],
    ['another reduction', 'run b[i, j] += x[i, j] for i < 2, j < 2'],
    ['another finish', 'run b[i, j] = x[i, j], finished by acc + 1 for i < 2, j < 2'],
  ])('keeps a step of %s', (_, step) =>
    expectUnchanged(
      run,
      `input x [2, 2]
       intermediate a [2, 2]
       intermediate b [2, 2]
       intermediate out [2, 2]
       output y = out
       run a[i, j] = x[i, j] for i < 2, j < 2
       ${step}
       run out[i, j] = a[i, j] + b[i, j] for i < 2, j < 2`,
    ),
  );

  it('keeps equal values that are both outputs, or fill one value together', () =>
    expectUnchanged(
      run,
      `input x [2]
       intermediate a [2]
       intermediate b [2]
       intermediate c [4]
       output p = a
       output q = b
       output r = c
       run a[i] = x[i] for i < 2
       run b[i] = x[i] for i < 2
       run #c#0: c[i] = x[i] for i < 2
       run #c#1: c[i + 2] = x[i] for i < 2`,
    ));

  it('renames what aliases and blocks read', () =>
    expectMade(
      run,
      `input x [4]
       intermediate a [4]
       intermediate b [4]
       intermediate square [2, 2]
       intermediate out [2]
       output y = out
       run a[i] = negate(x[i]) for i < 4
       run b[i] = negate(x[i]) for i < 4
       run square is b
       run #rows: each g < 2
       step #row: out[g] += square[g, j] · b[j] for j < 2`,
      `input x [4]
       intermediate a [4]
       intermediate square [2, 2]
       intermediate out [2]
       output y = out
       run a[i] = negate(x[i]) for i < 4
       run square is a
       run #rows: each g < 2
       step #row: out[g] += square[g, j] · a[j] for j < 2`,
    ));
});

describe('tidy', () => {
  it('comes before `fuse`, which would part equal steps for good', () => {
    const program = meaningOf(modelOf('model net(x: [4]) { add(x |> relu, x |> relu) }'));
    expect(sweep.run(fuse.run(tidy.run(program))).steps).toHaveLength(1);
    expect(sweep.run(fuse.run(program)).steps).toHaveLength(2);
  });
});
