// Prepares a source text for the grammar without moving anything: offsets stay what they are.
//
//   conv(8,      // wide          conv(8,
//     kernel: 3)             ⟶      kernel: 3)        comments and inner newlines become spaces
//
// On the way it collects the comments and finds what no grammar reports well: brackets and braces that do not pair,
// comments and strings that do not end, and text nested so deep that reading it would take the stack.
import { Brackets, CLOSING, type Open, type OpeningMark } from './brackets.ts';
import { CUT, POISON } from './grammar.ts';
import { error, type Problem } from './problem.ts';
import type { Source, Span } from './span.ts';
import type { Comment } from './syntax.ts';

/** Brackets and braces inside one another. */
export const NESTING_LIMIT = 64;
/** Operators above one another in one expression's tree. */
export const OPERATOR_LIMIT = 256;
/** Characters in one file. */
export const SIZE_LIMIT = 512 * 1024;
/** Characters in a text that an import makes, which nobody sent. */
export const IMPORTED_LIMIT = 8 * SIZE_LIMIT;

/** Characters in one statement, without the bodies in it: what the grammar reads at once. */
export const PIECE_LIMIT = 64 * 1024;

export interface CleanText {
  readonly text: string;
  readonly comments: readonly Comment[];
  readonly problems: readonly Problem[];
  /** False where a limit was passed: the text must not be read on. */
  readonly readable: boolean;
}

/** Also of a text that is to become a file. */
export function sizeProblem({ text }: Pick<Source, 'text'>, limit = SIZE_LIMIT): Problem | undefined {
  if (text.length <= limit) return undefined;
  return error('limit/source-size', `the file has ${text.length} characters; the limit is ${limit}`);
}

export function clean(source: Source, limit = SIZE_LIMIT): CleanText {
  const problem = sizeProblem(source, limit);
  if (problem) {
    return { text: '', comments: [], problems: [problem], readable: false };
  }
  return new Cleaner(source).run();
}

