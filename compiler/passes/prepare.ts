// prepare: what depends on weights and constants alone moves out of the run and into the build.
//
//   before  steps: scale[c] = gamma[c] / sqrt(variance[c] + ε);  out[y, x, c] = in[y, x, c] · scale[c]
//   after   preparation: scale;  steps: out
import { allReads } from '../algebra/expression.ts';
import type { ComputeStep, Program, Step } from '../program/program.ts';
import { type Usage, usageOf } from '../program/usage.ts';

export function prepare(program: Program): Program {
  const prepared = preparedValues(program);
  const usage = usageOf(program);
  const preparation: ComputeStep[] = [...program.preparation];
  const steps: Step[] = [];
  for (const step of program.steps) {
    const ready = step.kind === 'compute' && allReads(step.expression).every((read) => prepared.has(read.tensor));
    if (ready && writesWhole(usage, step)) {
      prepared.add(step.expression.target.tensor);
      preparation.push(step);
    } else {
      steps.push(step);
    }
  }
  return { ...program, preparation, steps };
}

/** Ids of values whose data is known when the module is built. */
export function preparedValues(program: Program): Set<string> {
  const known = [...program.values.values()].filter(({ role }) => role === 'weight' || role === 'constant');
  return new Set([...known.map(({ id }) => id), ...program.preparation.map((step) => step.expression.target.tensor)]);
}

/** A value with several writers stays in the run unless they all move, which nothing needs; nor does an output move. */
function writesWhole(usage: Usage, step: ComputeStep): boolean {
  const { tensor } = step.expression.target;
  const isAlias = ({ kind }: Step): boolean => kind === 'alias';
  return usage.writers(tensor).length === 1 && !usage.isOutput(tensor) && !usage.readers(tensor).some(isAlias);
}
