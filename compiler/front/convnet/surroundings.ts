// The surroundings in which a whole file is resolved.
import type { Problem } from '../../../dsl/problem.ts';
import type { Source } from '../../../dsl/span.ts';
import type { AnyOperator } from '../../operators/operator.ts';
import type { Static } from '../../operators/parameters.ts';
import type { Reporter } from './reporter.ts';

export interface Surroundings {
  readonly operators: ReadonlyMap<string, AnyOperator>;
  /** Values from outside for params and dimensions: `--set name=value`. */
  readonly settings: ReadonlyMap<string, Static>;
  /** The settings that something took. */
  readonly usedSettings: Set<string>;
  /** The source that stands at a path, which is relative to where the importing file's path is relative to. */
  readonly readImport: (path: string) => Source | Problem | undefined;
  readonly reporter: Reporter;
}
