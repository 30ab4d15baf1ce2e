// Checks what a pass has made: for `--verify`, and for tests.
import { programAt, type Stage, type Watch } from '../passes/index.ts';
import type { Deferred } from '../passes/stages.ts';
import { programFaults } from '../program/verify.ts';
import { verifyPlan } from './verify-plan.ts';

/** Sentences, one for each fault; each is a fault of the compiler. */
export function stageFaults(stage: Stage): string[] {
  if (stage.kind === 'deferred') return deferredFaults(stage.value);
  if (stage.kind === 'assembled') return [...deferredFaults(stage.value), ...verifyPlan(stage.value.assembly)];
  const program = programAt(stage);
  return program ? programFaults(program) : [];
}

/** What loading computes counts as built, and fills the memory of what the run reads. */
const deferredFaults = ({ program, setup, fills }: Deferred): string[] => [
  ...programFaults({ ...program, preparation: [...program.preparation, ...setup] }, undefined, fills.values()),
  ...[...fills.keys()]
    .filter((id) => !setup.some(({ expression }) => expression.target.tensor === id))
    .map((id) => `nothing fills ${id} when the weights are loaded`),
];

/** Throws after the first pass that made something unsound. */
export const verifyStages: Watch = (pass, stage) => {
  const [first, ...others] = stageFaults(stage);
  if (first === undefined) return;
  const more = others.length > 0 ? `, and ${others.length} more` : '';
  throw new Error(`after the pass ${pass.name}: ${first}${more}`);
};
