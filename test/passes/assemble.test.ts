import { beforeAll, describe, expect, it } from 'vitest';
import { stageFaults } from '../../compiler/analysis/verify-stage.ts';
import { assemble } from '../../compiler/passes/assemble.ts';
import { runPasses } from '../../compiler/passes/index.ts';
import { showStage } from '../../compiler/presentation/stage-text.ts';
import type { Machine } from '../../compiler/scheduling/machine.ts';
import { loadMachine } from '../../compiler/targets/index.ts';
import { programOf } from './text.ts';

let machine: Machine;

beforeAll(async () => {
  machine = await loadMachine('wasm');
});

/** Lines of the assembled program that begin so. */
function lines(text: string, begin: string): string[] {
  const made = runPasses('schedule', assemble.name, programOf(text), { machine });
  if (!made.ok) throw new Error(made.problems[0]!.message);
  const stage = { kind: 'assembled', value: made.value } as const;
  expect(stageFaults(stage)).toEqual([]);
  return showStage(stage)
    .split('\n')
    .filter((line) => line.startsWith(begin));
}

const of = (layer: string, operator: string): string => `of ${layer} (${operator} net 0-1)`;

describe('assemble', () => {
  it('makes one nest of steps with equal loops, and a call with bases for each', () => {
    const text = `input x [16]
      intermediate a [16]
      intermediate b [16]
      intermediate out [16]
      output y = out
      output z = a
      run a[i] = tanh(x[i]) for i < 16
      ${of('first', 'tanh')}
      run b[i] = tanh(a[i]) for i < 16
      ${of('second', 'tanh')}
      run out[i] = exponential(b[i]) for i < 16
      ${of('third', 'exp')}`;
    const calls = lines(text, 'run');
    expect(calls.map((call) => call.replace(/\(.*/, ''))).toEqual(['run  tanh', 'run  tanh', 'run  exp']);
    expect(calls[0]).not.toBe(calls[1]);
  });

  it('numbers nests of one operator, and operands of one name', () => {
    const text = `input p.x [16]
      input q.x [16]
      intermediate a [16]
      intermediate out [16]
      output y = out
      run a[i] = p.x[i] + q.x[i] for i < 16
      ${of('first', 'add')}
      run out[i] = (a[i] + q.x[i]) · 2 for i < 16
      ${of('second', 'add')}`;
    expect(lines(text, 'add').map((line) => line.replace(/:.*/, ''))).toEqual(['add', 'add_2']);
    expect(lines(text, 'run')[0]).toMatch(/^run {2}add\(x \d+, x_2 \d+, a \d+\)$/);
  });

  it('puts what the run reads of the build into the weights memory, and nothing else', () => {
    const text = `input x [4]
      weight k [4]
      weight raw [4]
      intermediate made [4]
      intermediate out [4]
      output y = out
      build made[i] = exponential(raw[i]) for i < 4
      run out[i] = (x[i] · k[i]) + made[i] for i < 4
      ${of('layer', 'add')}`;
    expect(lines(text, 'weights')).toEqual(['weights k at 0', 'weights made at 16']);
    expect(lines(text, 'arena')[0]).toMatch(/weights 144 of 144 bytes stored$/);
  });

  it('clears the border of a buffer whose memory others use, before the step that fills it', () => {
    const text = `input x [4, 16]
      weight k [3]
      intermediate a [4, 16]
      intermediate b [4, 16]
      intermediate c [4, 16]
      intermediate out [4, 16]
      output y = out
      ${['a x', 'b a', 'c b', 'out c']
        .map((pair) => pair.split(' '))
        .map(
          ([to, from]) =>
            `run ${to}[y, f] += ${from}[y + i − 1, f] · k[i] for y < 4, f < 16, i < 3\n${of(to!, 'conv')}`,
        )
        .join('\n')}`;
    const calls = lines(text, 'run').map((call) => call.replace(/\(.*/, '').replace('run  ', ''));
    expect(calls.filter((name) => name.startsWith('clear')).length).toBeGreaterThan(0);
    expect(calls.at(-1)).toMatch(/^conv/);
  });

  it('skips copies that a view has made unnecessary, and aliases', () => {
    const text = `input x [4]
      intermediate a [4]
      intermediate b [4]
      intermediate out [8]
      intermediate square [2, 4]
      output y = square
      run a[i] = tanh(x[i]) for i < 4
      ${of('a', 'tanh')}
      run b[i] = negate(x[i]) for i < 4
      ${of('b', 'neg')}
      run #out#0: out[i] = a[i] for i < 4
      ${of('out', 'concat')}
      run #out#1: out[i + 4] = b[i] for i < 4
      ${of('out', 'concat')}
      run square is out
      ${of('square', 'reshape')}`;
    expect(lines(text, 'run').map((call) => call.replace(/\(.*/, ''))).toEqual(['run  tanh', 'run  neg']);
  });
});
