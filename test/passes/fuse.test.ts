import { describe, expect, it } from 'vitest';
import { fuse } from '../../compiler/passes/fuse.ts';
import { expectMade, expectUnchanged, programOf } from './text.ts';

const values = (outputs = 'output y = b'): string => `input x [4]
  input skip [4]
  weight k [4, 4]
  intermediate a [4]
  intermediate b [4]
  ${outputs}`;
const product = 'run a[f] += x[c] · k[c, f] for f < 4, c < 4';

describe('fuse', () => {
  it('joins an elementwise step to the step whose result it alone reads', () =>
    expectMade(
      fuse.run,
      `${values()}
       ${product}
       run b[i] = maximum(a[i] + skip[i], 0) for i < 4`,
      `${values()}
       run #a: b[f] += x[c] · k[c, f], finished by maximum(acc + skip[@0], 0) for f < 4, c < 4`,
    ));

  it('joins a finish of its own around that of the step before, at every read', () =>
    expectMade(
      fuse.run,
      `${values()}
       run a[f] += x[c] · k[c, f], finished by acc + 1 for f < 4, c < 4
       run b[i] = a[i] · a[i], finished by negate(acc) for i < 4`,
      `${values()}
       run #a: b[f] += x[c] · k[c, f], finished by negate((acc + 1) · (acc + 1)) for f < 4, c < 4`,
    ));

  it('joins a chain from the front', () =>
    expectMade(
      fuse.run,
      `${values('output y = c').replace('intermediate b [4]', 'intermediate b [4]\nintermediate c [4]')}
       ${product}
       run b[i] = tanh(a[i]) for i < 4
       run c[i] = b[i] + 1 for i < 4`,
      `${values('output y = c').replace('intermediate b [4]', 'intermediate b [4]\nintermediate c [4]')}
       run #a: c[f] += x[c] · k[c, f], finished by tanh(acc) + 1 for f < 4, c < 4`,
    ));

  it('joins every one of several writers', () =>
    expectMade(
      fuse.run,
      `${values()}
       run #a#0: a[2·f] += x[c] · k[c, 2·f] for f < 2, c < 4
       run #a#1: a[2·f + 1] += x[c] · k[c, 2·f + 1] for f < 2, c < 4
       run b[i] = tanh(a[i]) for i < 4`,
      `${values()}
       run #a#0: b[2·f] += x[c] · k[c, 2·f], finished by tanh(acc) for f < 2, c < 4
       run #a#1: b[2·f + 1] += x[c] · k[c, 2·f + 1], finished by tanh(acc) for f < 2, c < 4`,
    ));

  it('joins the operand that is ready last, and moves it behind the other', () =>
    expectMade(
      fuse.run,
      `${values('output y = out').replace('intermediate b', 'intermediate out [4]\nintermediate b')}
       ${product}
       run b[f] += skip[c] · k[c, f] for f < 4, c < 4
       run out[i] = a[i] − b[i] for i < 4`,
      `${values('output y = out').replace('intermediate b', 'intermediate out [4]\nintermediate b')}
       ${product}
       run #b: out[f] += skip[c] · k[c, f], finished by a[@0] − acc for f < 4, c < 4`,
    ));

  it.each([
    [
      'is read by another step too',
      'run b[i] = tanh(a[i]) for i < 4\nrun d[i] = a[i] for i < 4',
      'output y = b\noutput z = d',
    ],
    ['is an output', 'run b[i] = tanh(a[i]) for i < 4', 'output y = b\noutput z = a'],
    ['is read at another place', 'run b[i] = a[−i + 3] for i < 4', 'output y = b'],
    ['is read at two places', 'run b[i] = a[i] + a[0] for i < 4', 'output y = b'],
    ['is reduced', 'run b[i] += a[j] for i < 4, j < 4', 'output y = b'],
    ['fills a part of another', 'run #b#0: b[i] = a[i] for i < 3\nrun #b#1: b[3] = skip[0]', 'output y = b'],
  ])('leaves a step whose result %s', (_, steps, outputs) =>
    expectUnchanged(
      fuse.run,
      `${values(outputs).replace('intermediate b', 'intermediate d [4]\nintermediate b')}\n${product}\n${steps}`,
    ),
  );

  it('leaves a copy, which may become a view', () =>
    expectUnchanged(fuse.run, `${values()}\nrun a[i] = x[i] for i < 4\nrun b[i] = tanh(a[i]) for i < 4`));

  it('leaves a value of another shape', () =>
    expectUnchanged(
      fuse.run,
      `input x [4]
       intermediate a [4]
       intermediate b [2]
       output y = b
       run a[i] = tanh(x[i]) for i < 4
       run b[i] = negate(a[i]) for i < 2`,
    ));

  it('joins a hundred layers and no more', () => {
    const step = (n: number): string => `run v${n + 1}[i] = tanh(v${n}[i]) for i < 2\nof l${n} (tanh net 0-1)`;
    const lines = Array.from({ length: 150 }, (_, n) => step(n));
    const shapes = Array.from({ length: 150 }, (_, n) => `intermediate v${n + 1} [2]`);
    const text = ['input v0 [2]', ...shapes, 'output y = v150', ...lines].join('\n');
    expect(fuse.run(programOf(text)).steps.map(({ origins }) => origins.length)).toEqual([100, 50]);
  });
});
