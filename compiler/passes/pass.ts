// A pass: one stage of the compiler as a value. It is pure, and says what it takes and what it makes.
import type { Result } from '../../dsl/problem.ts';
import type { Decisions } from '../options.ts';
import type { Machine } from '../scheduling/machine.ts';
import type { StageName, Stages } from './stages.ts';

export interface Pass<From extends StageName, To extends StageName> {
  readonly name: string;
  /** One sentence, for the documentation. */
  readonly about: string;
  readonly from: From;
  readonly to: To;
  /** A `Result` where the user's model may be refused. */
  readonly run: (given: Stages[From], options: PassOptions) => Stages[To] | Result<Stages[To]>;
}

export interface PassOptions extends Decisions {
  readonly machine: Machine;
}

/** Any pass, where a table of them is walked. */
export interface AnyPass {
  readonly name: string;
  readonly about: string;
  readonly from: StageName;
  readonly to: StageName;
  readonly run: (given: never, options: PassOptions) => unknown;
}

/** A list of passes in which each takes what the one before it makes; `never` for any other. */
export type InOrder<List extends readonly AnyPass[]> = List extends readonly [
  infer First extends AnyPass,
  infer Second extends AnyPass,
  ...infer Rest extends readonly AnyPass[],
]
  ? First['to'] extends Second['from']
    ? readonly [First, ...InOrder<readonly [Second, ...Rest]>]
    : never
  : List;

/** The list itself; one out of order does not compile. */
export const inOrder = <const List extends readonly AnyPass[]>(passes: List & InOrder<List>): List => passes;
