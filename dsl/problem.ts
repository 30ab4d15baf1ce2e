// A problem is a value that says what a person did wrong, or may have: stages collect problems, drivers print them.
import type { Span } from './span.ts';

export type Severity = 'error' | 'warning';

export interface Problem {
  readonly severity: Severity;
  /** Stable `family/name`, for example `transpose/unreachable-size`. */
  readonly code: string;
  /** One sentence with the numbers filled in, no full stop. */
  readonly message: string;
  /** The place; absent only where there is no text to point at (a weights file, an argument). */
  readonly at?: Span;
  /** Words beside the carets. */
  readonly label?: string;
  /** Lines after the frame: the formula with numbers, the fix. */
  readonly notes: readonly string[];
  /** Other places that matter: where a name was first defined, for example. */
  readonly related: readonly { readonly at: Span; readonly label: string }[];
}

type Details = Partial<Pick<Problem, 'label' | 'notes' | 'related'>>;

export function error(code: string, message: string, at?: Span, details: Details = {}): Problem {
  return { severity: 'error', code, message, ...(at && { at }), notes: [], related: [], ...details };
}

export function warning(code: string, message: string, at?: Span, details: Details = {}): Problem {
  return { ...error(code, message, at, details), severity: 'warning' };
}

export const isError = (problem: Problem): boolean => problem.severity === 'error';

/** Without what was said before in the same words of no place: a missing file, asked for twice. */
export function distinct(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ code, message, at }) => {
    const isNew = at !== undefined || !seen.has(`${code} ${message}`);
    if (!at) seen.add(`${code} ${message}`);
    return isNew;
  });
}

/** A stage's result: a value, or the problems that prevented it. Warnings travel with either. */
export type Result<T> =
  | { readonly ok: true; readonly value: T; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export const success = <T>(value: T, problems: readonly Problem[] = []): Result<T> => ({ ok: true, value, problems });
export const failure = (problems: readonly Problem[]): Result<never> => ({ ok: false, problems });
