// Who reads and writes what in a program's run: small questions that several passes ask.
import { allReads, mentions } from '../algebra/expression.ts';
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

const readsValue = (step: Step, value: string): boolean =>
  step.kind === 'alias'
    ? step.source === value
    : computeSteps(step).some(
        ({ expression: { value: sum, finish } }) => mentions(sum, value) || mentions(finish, value),
      );

const writesValue = (step: Step, value: string): boolean =>
  step.kind === 'alias'
    ? step.target === value
    : computeSteps(step).some(({ expression }) => expression.target.tensor === value);

export const readersOf = (program: Program, value: string): Step[] =>
  program.steps.filter((step) => readsValue(step, value));
export const writersOf = (program: Program, value: string): Step[] =>
  program.steps.filter((step) => writesValue(step, value));
export const isOutput = (program: Program, value: string): boolean =>
  program.outputs.some((output) => output.value === value);

/** The steps that fill a needed value or feed one that does, in order; `needed` grows by what they read. */
export function neededSteps<S extends Step>(steps: readonly S[], needed: Set<string>): S[] {
  const kept: S[] = [];
  for (const step of steps.toReversed()) {
    if (![...writtenValues(step)].some((value) => needed.has(value))) continue;
    for (const value of readValues(step)) needed.add(value);
    kept.push(step);
  }
  return kept.reverse();
}

/** The one step that reads a value, if there is one and the value does not leave the program. */
export function soleReader(program: Program, value: string): Step | undefined {
  const readers = readersOf(program, value);
  return readers.length === 1 && !isOutput(program, value) ? readers[0] : undefined;
}
