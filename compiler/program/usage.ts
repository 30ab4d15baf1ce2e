// Who reads and writes what in a program's run: small questions that several passes ask.
import { allReads } from '../algebra/expression.ts';
import { grouped } from '../algebra/grouped.ts';
import type { ComputeStep, Program, Step } from './program.ts';

export const computeSteps = (step: Step): readonly ComputeStep[] =>
  step.kind === 'blocked' ? step.steps : step.kind === 'compute' ? [step] : [];

/** How often they run. */
export const turnsOf = (step: Step): number => (step.kind === 'blocked' ? step.axis.extent : 1);

/** Values that go from iteration to iteration of some step: written before it, or read before a later iteration writes them again. */
export const carriedValues = (steps: readonly Step[]): ReadonlySet<string> =>
  new Set(steps.flatMap((step) => (step.kind === 'blocked' ? step.carried : [])));

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

/** Who reads and writes each value, found once for many questions. */
export interface Usage {
  /** Steps in their order, each once. */
  readers(value: string): readonly Step[];
  writers(value: string): readonly Step[];
  isOutput(value: string): boolean;
}

export function usageOf({ steps, outputs }: Program): Usage {
  const readers = stepsByValue(steps, readValues);
  const writers = stepsByValue(steps, writtenValues);
  const leaving = new Set(outputs.map(({ value }) => value));
  return {
    readers: (value) => readers.get(value) ?? [],
    writers: (value) => writers.get(value) ?? [],
    isOutput: (value) => leaving.has(value),
  };
}

const stepsByValue = (steps: readonly Step[], valuesOf: (step: Step) => Set<string>): Map<string, Step[]> =>
  grouped(steps.flatMap((step) => [...valuesOf(step)].map((value) => [value, step] as const)));

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

/** Ids of values whose data is known when the module is built. */
export function preparedValues(program: Program): Set<string> {
  const known = [...program.values.values()].filter(({ role }) => role === 'weight' || role === 'constant');
  return new Set([...known.map(({ id }) => id), ...program.preparation.map((step) => step.expression.target.tensor)]);
}
