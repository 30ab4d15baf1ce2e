import { describe, expect, it } from 'vitest';
import { stageFaults } from '../../compiler/analysis/verify-stage.ts';
import type { WeightElement } from '../../compiler/options.ts';
import type { Allocation } from '../../compiler/passes/allocate/allocation.ts';
import { narrow } from '../../compiler/passes/narrow.ts';
import { showStage } from '../../compiler/presentation/stage-text.ts';
import { plain, programOf } from './text.ts';

const text = `input x [2]
  weight k [2, 4]
  weight bias [4]
  intermediate out [4]
  output y = out
  run out[f] += x[c] · k[c, f], finished by acc + bias[@0] for f < 4, c < 2`;

function narrowed(quantize?: WeightElement): string {
  const given = { program: programOf(text), schedules: new Map(), blocks: new Map(), allocation: {} as Allocation };
  const value = narrow.run({ ...given, setup: [], fills: new Map() }, quantize ? { quantize } : {});
  expect(stageFaults({ kind: 'deferred', value })).toEqual([]);
  return plain(showStage({ kind: 'deferred', value }));
}

const copied = `input x [2]
  weight k [2, 4]
  weight bias [4]
  intermediate out [4]
  intermediate k.flat [2, 4] f16
  intermediate k.widened.setup [2, 4]
  intermediate k.widened [2, 4]
  output y = out
  build k.flat[a0, a1] = k[a0, a1] for a0 < 2, a1 < 4
  run out[f] += x[c] · k.widened[c, f], finished by acc + bias[@0] for f < 4, c < 2
  load k.widened.setup[a0, a1] = k.flat[a0, a1] for a0 < 2, a1 < 4
  fills k.widened.setup lies where k.widened does`;

describe('narrow', () => {
  it('stores what has several axes in half the bits, and widens it at load', () =>
    expect(narrowed('f16')).toBe(plain(copied)));

  it('stores levels of eight bits with a scale for each channel of the output', () => {
    const made = narrowed('int8');
    expect(made).toContain('intermediate k.flat.levels [2, 4] i8');
    expect(made).toContain('intermediate k.flat.scale [4]');
    expect(made).toContain('build k.flat.scale[a1] max= absolute(k.flat[a0, a1])');
    expect(made).toContain('load k.widened.setup[a0, a1] = k.flat.levels[a0, a1], finished by acc · k.flat.scale[@1]');
  });

  it('leaves all of it where nothing is asked', () => expect(narrowed()).toBe(plain(text)));
});
