// The brackets and braces that are open at a place of a text, and how deep an expression's tree is there.

export type OpeningMark = '(' | '[' | '{';

export const CLOSING = { '(': ')', '[': ']', '{': '}' } as const;

export interface Open {
  readonly mark: OpeningMark;
  readonly at: number;
  /** Operators since the last comma, and the most that stood between two commas before. */
  operators: number;
  deepest: number;
}

export class Brackets {
  private readonly stack: Open[] = [];
  /** Operators above one another: those of every open bracket's present element. */
  depth = 0;

  get count(): number {
    return this.stack.length;
  }

  /** The innermost that is open. */
  get top(): Open | undefined {
    return this.stack.at(-1);
  }

  get outermost(): Open | undefined {
    return this.stack[0];
  }

  /** Whether the innermost is ( or [, where newlines are space. */
  get inBracket(): boolean {
    return this.top !== undefined && this.top.mark !== '{';
  }

  /** The first ( or [ that was opened in the innermost brace. */
  get outermostBracket(): Open | undefined {
    return this.stack[this.braces()];
  }

  push(mark: OpeningMark, at: number): void {
    this.stack.push({ mark, at, operators: 0, deepest: 0 });
  }

  /** Closes the innermost; an operator outside stands above those inside. */
  pop(): void {
    this.endElement();
    const { mark, deepest } = this.stack.pop()!;
    if (mark === '{') return;
    this.depth += deepest;
    if (this.top) this.top.operators += deepest;
  }

  /** Closes every ( and [ of the innermost brace. */
  popBrackets(): void {
    const keep = this.braces();
    while (this.count > keep) this.pop();
  }

  /** Closes the bracket that `character` fits, with what is open in it; where it fits none, the innermost bracket. */
  popUntil(character: ')' | ']'): void {
    const braces = this.braces();
    const match = this.stack.findLastIndex(({ mark }, index) => index >= braces && CLOSING[mark] === character);
    const keep = match >= 0 ? match : Math.max(braces, this.count - 1);
    while (this.count > keep) this.pop();
  }

  clear(): void {
    this.stack.length = 0;
    this.depth = 0;
  }

  countOperator(): void {
    this.depth += 1;
    if (this.top) this.top.operators += 1;
  }

  /** At a comma, or at the end of a statement. */
  endElement(): void {
    const { top } = this;
    if (!top) {
      this.depth = 0;
      return;
    }
    this.depth -= top.operators;
    top.deepest = Math.max(top.deepest, top.operators);
    top.operators = 0;
  }

  /** How many are open up to the innermost brace, which is included. */
  private braces(): number {
    return this.stack.findLastIndex(({ mark }) => mark === '{') + 1;
  }
}
