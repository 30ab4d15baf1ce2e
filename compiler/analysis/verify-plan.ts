// Checks a plan before anything of it is written: every loop nest is sound, and no call reaches outside its memory.

import type { Plan } from '../plan/plan.ts';
import { bytesOf } from '../tensor.ts';
import { elementOf } from '../tiler/loop.ts';
import { boundNest, verifyTables } from '../tiler/tables.ts';
import { type Bounds, verifyNest } from '../tiler/verify.ts';

/** Sentences, one for each fault; each is a fault of the compiler. A vector may reach past the end with all lanes but its first. */
export function verifyPlan({
  setup,
  invocations,
  arena,
  weights,
}: Pick<Plan, 'setup' | 'invocations' | 'arena' | 'weights'>): string[] {
  return [...setup, ...invocations].flatMap((call) => {
    const { nest, bases, origins } = call;
    const bounds = nest.operands.map((operand, n): Bounds => {
      const { memory, written } = operand;
      const size = memory === 'arena' ? arena : Math.floor(weights.bytes / bytesOf(elementOf(operand)));
      const read = [-bases[n]!, size - bases[n]!] as const;
      return { read, write: written ? read : [0, 0] };
    });
    const unfit = verifyTables(call);
    const faults = unfit.length > 0 ? unfit : verifyNest(boundNest(call), bounds);
    return faults.map((fault) => `${origins[0]?.layer ?? nest.name}: ${fault}`);
  });
}
