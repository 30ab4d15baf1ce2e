// Who reads and writes what in a program's run: small questions that several passes ask.
import { allReads } from '../algebra/expression.ts';
import type { ComputeStep, Program, Step } from '../program.ts';

export const computeSteps = (step: Step): readonly ComputeStep[] =>
  step.kind === 'blocked' ? step.steps : step.kind === 'compute' ? [step] : [];

/** Values a step reads, each once. */
export function readValues(step: Step): Set<string> {
  if (step.kind === 'alias') return new Set([step.source]);
  return new Set(computeSteps(step).flatMap(({ expression }) => allReads(expression).map((read) => read.tensor)));
}

/** Values a step writes, each once. */
export function writtenValues(step: Step): Set<string> {
  if (step.kind === 'alias') return new Set([step.target]);
  return new Set(computeSteps(step).map(({ expression }) => expression.target.tensor));
}

export const readersOf = (program: Program, value: string): Step[] =>
  program.steps.filter((step) => readValues(step).has(value));
export const writersOf = (program: Program, value: string): Step[] =>
  program.steps.filter((step) => writtenValues(step).has(value));
export const isOutput = (program: Program, value: string): boolean =>
  program.outputs.some((output) => output.value === value);

/** The one step that reads a value, if there is one and the value does not leave the program. */
export function soleReader(program: Program, value: string): Step | undefined {
  const readers = readersOf(program, value);
  return readers.length === 1 && !isOutput(program, value) ? readers[0] : undefined;
}
