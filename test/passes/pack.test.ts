import { describe, expect, it } from 'vitest';
import { pack } from '../../compiler/passes/pack.ts';
import { showStage } from '../../compiler/presentation/stage-text.ts';
import type { Machine } from '../../compiler/scheduling/machine.ts';
import { plain, programOf, scheduleOf } from './text.ts';

const machine = { lanes: 4 } as Machine;

function packed(text: string, schedules: Record<string, string>): string {
  const records = new Map(Object.entries(schedules).map(([step, record]) => [step, scheduleOf(record)]));
  const value = pack.run({ program: programOf(text), schedules: records }, { machine });
  return plain(showStage({ kind: 'packed', value }));
}

const values = `input x [6, 2]
  weight k [3, 2, 8]
  intermediate out [4, 8]`;
const sum = 'out[y, f] += x[y + i, c] · k[i, c, f] for y < 4, f < 8, i < 3, c < 2';

describe('pack', () => {
  it('copies weights into the order of the loops, the lanes innermost in blocks', () =>
    expect(packed(`${values}\noutput y = out\nrun ${sum}`, { out: 'f/4 y i c, lanes f' })).toBe(
      plain(`${values}
        intermediate out.packed0 [8, 3, 2]
        output y = out
        build out.packed0[f, i, c] = k[i, c, f] for f < 8, i < 3, c < 2
        run out[y, f] += x[y + i, c] · out.packed0[f, i, c] for y < 4, f < 8, i < 3, c < 2
        layout out.packed0 in blocks of 4 along axis 0`),
    ));

  it('blocks an axis that is unrolled wider than a vector, and without lanes one of the target alone', () => {
    const text = `${values}\noutput y = out\nrun ${sum}`;
    expect(packed(text, { out: 'f/8 y i c, lanes f' })).toContain('in blocks of 8 along axis 0');
    expect(packed(text, { out: 'i c y f/2' })).toContain('out.packed0[i, c, f] = k[i, c, f]');
    expect(packed(text, { out: 'i c y f/2' })).toContain('in blocks of 2 along axis 2');
    expect(packed(text, { out: 'f y i c/2' })).not.toContain('layout');
    expect(packed(text, { out: 'f y i c' })).not.toContain('layout');
  });

  it('turns a window that is walked backwards round, and leaves axes of one out', () =>
    expect(
      packed(
        `input x [6, 2]
         weight k [3, 2, 8]
         intermediate out [4, 8]
         output y = out
         run out[y, f] += x[y − i + 2, c] · k[−i + 2, c + 1, f] for y < 4, f < 8, i < 3, c < 1`,
        { out: 'f/4 y i c, lanes f' },
      ),
    ).toContain('build out.packed0[f, i] = k[−i + 2, 1, f] for f < 8, i < 3'));

  it('packs each step of a block', () =>
    expect(
      packed(
        `${values}\noutput y = out\nrun #rows: each g < 4\nstep #row: out[g, f] += x[g + i, c] · k[i, c, f] for f < 8, i < 3, c < 2`,
        { row: 'f/4 i c, lanes f' },
      ),
    ).toContain('step #row: out[g, f] += x[g + i, c] · row.packed0[f, i, c]'));

  it.each([
    ['a vector', 'weight k [8]', 'out[y, f] = x[y, 0] · k[f] for y < 4, f < 8', 'f/4 y, lanes f'],
    [
      'a constant',
      'constant k [2, 8] = 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1',
      'out[y, f] += x[y, c] · k[c, f] for y < 4, f < 8, c < 2',
      'f/4 y c, lanes f',
    ],
    [
      'a value of the run',
      'input k [2, 8]',
      'out[y, f] += x[y, c] · k[c, f] for y < 4, f < 8, c < 2',
      'f/4 y c, lanes f',
    ],
    [
      'what would more than double',
      'weight k [10, 1]',
      'out[y, f] += x[y, 0] · k[i + f, 0] for y < 4, f < 8, i < 3',
      'f y i',
    ],
    [
      'what goes through a table',
      'table t0 = 0 0 1 1 2 2 3 3\nweight k [4, 2]',
      'out[y, f] += x[y, c] · k[t0[f], c] for y < 4, f < 8, c < 2',
      'f y c',
    ],
  ])('leaves %s', (_, weights, step, record) => {
    const text = `input x [6, 2]\n${weights}\nintermediate out [4, 8]\noutput y = out\nrun ${step}`;
    expect(packed(text, { out: record })).toBe(plain(showStage({ kind: 'program', value: programOf(text) })));
  });
});
