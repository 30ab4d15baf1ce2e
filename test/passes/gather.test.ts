import { describe, expect, it } from 'vitest';
import { gather } from '../../compiler/passes/gather.ts';
import { printProgram } from '../../compiler/program/print.ts';
import { expectMade, expectUnchanged, plain, programOf } from './text.ts';

const values = `input x [3]
  weight k [3]
  intermediate out [7]
  output y = out`;
const scatter = 'run out[2·y + i] += x[y] · k[i], finished by acc + 1 for y < 3, i < 3 scattered';

describe('gather', () => {
  it('gives each phase of a scatter a sum of its own, with the taps that reach it', () =>
    expectMade(
      gather.run,
      `${values}\n${scatter}`,
      `${values}
       run #out#0: out[2·y] += x[y − i] · k[2·i], finished by acc + 1 for y < 4, i < 2
       run #out#1: out[2·y + 1] += x[y] · k[1], finished by acc + 1 for y < 3`,
    ));

  it('keeps the name of a step that has one phase', () =>
    expectMade(
      gather.run,
      `${values.replace('[7]', '[5]')}
       run out[y + i] += x[y] · k[i] for y < 3, i < 3 scattered`,
      `${values.replace('[7]', '[5]')}
       run out[y] += x[y − i] · k[i] for y < 5, i < 3`,
    ));

  it('leaves what has one owner for each element', () =>
    expectUnchanged(gather.run, `${values.replace('[7]', '[1]')}\nrun out[y] += x[y + i] · k[i] for y < 1, i < 3`));

  it('inserts zeros where that is asked for, and then sums with the window turned round', () => {
    const made = gather.run(programOf(`${values}\n${scatter}`), { lowering: 'zero-insertion' });
    expect(plain(printProgram(made))).toBe(
      plain(`${values.replace('output', 'intermediate out.inserted [9]\noutput')}
       run #out.inserted#0: out.inserted[2·a0] += x[a0 − 1] for a0 < 5
       run #out.inserted#1: out.inserted[2·a0 + 1] = 0 for a0 < 4
       run out[y] += out.inserted[y + i] · k[−i + 2], finished by acc + 1 for y < 7, i < 3`),
    );
  });
});
