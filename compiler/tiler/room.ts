// How much code a network may have. The tiler asks after every piece, so that a network of countless pieces (a window wider
// than its input, where every output differs) ends early, with a problem that names the layer.
import type { Statement } from './loop.ts';

/** Statements in a network's kernels: about 6 MB of JavaScript. The largest example has 8,000. */
export const mostStatements = 100_000;

export class Room {
  private kept = 0;
  private current = 0;
  private full = false;

  /** The next kernel's code begins. */
  begin(): void {
    this.current = 0;
  }

  /** More of it; false where that is too much. */
  take(code: readonly Statement[]): boolean {
    this.current += countStatements(code);
    this.full ||= this.kept + this.current > mostStatements;
    return !this.full;
  }

  /** It is not the code of a kernel that is there already. */
  keep(): void {
    this.kept += this.current;
  }

  isFull(): boolean {
    return this.full;
  }
}

const countStatements = (code: readonly Statement[]): number =>
  code.reduce((sum, statement) => sum + 1 + (statement.kind === 'for' ? countStatements(statement.body) : 0), 0);
