// The context of an expression: the names it may use, the values it may ask for their sizes, who is told.
import type { Reporter } from './reporter.ts';
import type { Scope, Value } from './scope.ts';

export interface Context {
  readonly scope: Scope;
  readonly reporter: Reporter;
  /** What `it` means; absent where no value stands. */
  readonly current?: Value | undefined;
  /** What `input` means. */
  readonly input?: Value | undefined;
}
