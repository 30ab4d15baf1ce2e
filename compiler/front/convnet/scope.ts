// Names and what they stand for. A name has one meaning wherever it is seen: shadowing is an error.
import { error, type Problem } from '../../../dsl/problem.ts';
import type { Span } from '../../../dsl/span.ts';
import type { Identifier } from '../../../dsl/syntax.ts';
import type { Static } from '../../operators/parameters.ts';
import type { Shape } from '../../tensor.ts';
import type { Reporter } from './reporter.ts';

/**
 * What a layer produced, or a model's input. `failed` stands in after an error, so that one slip is reported once; a
 * value has no shape where its own layer, or one before it, was refused.
 */
export type Value =
  | {
      readonly kind: 'node' | 'input';
      readonly id: string;
      readonly shape: Shape | undefined;
      /** What the layer gives besides, by name. */
      readonly results?: ReadonlyMap<string, Value>;
    }
  | { readonly kind: 'failed' };

/** Its sizes, where they are known. */
export const shapeOf = (value: Value): Shape | undefined => (value.kind === 'failed' ? undefined : value.shape);

export const FAILED: Value = { kind: 'failed' };

/** What a name is given. */
export type Given =
  /** Known at compile time: a param, a dimension, a block's parameter, a repeat's variable. Undefined after an error. */
  | { readonly kind: 'static'; readonly value: Static | undefined }
  /** `ofHeader`: an input of the model. */
  | { readonly kind: 'value'; readonly value: Value; readonly ofHeader?: true };

/** With the place where it was given; `possible` where a branch that may not hold gives it. */
export type Meaning = Given & { readonly span: Span; readonly possible?: true };

/** Names that mean the same everywhere. */
export const RESERVED: ReadonlySet<string> = new Set(['it', 'input']);

export class Scope {
  private readonly names = new Map<string, Meaning>();
  private readonly parent: Scope | undefined;

  constructor(parent?: Scope) {
    this.parent = parent;
  }

  lookup(name: string): Meaning | undefined {
    return this.names.get(name) ?? this.parent?.lookup(name);
  }

  /** Every name seen from here of one kind, for suggestions. */
  visible(kind: Meaning['kind']): string[] {
    const own = [...this.names].filter(([, meaning]) => meaning.kind === kind).map(([name]) => name);
    return [...own, ...(this.parent?.visible(kind) ?? [])];
  }

  /** Gives a name its meaning, or reports that it has one already. */
  declare({ name, span }: Identifier, meaning: Given, reporter: Reporter): void {
    const earlier = this.lookup(name);
    if (earlier && !earlier.possible) {
      const related = [{ at: earlier.span, label: 'first named here' }];
      const notes = ['a name is given once; choose another one'];
      reporter.report(error('name/duplicate', `\`${name}\` is already named`, span, { related, notes }));
    } else if (RESERVED.has(name) && !(name === 'input' && isInput(meaning))) {
      reporter.report(reserved({ name, span }));
    } else this.names.set(name, { ...meaning, span });
  }

  /** Takes over the names of branches, of which one or none is run. */
  suppose(branches: readonly Scope[]): void {
    for (const { names } of branches)
      for (const [name, meaning] of names) if (!this.lookup(name)) this.names.set(name, { ...meaning, possible: true });
  }
}

/** A model's input may be called `input`, which it is. */
const isInput = (meaning: Given): boolean => meaning.kind === 'value' && meaning.ofHeader === true;

export function reserved({ name, span }: Identifier): Problem {
  const notes = ['`it` is the current value, `input` the value that a block or model begins with'];
  return error('name/reserved', `\`${name}\` has a meaning of its own`, span, { notes });
}
