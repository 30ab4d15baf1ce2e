// When a buffer is in use: from the first step that writes any value in it to the last that reads one.
import type { Program } from '../../program/program.ts';
import { readValues, writtenValues } from '../../program/usage.ts';
import type { Places } from './places.ts';

export interface Lifetime {
  /** −1 for inputs, which are there before the first step. */
  readonly first: number;
  /** The number of steps for outputs, which stay until they are copied out. */
  readonly last: number;
}

export function lifetimes(program: Program, places: Places): Map<string, Lifetime> {
  const lives = new Map<string, { first: number; last: number }>();
  const touch = (value: string, at: number): void => {
    const root = places.of.get(value)?.root;
    if (root === undefined) return;
    const life = lives.get(root) ?? { first: at, last: at };
    lives.set(root, { first: Math.min(life.first, at), last: Math.max(life.last, at) });
  };
  for (const input of program.inputs) touch(input, -1);
  program.steps.forEach((step, at) => {
    for (const value of [...readValues(step), ...writtenValues(step)]) touch(value, at);
  });
  for (const { value } of program.outputs) touch(value, program.steps.length);
  return lives;
}
