import { describe, expect, it } from 'vitest';
import { allocate } from '../../compiler/passes/allocate/allocate.ts';
import { showStage } from '../../compiler/presentation/stage-text.ts';
import type { Machine } from '../../compiler/scheduling/machine.ts';
import { plain, programOf } from './text.ts';

function arena(text: string, halos = false): string {
  const machine = { halos, lanes: 4 } as Machine;
  const made = allocate.run({ program: programOf(text), schedules: new Map(), blocks: new Map() }, { machine });
  if (!made.ok) throw new Error(made.problems[0]!.message);
  return plain(showStage({ kind: 'allocated', value: made.value }));
}

/** A chain of values of 16 elements, each read by a sum, which cannot be made in place. */
const chain = (length: number): string => {
  const names = ['x', ...Array.from({ length }, (_, n) => `v${n}`)];
  const steps = names.slice(1).map((to, n) => `run ${to}[i] += ${names[n]}[j] for i < 16, j < 16`);
  const values = names.slice(1).map((name) => `intermediate ${name} [16]`);
  return ['input x [16]', ...values, `output y = ${names.at(-1)}`, ...steps].join('\n');
};

describe('allocate', () => {
  it('gives memory again to others when its value is read no more', () => {
    expect(arena(chain(2))).toBe(
      plain(`arena 32 elements, at least 32
        view x [16] at 0, strides 1
        view v0 [16] at 16, strides 1
        view v1 [16] at 0, strides 1`),
    );
    expect(arena(chain(9))).toContain('arena 32 elements, at least 32');
  });

  it('keeps what is read later, and outputs to the end', () => {
    const text = chain(3).replace('output', 'output z = v0\noutput');
    expect(arena(text)).toContain('arena 48 elements, at least 48');
  });

  it('makes an elementwise step in the place of what it reads for the last time', () => {
    const text = (more: string): string => `input x [16]
      intermediate a [16]
      intermediate b [16]
      intermediate c [16]
      output y = c
      ${more}
      run a[i] += x[j] for i < 16, j < 16
      run b[i] = tanh(a[i]) for i < 16
      run c[i] += x[j] · b[i] for i < 16, j < 16`;
    expect(arena(text(''))).toContain('arena 48 elements, at least 48');
    expect(arena(text('output z = a'))).toContain('arena 64 elements, at least 64');
  });

  it('makes parts of a concatenation in their places, without a copy', () => {
    const text = `input x [16]
      intermediate a [16]
      intermediate b [16]
      intermediate out [32]
      output y = out
      run a[i] += x[j] for i < 16, j < 16
      run b[i] max= x[j] for i < 16, j < 16
      run #out#0: out[i] = a[i] for i < 16
      run #out#1: out[i + 16] = b[i] for i < 16`;
    const made = arena(text);
    expect(made).toContain('no copy out#0');
    expect(made).toContain('no copy out#1');
    expect(made).toContain('arena 48 elements, at least 48');
    const base = Number(/view out \[32\] at (\d+)/.exec(made)![1]);
    expect(made).toContain(`view a [16] at ${base}, strides 1`);
    expect(made).toContain(`view b [16] at ${base + 16}, strides 1`);
  });

  it('gives another shape of a value its memory', () => {
    const text = `input x [16]
      intermediate a [16]
      intermediate square [4, 4]
      output y = square
      run a[i] += x[j] for i < 16, j < 16
      run square is a`;
    const made = arena(text);
    const base = /view a \[16\] at (\d+)/.exec(made)![1];
    expect(made).toContain(`view square [4, 4] at ${base}, strides 4 1`);
  });

  const window = `input x [4, 4]
    weight k [3, 3]
    intermediate a [4, 4]
    intermediate out [4, 4]
    output y = out
    run a[y, x] += x[y + i − 1, x + j − 1] · k[i, j] for y < 4, x < 4, i < 3, j < 3
    run out[y, x] += a[y + i − 1, x + j − 1] · k[i, j] for y < 4, x < 4, i < 3, j < 3`;

  it('gives what is read beyond its border a halo of zeros, where the machine has use for one', () => {
    expect(arena(window, true)).toMatch(/view a \[4, 4\] at \d+, strides \d+ 1, halo 1\+1 1\+1/);
    expect(arena(window)).not.toContain('halo');
    expect(arena(window.replaceAll('j − 1]', 'j − 1 else 1]'), true)).not.toContain('halo');
  });

  it('clears a halo whose memory others use', () => {
    expect(arena(window, true)).toContain('border of');
    expect(arena(window)).not.toContain('clear');
  });

  it('refuses an arena of more than 2 GiB', () => {
    const text = `input x [600000000]
      intermediate out [600000000]
      output y = out
      run out[i] = x[−i + 599999999] for i < 600000000`;
    const program = { ...programOf(text.replaceAll('600000000', '6').replace('599999999', '5')) };
    const values = new Map([...program.values].map(([id, value]) => [id, { ...value, shape: [600000000] }]));
    const machine = { halos: false, lanes: 4 } as Machine;
    const made = allocate.run(
      { program: { ...program, values }, schedules: new Map(), blocks: new Map() },
      { machine },
    );
    expect(made.problems.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      'memory/arena: the arena would be 4.47 GiB, the limit is 2 GiB',
    ]);
  });
});
