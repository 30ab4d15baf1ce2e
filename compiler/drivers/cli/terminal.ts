// A terminal, as a command sees it: results on one side, problems and progress on the other. Tests bring their own.
import { stripVTControlCharacters, styleText } from 'node:util';
import { renderProblems } from '../../../dsl/frame.ts';
import { isError, type Problem } from '../../../dsl/problem.ts';
import { visible } from '../../../dsl/quote.ts';

export interface Terminal {
  /** Results. */
  readonly write: (text: string) => void;
  /** Everything else. */
  readonly report: (text: string) => void;
  /** Colours in what is reported. */
  readonly colour: boolean;
  /** Whether somebody watches: progress is shown. */
  readonly watched: boolean;
  /** Columns that a line of results may take. */
  readonly columns: number;
  /** Milliseconds from some beginning. */
  readonly now: () => number;
}

export function processTerminal(): Terminal {
  // A reader that went away (`| head`) is no fault.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (reason: NodeJS.ErrnoException) => {
      if (reason.code !== 'EPIPE') throw reason;
    });
  // styleText knows NO_COLOR and friends; whether it styled tells whether the stream takes colours.
  const styled = styleText('bold', 'a', { stream: process.stderr });
  return {
    write: (text) => process.stdout.write(text),
    report: (text) => process.stderr.write(text),
    colour: styled !== stripVTControlCharacters(styled),
    watched: process.stderr.isTTY === true,
    columns: process.stdout.columns ?? 120,
    now: () => performance.now(),
  };
}

/** Results for people: text of models and files is shown, never obeyed. */
export const showText = (terminal: Terminal, text: string): void => terminal.write(visible(text));

/** Frames, one after the other. */
export function showProblems(terminal: Terminal, problems: readonly Problem[]): void {
  if (problems.length > 0) terminal.report(`${renderProblems(problems, { colour: terminal.colour })}\n`);
}

/** 0 where nothing is an error. */
export const exitCodeOf = (problems: readonly Problem[]): number => (problems.some(isError) ? 1 : 0);

/** A line on the terminal that says what is being done, once the whole has taken a second. */
export class Progress {
  private readonly terminal: Terminal;
  private readonly start: number;
  private shown = false;

  constructor(terminal: Terminal) {
    this.terminal = terminal;
    this.start = terminal.now();
  }

  step(what: string): void {
    const seconds = (this.terminal.now() - this.start) / 1000;
    if (!this.terminal.watched || seconds < 1) return;
    this.terminal.report(`\r\u001b[K${visible(what)} … ${seconds.toFixed(0)} s`);
    this.shown = true;
  }

  done(): void {
    if (this.shown) this.terminal.report('\r\u001b[K');
    this.shown = false;
  }
}
