// Checks what a pass has made: for `--verify`, and for tests.
import { programAt, type Stage, type Watch } from '../passes/index.ts';
import type { Deferred } from '../passes/stages.ts';
import type { Program, Step } from '../program/program.ts';
import { programFaults } from '../program/verify.ts';
import { verifyPlan } from './verify-plan.ts';

/** Sentences, one for each fault; each is a fault of the compiler. */
export function stageFaults(stage: Stage): string[] {
  if (stage.kind === 'deferred') return programFaults(wholeProgram(stage.value));
  if (stage.kind === 'assembled')
    return [...programFaults(wholeProgram(stage.value)), ...verifyPlan(stage.value.assembly)];
  const program = programAt(stage);
  return program ? programFaults(program) : [];
}

/** With what loading computes, which lies where the run reads it. */
function wholeProgram({ program, setup, fills }: Deferred): Program {
  const filled = [...fills].map(
    ([source, target]): Step => ({ kind: 'alias', id: target, target, source, origins: [] }),
  );
  return { ...program, preparation: [...program.preparation, ...setup], steps: [...filled, ...program.steps] };
}

/** Throws after the first pass that made something unsound. */
export const verifyStages: Watch = (pass, stage) => {
  const [first, ...others] = stageFaults(stage);
  if (first === undefined) return;
  const more = others.length > 0 ? `, and ${others.length} more` : '';
  throw new Error(`after the pass ${pass.name}: ${first}${more}`);
};
