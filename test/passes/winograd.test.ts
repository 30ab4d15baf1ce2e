import { describe, expect, it } from 'vitest';
import { scheduleKey } from '../../compiler/passes/schedule.ts';
import { winograd } from '../../compiler/passes/winograd/winograd.ts';
import type { ComputeStep } from '../../compiler/program/program.ts';
import { programFaults } from '../../compiler/program/verify.ts';
import type { Costs } from '../../compiler/scheduling/cost.ts';
import { expectUnchanged, programOf } from './text.ts';

/** Multiplications are dear, so that everything that can be transformed is. */
const eager: Costs = { multiplyAdd: 1000, transform: 0.01, stream: 0, cache: 1e9, spill: 1, vector: 4 };
const reluctant: Costs = { ...eager, multiplyAdd: 0.01, transform: 1000 };

const convolution = `input x [8, 8, 4]
  weight k [3, 3, 4, 8]
  intermediate out [6, 6, 8]
  output y = out
  run out[y, x, f] += x[y + i, x + j, c] · k[i, j, c, f] for y < 6, x < 6, f < 8, i < 3, j < 3, c < 4`;

const run = (text: string, costs: Costs | undefined, more: object = {}) =>
  winograd.run(programOf(text), { machine: costs ? { costs } : {}, ...more });
const kinds = (text: string, costs: Costs | undefined, more: object = {}): string[] =>
  run(text, costs, more).steps.map(({ kind }) => kind);

describe('winograd', () => {
  it('makes a sum over a window blocks of tiles, with the transformed weights made in the build', () => {
    const made = run(convolution, eager);
    expect(programFaults(made)).toEqual([]);
    expect(new Set(made.steps.map(({ kind }) => kind))).toEqual(new Set(['blocked']));
    expect(made.preparation.map(({ id }) => id)).toEqual(['out.transformed']);
    const roles = [...made.values.values()].filter(({ role }) => role === 'constant').map(({ id }) => id.split('.')[1]);
    expect(new Set(roles)).toEqual(new Set(['input', 'kernel', 'output']));
  });

  it('does so group by group', () => {
    const groups = `input x [8, 8, 8]
      weight k [3, 3, 4, 16]
      intermediate out [6, 6, 16]
      output y = out
      run out[y, x, 8·g + f] += x[y + i, x + j, 4·g + c] · k[i, j, c, 8·g + f] for y < 6, x < 6, g < 2, f < 8, i < 3, j < 3, c < 4`;
    const made = run(groups, eager);
    expect(programFaults(made)).toEqual([]);
    expect(made.preparation.map(({ id }) => id)).toEqual(['out@0.transformed', 'out@1.transformed']);
    const many = groups.replace('[8, 8, 8]', '[8, 8, 36]').replace(', 16]', ', 72]').replace(', 16]', ', 72]');
    expect(kinds(many.replace('g < 2', 'g < 9'), eager)).toEqual(['compute']);
  });

  it('leaves it where the estimate, the options or the machine say so', () => {
    expect(kinds(convolution, reluctant)).toEqual(['compute']);
    expect(kinds(convolution, eager, { exact: true })).toEqual(['compute']);
    expect(kinds(convolution, undefined)).toEqual(['compute']);
  });

  it('does what was measured', () => {
    const program = programOf(convolution);
    const key = scheduleKey(program, program.steps[0] as ComputeStep);
    expect(kinds(convolution, eager, { algorithms: new Map([[key, 'direct']]) })).toEqual(['compute']);
    expect(kinds(convolution, reluctant, { algorithms: new Map([[key, 'tiled']]) })).toContain('blocked');
    expect(kinds(convolution, eager, { algorithms: new Map([['another', 'direct']]) })).toContain('blocked');
  });

  it.each([
    ['a stride', convolution.replace('[8, 8, 4]', '[13, 13, 4]').replace('x[y + i, x + j', 'x[2·y + i, 2·x + j')],
    ['a largest', convolution.replace('+=', 'max=')],
    ['a border that is not zero', convolution.replace('x + j, c]', 'x + j, c else 1]')],
    ['weights of the run', convolution.replace('weight', 'input')],
    ['a sum of sums', convolution.replace('c] · k', 'c] + k')],
    [
      'a window of one tap',
      convolution.replace('[3, 3, 4, 8]', '[1, 1, 4, 8]').replace('i < 3, j < 3', 'i < 1, j < 1'),
    ],
    [
      'no channel',
      convolution
        .replace('[8, 8, 4]', '[8, 8, 8]')
        .replace('[3, 3, 4, 8]', '[3, 3, 8]')
        .replace('x + j, c]', 'x + j, f]')
        .replace('j, c, f]', 'j, f]')
        .replace(', c < 4', ''),
    ],
  ])('leaves %s', (_, text) =>
    expectUnchanged((program) => winograd.run(program, { machine: { costs: eager } }), text),
  );
});
