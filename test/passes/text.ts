// Programs as text for tests of single passes. How many spaces stand where does not matter.
import { expect } from 'vitest';
import { analyse } from '../../compiler/compile.ts';
import type { ShapedModel } from '../../compiler/graph/model.ts';
import { parseProgram } from '../../compiler/program/parse.ts';
import { printProgram } from '../../compiler/program/print.ts';
import type { Program } from '../../compiler/program/program.ts';
import { programFaults } from '../../compiler/program/verify.ts';
import type { Schedule } from '../../compiler/scheduling/machine.ts';

/** The program of a text, which has to be sound. */
export function programOf(text: string): Program {
  const parsed = parseProgram(text);
  if (!parsed.ok) throw new Error(`${parsed.problems[0]!.message}: ${text.slice(parsed.problems[0]!.at!.start)}`);
  expect(programFaults(parsed.value), text).toEqual([]);
  return parsed.value;
}

export const plain = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim().replace(/\s+/g, ' '))
    .filter((line) => line !== '')
    .join('\n');

/** What a pass makes of a text, which has to be sound too. */
export function expectMade(run: (program: Program) => Program, before: string, after: string): void {
  const made = run(programOf(before));
  expect(programFaults(made)).toEqual([]);
  expect(plain(printProgram(made))).toBe(plain(after));
}

export const expectUnchanged = (run: (program: Program) => Program, text: string): void => expectMade(run, text, text);

export function modelOf(text: string): ShapedModel {
  const models = analyse({ file: 'net.convnet', text });
  if (!models.ok) throw new Error(models.problems[0]!.message);
  return models.value[0]!;
}

/** `f/4 y x/2 i c, lanes f`. */
export function scheduleOf(text: string): Schedule {
  const [order, lanes] = text.split(', lanes ');
  return {
    order: order!.split(' ').map((part) => [part.split('/')[0]!, Number(part.split('/')[1] ?? 1)] as const),
    splat: 'load',
    ...(lanes && { lanes }),
  };
}
