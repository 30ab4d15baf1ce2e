// Names of layers: `conv_0`, `conv_1` within a block, counted per operator; `as` replaces that; blocks make paths.
import { error, type Problem } from '../../../dsl/problem.ts';
import type { Span } from '../../../dsl/span.ts';
import type { Identifier } from '../../../dsl/syntax.ts';

/** The names of the layers in one block as it was inlined, or in the model itself. */
export class Naming {
  private readonly prefix: string;
  private readonly counts = new Map<string, number>();
  private readonly taken: Map<string, Span>;

  /** `taken`: every name of the model so far, shared by all its blocks. */
  constructor(prefix: string, taken: Map<string, Span>) {
    this.prefix = prefix;
    this.taken = taken;
  }

  /** The path of an unnamed layer or block: the next free number. */
  numbered(name: string, span: Span): string {
    for (let number = this.counts.get(name) ?? 0; ; number += 1) {
      const path = `${this.prefix}${name}_${number}`;
      this.counts.set(name, number + 1);
      if (this.taken.has(path)) continue;
      this.taken.set(path, span);
      return path;
    }
  }

  /** The path of a layer that `as` names, or the problem that it is taken. `round`: `_0` in the first round of a repeat. */
  named({ name, span }: Identifier, round: string): string | Problem {
    const path = `${this.prefix}${name}${round}`;
    const earlier = this.taken.get(path);
    if (earlier) {
      const related = [{ at: earlier, label: 'by this layer' }];
      return error('name/duplicate', `the name \`${path}\` is taken`, span, { related });
    }
    this.taken.set(path, span);
    return path;
  }

  /** The names within a block that stands at `path`. */
  within(path: string): Naming {
    return new Naming(`${path}.`, this.taken);
  }
}
