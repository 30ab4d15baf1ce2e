// A place in a line of program text, and the small things that may stand there.
import { error, type Problem } from '../../dsl/problem.ts';
import type { Source } from '../../dsl/span.ts';

/** Thrown within the parser alone: the text is no program. */
export class Unexpected {
  private readonly message: string;
  private readonly at: number;

  constructor(message: string, at: number) {
    this.message = message;
    this.at = at;
  }

  /** @param line where the line begins in the text */
  problem(source: Source, line: number): Problem {
    const start = line + this.at;
    return error('program/syntax', this.message, { source, start, end: start + 1 });
  }
}

const spaces = /\s*/y;
const plain = /[\p{L}_@][\p{L}\p{N}_.#@/$]*/uy;
const quoted = /"(?:[^"\\]|\\.)*"/y;
const number = /−?(?:∞|NaN|\d+(?:\.\d+)?(?:e[+−]?\d+)?)/y;

export class Cursor {
  private at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** Whether this comes next; passes it then. */
  takes(literal: string): boolean {
    this.match(spaces);
    if (!this.text.startsWith(literal, this.at)) return false;
    // A word ends where its letters do.
    if (/\w$/.test(literal) && /^[\p{L}\p{N}_]/u.test(this.text.slice(this.at + literal.length))) return false;
    this.at += literal.length;
    return true;
  }

  expect(literal: string): void {
    if (!this.takes(literal)) this.fail(`${JSON.stringify(literal)} is expected`);
  }

  /** A name, plain or in quotes; undefined where none comes next. */
  maybeName(): string | undefined {
    const text = this.match(quoted);
    return text === undefined ? this.match(plain) : (JSON.parse(text) as string);
  }

  name(): string {
    return this.maybeName() ?? this.fail('a name is expected');
  }

  maybeNumber(): number | undefined {
    return this.match(number) === undefined ? undefined : readNumber(this.last);
  }

  number(): number {
    return this.maybeNumber() ?? this.fail('a number is expected');
  }

  integer(): number {
    const value = this.number();
    return Number.isSafeInteger(value) ? value : this.fail('a whole number is expected');
  }

  /** The key of a list of numbers, `#1f2e3d4c`. */
  key(): string | undefined {
    return this.match(/#[0-9a-f]{8}/y);
  }

  isDone(): boolean {
    this.match(spaces);
    return this.at === this.text.length;
  }

  /** One after the other with commas between. */
  list<T>(item: () => T): T[] {
    const items = [item()];
    while (this.takes(',')) items.push(item());
    return items;
  }

  fail(message: string): never {
    throw new Unexpected(message, this.at);
  }

  private last = '';

  private match(pattern: RegExp): string | undefined {
    if (pattern !== spaces) this.match(spaces);
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) return undefined;
    this.at = pattern.lastIndex;
    this.last = found;
    return found;
  }
}

const readNumber = (text: string): number => Number(text.replaceAll('−', '-').replace('∞', 'Infinity'));
