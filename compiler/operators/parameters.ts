// Kinds of parameter: how an argument, evaluated at compile time, becomes the value an operator works with.

/** An argument after compile-time evaluation. Keywords (`same`) and strings are both strings. */
export type Static = number | string | boolean | readonly Static[];

/** Whether two arguments are one: infinities too, which JSON does not tell apart. */
export const sameStatic = (a: unknown, b: unknown): boolean => staticKey(a) === staticKey(b);

const staticKey = (value: unknown): string | undefined =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'number' && !Number.isFinite(part) ? { number: showNumber(part) } : part,
  );

/** A number as the language writes it. */
export const showNumber = (value: number): string =>
  Number.isFinite(value) ? String(value) : value > 0 ? 'inf' : '-inf';

export interface Parameter<T> {
  /** What fits, in words that complete "expected …": 'a whole number of at least 1'. */
  readonly expects: string;
  /** One sentence for hovers and the language reference. */
  readonly about: string;
  /** Absent where the argument is required. */
  readonly fallback?: { readonly value: T };
  /** The value, or undefined where the argument does not fit. */
  readonly read: (value: Static) => T | undefined;
  /** Keywords it understands, for completion and nearest-name suggestions. */
  readonly keywords?: readonly string[];
}

/** Makes a parameter optional. */
export const optional = <T>(parameter: Parameter<T>, value: T): Parameter<T> => ({ ...parameter, fallback: { value } });

/** Refuses zero, where the operator would divide by it. */
export const nonZero = (parameter: Parameter<number>): Parameter<number> => ({
  ...parameter,
  expects: `${parameter.expects} other than 0`,
  read: (value) => parameter.read(value) || undefined,
});

const isWhole = (value: Static): value is number => typeof value === 'number' && Number.isSafeInteger(value);
const isList = (value: Static): value is readonly Static[] => Array.isArray(value);

export const count = (about: string): Parameter<number> => ({
  expects: 'a whole number of at least 1',
  about,
  read: (value) => (isWhole(value) && value >= 1 ? value : undefined),
});

export const whole = (about: string): Parameter<number> => ({
  expects: 'a whole number',
  about,
  read: (value) => (isWhole(value) ? value : undefined),
});

/** Infinity is one too: where it makes no sense, `finite`. */
export const real = (about: string): Parameter<number> => ({
  expects: 'a number',
  about,
  read: (value) => (typeof value === 'number' && !Number.isNaN(value) ? value : undefined),
});

export const finite = (about: string): Parameter<number> => ({
  expects: 'a finite number',
  about,
  read: (value) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined),
});

export const flag = (about: string): Parameter<boolean> => ({
  expects: 'true or false',
  about,
  read: (value) => (typeof value === 'boolean' ? value : undefined),
});

export const choice = <const C extends string>(about: string, ...keywords: readonly C[]): Parameter<C> => ({
  expects: `one of ${keywords.join(', ')}`,
  about,
  keywords,
  read: (value) => keywords.find((keyword) => keyword === value),
});

/** One number for every axis, or a list with one number per axis. */
export type Sizes = number | readonly number[];

const sizesOfAtLeast = (minimum: number, expects: string, about: string): Parameter<Sizes> => ({
  expects,
  about,
  read: (value) => {
    const fits = (one: Static): one is number => isWhole(one) && one >= minimum;
    if (fits(value)) return value;
    return isList(value) && value.length > 0 && value.every(fits) ? value : undefined;
  },
});

export const sizes = (about: string): Parameter<Sizes> =>
  sizesOfAtLeast(1, 'a whole number of at least 1 or a list of them, one per axis', about);

export const sizesFromZero = (about: string): Parameter<Sizes> =>
  sizesOfAtLeast(0, 'a whole number of at least 0 or a list of them, one per axis', about);

/** A list of whole numbers. */
export const wholes = (about: string): Parameter<readonly number[]> => ({
  expects: 'a list of whole numbers',
  about,
  read: (value) => (isList(value) && value.every(isWhole) ? (value as readonly number[]) : undefined),
});

/** Padding as written; `forwardPadding` in shared/windows.ts turns it into numbers. A pair is [before, after]. */
export type Padding =
  | 'valid'
  | 'same'
  | 'same_lower'
  | 'causal'
  | number
  | readonly (number | readonly [number, number])[];

export const padding = (about: string): Parameter<Padding> => ({
  expects: 'valid, same, same_lower, causal, a whole number, or a list by axis of numbers or [before, after] pairs',
  about,
  keywords: ['valid', 'same', 'same_lower', 'causal'],
  read: (value) => {
    if (value === 'valid' || value === 'same' || value === 'same_lower' || value === 'causal') return value;
    if (isWhole(value)) return value;
    const pair = (one: Static): boolean => isList(one) && one.length === 2 && one.every(isWhole);
    const fits = isList(value) && value.length > 0 && value.every((one) => isWhole(one) || pair(one));
    return fits ? (value as Padding) : undefined;
  },
});

/** A tensor written in the source: nested lists with their shape, row-major data. */
export interface Literal {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export function readLiteral(value: Static): Literal | undefined {
  if (typeof value === 'number') return { shape: [], data: [value] };
  if (!isList(value) || value.length === 0) return undefined;
  const parts = value.map(readLiteral);
  const first = parts[0];
  if (!first || parts.some((part) => !part || part.shape.join() !== first.shape.join())) return undefined;
  return { shape: [value.length, ...first.shape], data: parts.flatMap((part) => part!.data) };
}

export const literal = (about: string): Parameter<Literal | undefined> => ({
  expects: 'nested lists of numbers, all of one length at each depth',
  about,
  fallback: { value: undefined },
  read: (value) => (typeof value === 'number' ? undefined : readLiteral(value)),
});

/** `bias: false`, `bias: true`, or the values themselves. */
export const bias = (about: string): Parameter<boolean | Literal> => ({
  expects: 'true, false, or a list of numbers',
  about,
  fallback: { value: true },
  read: (value) => (typeof value === 'boolean' ? value : typeof value === 'number' ? undefined : readLiteral(value)),
});
