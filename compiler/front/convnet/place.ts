// Where statements run, and what they leave behind.

import { error } from '../../../dsl/problem.ts';
import type { Span } from '../../../dsl/span.ts';
import type * as syntax from '../../../dsl/syntax.ts';
import type { CallSite } from './arguments.ts';
import type { Context } from './context.ts';
import type { HomedBlock, Library } from './library.ts';
import { DEPTH_LIMIT } from './limits.ts';
import type { Naming } from './naming.ts';
import type { Scope, Value } from './scope.ts';
import type { Surroundings } from './surroundings.ts';

/** A model, a block as it was inlined, or a round of a repeat. */
export interface Place {
  readonly library: Library;
  readonly scope: Scope;
  readonly naming: Naming;
  /** What `input` means; absent in a model of several inputs. */
  readonly input: Value | undefined;
  /** `_0` in the first round of a repeat, `_0_2` in nested ones. */
  readonly round: string;
  readonly site: CallSite | undefined;
  /** The blocks being inlined, the outermost first. */
  readonly trail: readonly syntax.Block[];
  readonly depth: number;
  readonly inRepeat: boolean;
  /** Where statements are only read: nothing is known of values, sizes and conditions, and every branch is visited. */
  readonly explorer?: Explorer;
}

export interface Explorer {
  /** Reads a block that is called, once. */
  block(block: HomedBlock, from: Place): void;
}

export interface ReturnedValue {
  readonly name: syntax.Identifier | undefined;
  readonly value: Value;
  readonly span: Span;
}

/** What a sequence of statements leaves behind: the current value, and what it returned if it did. */
export interface Outcome {
  readonly current: Value | undefined;
  readonly returned?: { readonly values: readonly ReturnedValue[]; readonly span: Span };
}

/** Thrown at a limit, to stop writing out a model; `runModel` catches it. */
export class Stop {}

/** What expressions at this place are computed with. */
export const contextOf = (
  { scope, input }: Place,
  current: Value | undefined,
  { reporter }: Surroundings,
): Context => ({
  scope,
  reporter,
  current,
  input,
});

/** The depth of what stands within a place. */
export function deeper({ depth }: Place, span: Span, { reporter }: Surroundings): number {
  if (depth < DEPTH_LIMIT) return depth + 1;
  const message = `blocks, repeats, ifs and arguments are more than ${DEPTH_LIMIT} deep here`;
  reporter.report(error('limit/depth', message, span));
  throw new Stop();
}
