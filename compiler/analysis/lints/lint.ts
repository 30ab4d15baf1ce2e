// Lint: a check for what is legal and yet probably not meant. Its problems are warnings `lint/<name>`.
import type { Problem } from '../../../dsl/problem.ts';
import type { ShapedModel } from '../../graph/model.ts';

export interface Lint {
  /** As `// allow NAME` silences it. */
  readonly name: string;
  /** One sentence for the pages and `atrous help lint/NAME`. */
  readonly about: string;
  /** How it is mended, one sentence. */
  readonly mend: string;
}

/** A lint over a whole model with shapes. */
export interface ModelLint extends Lint {
  readonly find: (model: ShapedModel) => readonly Problem[];
}
