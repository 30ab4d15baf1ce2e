// Cuts a cleaned text where a statement cannot go on, so that the grammar reads one at a time: it remembers every rule for
// every place of what it reads, which for a whole file is a thousand times the file. Bodies are taken out and read later.
//
//   repeat 2 {               repeat 2 {}     and, in the body,     conv(8)
//     conv(8)          ⟶                                           relu
//     relu                   dense(10)
//   }
//   dense(10)
import { CUT } from './grammar.ts';

/** Some statements or items, mostly one, with empty bodies. */
export interface Piece {
  readonly text: string;
  /** From a place in `text` to the one in the file. */
  at(offset: number): number;
}

/** Where each `{` is closed: at its `}`, where its body was cut off, or at the end of the text. */
export type Bodies = ReadonlyMap<number, number>;

const STRING = /"(?:\\[^\n]|[^"\\\n])*"/y;
const IMPORT = /import(?![\p{L}0-9_])/uy;
const GAP = /[ \n]+/y;
/** What may stand on the line after the one on which its statement began. */
const CONTINUATION = /\{|->|else(?![\p{L}0-9_])/uy;

const lengthAt = (pattern: RegExp, text: string, position: number): number => {
  pattern.lastIndex = position;
  return pattern.exec(text)?.[0].length ?? 0;
};

export function findBodies(text: string): Bodies {
  const bodies = new Map<number, number>();
  const open: number[] = [];
  const closeAll = (position: number): void => {
    while (open.length > 0) bodies.set(open.pop()!, position);
  };
  for (let position = 0; position < text.length; position += 1) {
    const character = text[position];
    if (character === '{') open.push(position);
    else if (character === '}' && open.length > 0) bodies.set(open.pop()!, position);
    else if (character === CUT) closeAll(position);
    else if (character === '"') position += Math.max(0, lengthAt(STRING, text, position) - 1);
  }
  closeAll(text.length);
  return bodies;
}

/** The pieces of `[start, end)`: statements of a body, or items of the whole file, where imports may stand. */
export function* piecesOf(
  text: string,
  bodies: Bodies,
  [start, end]: readonly [number, number],
  of: 'statements' | 'items',
): Generator<Piece> {
  let first = start;
  while (first < end) {
    const cutter = new Cutter(text, bodies, [first, end], of);
    first = cutter.run();
    if (cutter.piece.text.length > 0) yield cutter.piece;
  }
}

class Cutter {
  /** Where in the file the parts of the piece begin, and where in the piece. */
  private readonly origins: number[];
  private readonly offsets: number[] = [0];
  private taken = '';
  private position: number;
  /** The braces of an import hold names. */
  private importing: boolean;
  private readonly text: string;
  private readonly bodies: Bodies;
  private readonly end: number;

  constructor(text: string, bodies: Bodies, [start, end]: readonly [number, number], of: 'statements' | 'items') {
    this.text = text;
    this.bodies = bodies;
    this.end = end;
    this.position = Math.min(end, start + lengthAt(GAP, text, start));
    this.origins = [this.position];
    this.importing = of === 'items' && lengthAt(IMPORT, text, this.position) > 0;
  }

  get piece(): Piece {
    const { taken: text, origins, offsets } = this;
    return {
      text,
      at(offset) {
        let [low, high] = [0, offsets.length];
        while (high - low > 1) {
          const middle = (low + high) >> 1;
          if (offsets[middle]! <= offset) low = middle;
          else high = middle;
        }
        return origins[low]! + offset - offsets[low]!;
      },
    };
  }

  /** Reads to the end of a statement; the place behind it. */
  run(): number {
    while (this.position < this.end) {
      const character = this.text[this.position]!;
      if (character === ';' || character === CUT) break;
      if (character === '\n') {
        const next = this.position + lengthAt(GAP, this.text, this.position);
        if (!this.continues(next)) break;
        this.position = next;
        this.importing = false;
      } else if (character === '{') this.brace();
      else this.position += character === '"' ? Math.max(1, lengthAt(STRING, this.text, this.position)) : 1;
    }
    let end = Math.min(this.position, this.end);
    while (end > this.origins.at(-1)! && this.text[end - 1] === ' ') end -= 1;
    this.take(end);
    return this.position + 1;
  }

  private continues(next: number): boolean {
    if (next >= this.end) return false;
    let last = this.position - 1;
    while (this.text[last] === ' ') last -= 1;
    return lengthAt(CONTINUATION, this.text, next) > 0 || this.text.slice(Math.max(0, last - 1), last + 1) === '->';
  }

  private brace(): void {
    const close = this.bodies.get(this.position)!;
    if (!this.importing) {
      this.take(this.position + 1);
      this.origins.push(close);
      this.offsets.push(this.taken.length);
    }
    this.position = close;
    if (this.text[close] === '}') this.position += 1;
  }

  private take(end: number): void {
    this.taken += this.text.slice(this.origins.at(-1)!, end);
  }
}
