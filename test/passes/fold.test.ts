import { describe, it } from 'vitest';
import { fold } from '../../compiler/passes/fold.ts';
import { expectMade, expectUnchanged } from './text.ts';

/** A sum over a window and a value of its shape, with a scale and a shift by channel. */
const values = (outputs = 'output y = b'): string => `input x [6, 2]
  weight k [3, 2, 4]
  weight bias [4]
  weight s [4]
  weight t [4]
  intermediate a [4, 4]
  intermediate b [4, 4]
  ${outputs}`;
const sum = 'run a[y, f] += x[y + i, c] · k[i, c, f], finished by acc + bias[@1] for y < 4, f < 4, i < 3, c < 2';

describe('fold', () => {
  it('moves a scale and a shift by channel into weights and bias', () =>
    expectMade(
      fold.run,
      `${values()}
       ${sum}
       run b[y, f] = (a[y, f] · s[f]) + t[f] for y < 4, f < 4`,
      `${values('intermediate b.folded [3, 2, 4]\nintermediate b.folded_bias [4]\noutput y = b')}
       build b.folded[d0, d1, d2] = k[d0, d1, d2] · s[d2] for d0 < 3, d1 < 2, d2 < 4
       build b.folded_bias[c] = (bias[c] · s[c]) + t[c] for c < 4
       run #a: b[y, f] += x[y + i, c] · b.folded[i, c, f], finished by acc + b.folded_bias[@1] for y < 4, f < 4, i < 3, c < 2`,
    ));

  it('does so in the form of batch normalisation, and after a sum without bias', () =>
    expectMade(
      fold.run,
      `${values()}
       run a[y, f] += x[y + i, c] · k[i, c, f] for y < 4, f < 4, i < 3, c < 2
       run b[y, f] = ((a[y, f] − t[f]) · s[f]) + bias[f] for y < 4, f < 4`,
      `${values('intermediate b.folded [3, 2, 4]\nintermediate b.folded_bias [4]\noutput y = b')}
       build b.folded[d0, d1, d2] = k[d0, d1, d2] · s[d2] for d0 < 3, d1 < 2, d2 < 4
       build b.folded_bias[c] = (0 · s[c]) + (((0 − t[c]) · s[c]) + bias[c]) for c < 4
       run #a: b[y, f] += x[y + i, c] · b.folded[i, c, f], finished by acc + b.folded_bias[@1] for y < 4, f < 4, i < 3, c < 2`,
    ));

  it('folds a number, whose bias has the last axis where there is no other', () =>
    expectMade(
      fold.run,
      `${values()}
       run a[y, f] += x[y + i, c] · k[i, c, f] for y < 4, f < 4, i < 3, c < 2
       run b[y, f] = a[y, f] · 3 for y < 4, f < 4`,
      `${values('intermediate b.folded [3, 2, 4]\nintermediate b.folded_bias [4]\noutput y = b')}
       build b.folded[d0, d1, d2] = k[d0, d1, d2] · 3 for d0 < 3, d1 < 2, d2 < 4
       build b.folded_bias[c] = (0 · 3) + 0 for c < 4
       run #a: b[y, f] += x[y + i, c] · b.folded[i, c, f], finished by acc + b.folded_bias[@1] for y < 4, f < 4, i < 3, c < 2`,
    ));

  it('folds twice where two follow each other', () =>
    expectMade(
      fold.run,
      `${values('intermediate d [4, 4]\noutput y = d')}
       ${sum}
       run b[y, f] = a[y, f] · s[f] for y < 4, f < 4
       run d[y, f] = b[y, f] · t[f] for y < 4, f < 4`,
      `${values(`intermediate d [4, 4]
        intermediate b.folded [3, 2, 4]
        intermediate b.folded_bias [4]
        intermediate d.folded [3, 2, 4]
        intermediate d.folded_bias [4]
        output y = d`)}
       build b.folded[d0, d1, d2] = k[d0, d1, d2] · s[d2] for d0 < 3, d1 < 2, d2 < 4
       build b.folded_bias[c] = (bias[c] · s[c]) + 0 for c < 4
       build d.folded[d0, d1, d2] = b.folded[d0, d1, d2] · t[d2] for d0 < 3, d1 < 2, d2 < 4
       build d.folded_bias[c] = (b.folded_bias[c] · t[c]) + 0 for c < 4
       run #a: d[y, f] += x[y + i, c] · d.folded[i, c, f], finished by acc + d.folded_bias[@1] for y < 4, f < 4, i < 3, c < 2`,
    ));

  it('finds the channel among the axes of the weights of a layer in groups', () =>
    expectMade(
      fold.run,
      `input x [6, 2]
       weight k [3, 2, 3]
       weight s [6]
       intermediate a [4, 6]
       intermediate b [4, 6]
       output y = b
       run a[y, 3·c + q] += x[y + i, c] · k[i, c, q] for y < 4, c < 2, q < 3, i < 3
       run b[y, f] = a[y, f] · s[f] for y < 4, f < 6`,
      `input x [6, 2]
       weight k [3, 2, 3]
       weight s [6]
       intermediate a [4, 6]
       intermediate b [4, 6]
       intermediate b.folded [3, 2, 3]
       intermediate b.folded_bias [6]
       output y = b
       build b.folded[d0, d1, d2] = k[d0, d1, d2] · s[3·d1 + d2] for d0 < 3, d1 < 2, d2 < 3
       build b.folded_bias[c] = (0 · s[c]) + 0 for c < 6
       run #a: b[y, 3·c + q] += x[y + i, c] · b.folded[i, c, q], finished by acc + b.folded_bias[@1] for y < 4, c < 2, q < 3, i < 3`,
    ));

  it('finds a channel that is not the last axis, and keeps what was prepared and which layers it serves', () =>
    expectMade(
      fold.run,
      `input x [2, 6]
       weight k [4, 2, 3]
       weight s [4]
       intermediate e [4]
       intermediate a [4, 4]
       intermediate b [4, 4]
       output y = b
       build e[f] = exponential(s[f]) for f < 4
       run a[f, y] += x[c, y + i] · k[f, c, i] for f < 4, y < 4, c < 2, i < 3
       of one (conv net 0-1)
       run b[f, y] = a[f, y] · e[f] for f < 4, y < 4
       of two (mul net 2-3)`,
      `input x [2, 6]
       weight k [4, 2, 3]
       weight s [4]
       intermediate e [4]
       intermediate a [4, 4]
       intermediate b [4, 4]
       intermediate b.folded [4, 2, 3]
       intermediate b.folded_bias [4]
       output y = b
       build e[f] = exponential(s[f]) for f < 4
       build b.folded[d0, d1, d2] = k[d0, d1, d2] · e[d0] for d0 < 4, d1 < 2, d2 < 3
       of one (conv net 0-1)
       build b.folded_bias[c] = (0 · e[c]) + 0 for c < 4
       of one (conv net 0-1)
       run #a: b[f, y] += x[c, y + i] · b.folded[f, c, i], finished by acc + b.folded_bias[@0] for f < 4, y < 4, c < 2, i < 3
       of one (conv net 0-1), two (mul net 2-3)`,
    ));

  it('folds what scatters', () =>
    expectMade(
      fold.run,
      `input x [2]
       weight k [3]
       intermediate a [5]
       intermediate b [5]
       output y = b
       run a[2·y + i] += x[y] · k[i] for y < 2, i < 3 scattered
       run b[y] = a[y] · 2 for y < 5`,
      `input x [2]
       weight k [3]
       intermediate a [5]
       intermediate b [5]
       intermediate b.folded [3]
       intermediate b.folded_bias [5]
       output y = b
       build b.folded[d0] = k[d0] · 2 for d0 < 3
       build b.folded_bias[c] = (0 · 2) + 0 for c < 5
       run #a: b[2·y + i] += x[y] · b.folded[i], finished by acc + b.folded_bias[@0] for y < 2, i < 3 scattered`,
    ));

  const scaled = 'run b[y, f] = a[y, f] · s[f] for y < 4, f < 4';
  it.each([
    ['a shift alone', sum, 'run b[y, f] = a[y, f] + t[f] for y < 4, f < 4', ''],
    ['what is not linear', sum, 'run b[y, f] = maximum(a[y, f], 0) for y < 4, f < 4', ''],
    ['a scale from the input', sum, 'run b[y, f] = a[y, f] · x[y, 0] for y < 4, f < 4', ''],
    ['a scale by place', sum, 'run b[y, f] = a[y, f] · s[y] for y < 4, f < 4', ''],
    ['a scale of two axes', sum, 'run b[y, f] = (a[y, f] · s[f]) · t[y] for y < 4, f < 4', ''],
    ['another element', sum, 'run b[y, f] = a[f, y] · s[f] for y < 4, f < 4', ''],
    [
      'a part of the value',
      sum,
      'run #b#0: b[y, f] = a[y, f] · s[f] for y < 4, f < 3\nrun #b#1: b[y, 3] = 0 for y < 4',
      '',
    ],
    ['a scale with a finish', sum, 'run b[y, f] = a[y, f] · s[f], finished by acc + 1 for y < 4, f < 4', ''],
    ['a sum that is an output', sum, scaled, 'output z = a'],
    ['a sum finished by more than a shift', sum.replace('acc + bias[@1]', 'tanh(acc)'), scaled, ''],
    ['a sum that is scaled already', sum.replace('acc + bias[@1]', 'acc · bias[@1]'), scaled, ''],
    ['a finish that reads the input', sum.replace('bias[@1]', 'x[@0, 0]'), scaled, ''],
    ['a largest', sum.replace('+=', 'max='), scaled, ''],
    ['a sum without weights', 'run a[y, f] += x[y + i, 0] · x[i, 1] for y < 4, f < 4, i < 3', scaled, ''],
    ['a sum of three factors', sum.replace('k[i, c, f]', '(k[i, c, f] · s[f])'), scaled, ''],
    ['a sum of sums', sum.replace('c] · k', 'c] + k'), scaled, ''],
  ])('leaves %s', (_, first, second, more) =>
    expectUnchanged(fold.run, `${values(`output y = b\n${more}`)}\n${first}\n${second}`),
  );

  it('leaves a sum that another step reads, or that two steps fill', () => {
    const two = sum.replace('run a[y, f]', 'run #a#0: a[y, f]').replace('f < 4', 'f < 2');
    const other = two.replace('#a#0', '#a#1').replaceAll('f]', 'f + 2]');
    const more = 'intermediate d [4, 4]\noutput z = d\noutput y = b';
    expectUnchanged(fold.run, `${values(more)}\n${sum}\n${scaled}\nrun d[y, f] = a[y, f] · t[f] for y < 4, f < 4`);
    expectUnchanged(fold.run, `${values()}\n${two}\n${other}\n${scaled}`);
  });
});
