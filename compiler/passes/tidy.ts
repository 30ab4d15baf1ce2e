// tidy: steps that compute the same become one, and what no output needs goes.
//
//   before  a = max(x, 0);  b = max(x, 0);  unused = exp(x);  output = a + b
//   after   a = max(x, 0);  output = a + a
import { renameTensors } from '../algebra/expression.ts';
import { expressionKey } from '../algebra/print.ts';
import type { Program, Step } from '../program/program.ts';
import { computeSteps, neededSteps, usageOf } from '../program/usage.ts';
import type { Pass } from './pass.ts';

export const tidy = {
  name: 'tidy',
  about: 'Steps that compute the same become one, and what no output needs goes.',
  from: 'program',
  to: 'program',
  run: (program: Program): Program => removeDead(mergeEqual(program)),
} as const satisfies Pass<'program', 'program'>;

/** The same once more, after the rewritings: what they have made equal or left without a reader. */
export const sweep = {
  ...tidy,
  name: 'sweep',
  about: 'What the passes before have made equal becomes one, and what they left unread goes.',
} as const satisfies Pass<'program', 'program'>;

/** Steps with the same expression and inputs: readers of the later turn to the earlier. */
function mergeEqual(program: Program): Program {
  const usage = usageOf(program);
  const merged = new Map<string, string>();
  const follow = (id: string): string => merged.get(id) ?? id;
  const seen = new Map<string, string>();
  const visit = <S extends Step>(step: S): S[] => {
    const renamed = renameStep(step, follow);
    if (
      renamed.kind !== 'compute' ||
      usage.isOutput(step.id) ||
      usage.writers(renamed.expression.target.tensor).length > 1
    )
      return [renamed];
    const target = renamed.expression.target.tensor;
    const key = expressionKey(
      renameTensors(renamed.expression, (name) => (name === target ? '' : name)),
      program.values.get(target)!.shape,
    );
    const earlier = seen.get(key);
    if (earlier === undefined) seen.set(key, target);
    else if (!usage.isOutput(target)) merged.set(target, earlier);
    return earlier === undefined || usage.isOutput(target) ? [renamed] : [];
  };
  const preparation = program.preparation.flatMap(visit);
  return { ...program, preparation, steps: program.steps.flatMap(visit) };
}

function renameStep<S extends Step>(step: S, rename: (name: string) => string): S {
  switch (step.kind) {
    case 'alias':
      return { ...step, source: rename(step.source) };
    case 'compute':
      return { ...step, expression: renameTensors(step.expression, rename) };
    case 'blocked':
      return { ...step, steps: step.steps.map((inner) => renameStep(inner, rename)) };
  }
}

function removeDead(program: Program): Program {
  const needed = new Set(program.outputs.map(({ value }) => value));
  const steps = neededSteps(program.steps, needed);
  const preparation = neededSteps(program.preparation, needed);
  const written = new Set(
    [...steps, ...preparation].flatMap((step) => computeSteps(step).map(({ expression }) => expression.target.tensor)),
  );
  const values = new Map(
    [...program.values].filter(([id, { role }]) => role === 'input' || needed.has(id) || written.has(id)),
  );
  return { ...program, preparation, steps, values };
}
