// prepare: what depends on weights and constants alone moves out of the run and into the build.
//
//   before  steps: scale[c] = gamma[c] / sqrt(variance[c] + ε);  out[y, x, c] = in[y, x, c] · scale[c]
//   after   preparation: scale;  steps: out
import { allReads } from '../algebra/expression.ts';
import type { ComputeStep, Program, Step } from '../program/program.ts';
import { preparedValues, type Usage, usageOf } from '../program/usage.ts';
import type { Pass } from './pass.ts';

export const prepare = {
  name: 'prepare',
  about: 'What depends on weights and constants alone moves out of the run and into the build.',
  from: 'program',
  to: 'program',
  run(program: Program): Program {
    const known = preparedValues(program);
    const usage = usageOf(program);
    const preparation: ComputeStep[] = [...program.preparation];
    const steps: Step[] = [];
    for (const step of program.steps) {
      const ready = step.kind === 'compute' && allReads(step.expression).every((read) => known.has(read.tensor));
      if (ready && writesWhole(usage, step)) {
        known.add(step.expression.target.tensor);
        preparation.push(step);
      } else {
        steps.push(step);
      }
    }
    return { ...program, preparation, steps };
  },
} as const satisfies Pass<'program', 'program'>;

/** A value with several writers stays in the run unless they all move, which nothing needs; nor does an output move. */
function writesWhole(usage: Usage, step: ComputeStep): boolean {
  const { tensor } = step.expression.target;
  const isAlias = ({ kind }: Step): boolean => kind === 'alias';
  return usage.writers(tensor).length === 1 && !usage.isOutput(tensor) && !usage.readers(tensor).some(isAlias);
}