const ITEM_START = /(?:model|block|param)[ \t]+(?!(?:as|and|or)[ \t])[\p{L}_]|import[ \t]*\{/uy;
const STATEMENT_WORD = /^(?:repeat|if|else|return)$/;
const OPERATOR_WORD = /^(?:and|or|not)$/;
const WORD = /[\p{L}_][\p{L}\p{Nd}_]*/uy;
const NUMBER = /[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;

class Cleaner {
  private readonly characters: string[];
  private readonly comments: Comment[] = [];
  private readonly problems: Problem[] = [];
  private readonly brackets = new Brackets();
  private position = 0;
  private refused = false;
  private lineStart = 0;
  /** Whether something other than space and comments was read on this line. */
  private lineHasCode = false;
  private readonly source: Source;
  private readonly text: string;

  constructor(source: Source) {
    this.source = source;
    this.text = source.text;
    this.characters = this.text.split('');
  }

  run(): CleanText {
    if (this.text.startsWith('\uFEFF')) this.blank(0, 1);
    for (;;) {
      while (this.position < this.text.length && !this.refused) this.step();
      if (this.refused || !this.rewindToUnclosed(this.text.length)) break;
    }
    const brace = this.brackets.outermost;
    if (brace && !this.refused) this.missingBrace(brace, 'the end of the file');
    const { comments, problems } = this;
    return { text: this.characters.join(''), comments, problems, readable: !this.refused };
  }

  private step(): void {
    const { text, position } = this;
    const character = text[position]!;
    const pair = text.slice(position, position + 2);
    if (pair === '//' || pair === '/*') this.comment(pair);
    else if (character === '\n') {
      this.endStatement(character);
      this.beginLine(this.position);
    } else if (/\s/.test(character)) this.space();
    else if (/[\p{L}_]/u.test(character)) this.word();
    else {
      this.lineHasCode = true;
      if (pair === '|>') this.pipe();
      else if (pair === '->') this.advance(2);
      else this.mark(character);
    }
  }

  private mark(character: string): void {
    if (character === '"') this.string();
    else if (character === '(' || character === '[' || character === '{') this.open(character);
    else if (character === ')' || character === ']') this.closeBracket(character);
    else if (character === '}') this.closeBrace();
    else if (character === ';') this.endStatement(character);
    else if (/[0-9]/.test(character)) this.advance(this.matchAt(NUMBER).length);
    else {
      if (character === ',') this.brackets.endElement();
      else if ('+-*/%^<>=!'.includes(character)) this.countOperator();
      else if (character < ' ') this.characters[this.position] = '\uFFFD';
      this.advance(1);
    }
  }

  private beginLine(start: number): void {
    this.lineStart = start;
    this.lineHasCode = false;
  }

  private space(): void {
    this.characters[this.position] = ' ';
    this.advance(1);
  }

  private advance(count: number): void {
    this.position += count;
  }

  private matchAt(pattern: RegExp): string {
    pattern.lastIndex = this.position;
    return pattern.exec(this.text)?.[0] ?? '';
  }

  private span(start: number, end: number): Span {
    return { source: this.source, start, end };
  }

  private blank(start: number, end: number): void {
    this.characters.fill(' ', start, end);
  }

  private comment(opening: '//' | '/*'): void {
    const { text, position } = this;
    const close = opening === '//' ? text.indexOf('\n', position) : text.indexOf('*/', position + 2);
    if (close < 0 && opening === '/*') {
      const at = this.span(position, position + 2);
      this.problems.push(
        error('syntax/unterminated-comment', 'this comment is not closed', at, {
          label: 'opened here',
          notes: ['a `/*` comment ends with `*/`; a `//` comment ends with its line'],
        }),
      );
    }
    const end = close < 0 ? text.length : opening === '//' ? close : close + 2;
    const own = !this.lineHasCode;
    const blankBefore = /\n[ \t\r]*\n[ \t\r]*$/.test(text.slice(Math.max(0, position - 200), position));
    this.comments.push({ text: text.slice(position, end).trimEnd(), own, blankBefore, span: this.span(position, end) });
    this.blank(position, end);
    this.position = end;
  }

  /** A line that begins with `|>` goes on with the statement before it; so does one after a `|>`. */
  private pipe(): void {
    for (let index = this.position - 1; index >= 0 && /\s/.test(this.characters[index]!); index -= 1) {
      this.characters[index] = ' ';
    }
    this.advance(2);
    while (this.position < this.text.length && /\s/.test(this.text[this.position]!)) {
      this.characters[this.position] = ' ';
      this.advance(1);
    }
  }

  private string(): void {
    const { text, position } = this;
    let end = position + 1;
    while (end < text.length && text[end] !== '"' && text[end] !== '\n') end += text[end] === '\\' ? 2 : 1;
    if (text[end] === '"') {
      this.position = end + 1;
      return;
    }
    const newline = text.indexOf('\n', position);
    end = newline < 0 ? text.length : newline;
    this.problems.push(
      error('syntax/unterminated-string', 'this string is not closed', this.span(position, end), {
        label: 'a string ends with `"` on the same line',
      }),
    );
    this.blank(position, end);
    this.characters[position] = POISON;
    this.position = end;
  }

  private open(mark: OpeningMark): void {
    if (mark === '{' && this.brackets.inBracket && this.rewindToUnclosed(this.position)) return;
    this.brackets.push(mark, this.position);
    if (this.brackets.count > NESTING_LIMIT) {
      const message = `brackets are nested more than ${NESTING_LIMIT} deep`;
      this.refuse('limit/nesting', message, this.position);
    }
    this.advance(1);
  }

  private refuse(code: string, message: string, position: number): void {
    this.refused = true;
    const notes = ['the file is not read beyond this place'];
    this.problems.push(error(code, message, this.span(position, position + 1), { notes }));
  }

  private countOperator(): void {
    this.brackets.countOperator();
    if (this.brackets.depth > OPERATOR_LIMIT) {
      const message = `an expression has more than ${OPERATOR_LIMIT} operators above one another`;
      this.refuse('limit/operators', message, this.position);
    }
  }

  private endStatement(character: string): void {
    if (this.brackets.inBracket && character === ';' && this.rewindToUnclosed(this.position)) return;
    if (this.brackets.inBracket && character === '\n') this.characters[this.position] = ' ';
    else if (!this.brackets.inBracket) this.brackets.endElement();
    this.advance(1);
  }

  private closeBracket(character: ')' | ']'): void {
    const { top } = this.brackets;
    const here = this.span(this.position, this.position + 1);
    if (!top || top.mark === '{') {
      const message = `\`${character}\` closes nothing: no bracket is open here`;
      this.problems.push(error('syntax/unopened-bracket', message, here));
    } else if (CLOSING[top.mark] !== character) {
      const message = `\`${top.mark}\` is closed by \`${character}\`, not by \`${CLOSING[top.mark]}\``;
      const related = [{ at: this.span(top.at, top.at + 1), label: 'opened here' }];
      this.problems.push(error('syntax/unclosed-bracket', message, here, { related }));
    }
    this.brackets.popUntil(character);
    this.advance(1);
  }

  private closeBrace(): void {
    if (this.brackets.inBracket && this.rewindToUnclosed(this.position)) return;
    if (this.brackets.count > 0) this.brackets.pop();
    else {
      const here = this.span(this.position, this.position + 1);
      this.problems.push(error('syntax/unopened-bracket', '`}` closes nothing: no brace is open here', here));
      this.characters[this.position] = ' ';
    }
    this.advance(1);
  }

  private word(): void {
    const { position } = this;
    const word = this.matchAt(WORD) || this.text[position]!;
    const first = !this.lineHasCode;
    this.lineHasCode = true;
    const item = first && this.brackets.count > 0 && this.matchAt(ITEM_START) !== '';
    if (this.brackets.inBracket && (item || (first && STATEMENT_WORD.test(word))) && this.rewindToUnclosed(position))
      return;
    const { outermost } = this.brackets;
    if (item && outermost?.mark === '{') {
      this.missingBrace(outermost, `\`${word}\``);
      this.characters[this.lineStart - 1] = CUT;
      this.brackets.clear();
    }
    if (OPERATOR_WORD.test(word)) this.countOperator();
    this.advance(word.length);
  }

  private missingBrace(brace: Open, before: string): void {
    const message = `this \`{\` is not closed before ${before}`;
    const details = { label: 'opened here', notes: ['a `}` is missing'] };
    this.problems.push(error('syntax/missing-brace', message, this.span(brace.at, brace.at + 1), details));
  }

  /**
   * Where a bracket must be closed by now and is not: reports the outermost, lets it end with its line, and reads on
   * behind that line. True where `position` moved back, false where no earlier line was there to go back to.
   */
  private rewindToUnclosed(position: number): boolean {
    const outermost = this.brackets.outermostBracket;
    if (!outermost) return false;
    const message = `this \`${outermost.mark}\` is not closed`;
    const at = this.span(outermost.at, outermost.at + 1);
    const newline = this.text.indexOf('\n', outermost.at);
    const moved = newline >= 0 && newline < position;
    if (moved) this.forgetFrom(newline, position);
    this.brackets.popBrackets();
    const details = { label: 'opened here', notes: [`a \`${CLOSING[outermost.mark]}\` is missing`] };
    this.problems.push(error('syntax/unclosed-bracket', message, at, details));
    return moved;
  }

  private forgetFrom(start: number, end: number): void {
    for (let index = start; index < end; index += 1) this.characters[index] = this.text[index]!;
    const before = (at: Span | undefined): boolean => at === undefined || at.start < start;
    while (this.comments.length > 0 && !before(this.comments.at(-1)!.span)) this.comments.pop();
    while (this.problems.length > 0 && !before(this.problems.at(-1)!.at)) this.problems.pop();
    this.position = start;
  }
}
