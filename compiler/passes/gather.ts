// gather: every scatter becomes gathers, in which each output element has one owner. Two ways, equal in result:
// phases (the default) multiply no zero; zero insertion is the textbook's picture, kept to be looked at and compared.

import { phases } from '../algebra/phases.ts';
import { factorsOf } from '../algebra/window-sum.ts';
import { insertZeros } from '../algebra/zero-insertion.ts';
import type { ComputeStep, Program, ProgramValue, Step } from '../program/program.ts';
import { preparedValues } from '../program/usage.ts';
import type { Pass, PassOptions } from './pass.ts';

export const gather = {
  name: 'gather',
  about: 'Every scatter becomes gathers, in which each element of the output has one owner.',
  from: 'program',
  to: 'program',
  run(program: Program, { lowering }: Pick<PassOptions, 'lowering'> = {}): Program {
    const prepared = preparedValues(program);
    const values = new Map(program.values);
    const steps = program.steps.flatMap((step): Step[] => {
      if (step.kind !== 'compute' || !step.expression.scatter) return [step];
      const inserted = lowering === 'zero-insertion' ? withZeros(step, values, prepared) : [step];
      return inserted.flatMap((part) => owned(part, values, prepared));
    });
    return { ...program, values, steps };
  },
} as const satisfies Pass<'program', 'program'>;

function owned(
  step: ComputeStep,
  values: ReadonlyMap<string, ProgramValue>,
  prepared: ReadonlySet<string>,
): ComputeStep[] {
  const { shape } = values.get(step.expression.target.tensor)!;
  const parts = phases(step.expression, shape, prepared);
  return parts.map((expression, n) => ({ ...step, id: parts.length === 1 ? step.id : `${step.id}#${n}`, expression }));
}

function withZeros(step: ComputeStep, values: Map<string, ProgramValue>, prepared: ReadonlySet<string>): ComputeStep[] {
  const { expression } = step;
  const from = factorsOf(expression, prepared).data[0];
  if (!from) throw new Error(`${step.id} scatters nothing but weights`);
  const source = { tensor: from.tensor, shape: values.get(from.tensor)!.shape };
  const id = `${step.id}.inserted`;
  const target = values.get(expression.target.tensor)!;
  const { insert, shape, convolve } = insertZeros(expression, target.shape, prepared, source, id);
  values.set(id, { role: 'intermediate', id, shape });
  return [
    { ...step, id, expression: insert },
    { ...step, expression: convolve },
  ];
}
