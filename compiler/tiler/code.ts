// Straight-line code and loops around it, with the loads that want to stand further out: each travels outwards until the
// loop that it depends on, and is set once per iteration there.
import type { Statement, Value } from './loop.ts';
import { variablesOf } from './values.ts';

export interface Code {
  readonly statements: readonly Statement[];
  /** Register → value, to be set before the statements, as far out as the value allows. */
  readonly hoisted: ReadonlyMap<string, Value>;
}

export const sequence = (parts: readonly Code[]): Code => ({
  statements: parts.flatMap((part) => part.statements),
  hoisted: new Map(parts.flatMap((part) => [...part.hoisted])),
});

/** A loop around code; what depends on its variable is set at the top of each iteration. */
export function loop(variable: string, extent: number, code: Code): Code {
  const here = new Map<string, Value>();
  const outwards = new Map<string, Value>();
  for (const [register, value] of code.hoisted) {
    (variablesOf(value).has(variable) ? here : outwards).set(register, value);
  }
  const body = [...settings(here), ...code.statements];
  return { statements: [{ kind: 'for', variable, extent, body }], hoisted: outwards };
}

/** The end of the way out. */
export const settled = (code: Code): readonly Statement[] => [...settings(code.hoisted), ...code.statements];

const settings = (registers: ReadonlyMap<string, Value>): Statement[] =>
  [...registers].map(([register, value]) => ({ kind: 'set', register, value }));
