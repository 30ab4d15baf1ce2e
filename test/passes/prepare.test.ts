import { describe, it } from 'vitest';
import { prepare } from '../../compiler/passes/prepare.ts';
import { expectMade, expectUnchanged } from './text.ts';

const values = `input x [4]
  weight k [4]
  constant c [4] = 1 2 3 4
  intermediate s [4]
  intermediate t [4]
  intermediate out [4]
  output y = out`;

describe('prepare', () => {
  it('moves what weights and constants decide, and what that decides, into the build', () =>
    expectMade(
      prepare.run,
      `${values}
       run s[i] = k[i] · c[i] for i < 4
       run t[i] = squareRoot(s[i]) for i < 4
       run out[i] = x[i] · t[i] for i < 4`,
      `${values}
       build s[i] = k[i] · c[i] for i < 4
       build t[i] = squareRoot(s[i]) for i < 4
       run out[i] = x[i] · t[i] for i < 4`,
    ));

  it('keeps what the input decides, in its value or in its finish', () =>
    expectUnchanged(
      prepare.run,
      `${values}
       run s[i] = x[i] · c[i] for i < 4
       run t[i] = k[i], finished by acc + x[@0] for i < 4
       run out[i] = s[i] · t[i] for i < 4`,
    ));

  it('keeps a value with two writers, and what reads it', () =>
    expectUnchanged(
      prepare.run,
      `${values}
       run #s#0: s[i] = k[i] for i < 2
       run #s#1: s[i + 2] = c[i] for i < 2
       run t[i] = s[i] · k[i] for i < 4
       run out[i] = x[i] · t[i] for i < 4`,
    ));

  it('keeps an output', () =>
    expectUnchanged(
      prepare.run,
      `${values}
       output z = s
       run s[i] = k[i] for i < 4
       run t[i] = x[i] for i < 4
       run out[i] = t[i] for i < 4`,
    ));

  it('keeps what is seen under another shape', () =>
    expectUnchanged(
      prepare.run,
      `input x [4]
       weight k [4]
       intermediate s [4]
       intermediate square [2, 2]
       intermediate out [4]
       output y = out
       run s[i] = negate(k[i]) for i < 4
       run square is s
       run out[i] = x[i] + square[0, 1] for i < 4`,
    ));
});
