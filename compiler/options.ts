// The options of a compilation, declared once. The library's types and checks, the command's flags and their help, the bundler
// plugin's options and docs/options.md all come from these tables. A new option is a row here, and the place that obeys it.
import { error, failure, type Problem, type Result, success } from '../dsl/problem.ts';
import { didYouMean } from '../dsl/suggest.ts';
import type { ResolveOptions } from './front/convnet/resolve.ts';
import type { Initialisation, WeightTensors } from './plan/weights.ts';
import type { Records } from './scheduling/records.ts';
import { backendNames } from './targets/index.ts';

/** How the command and configuration files spell a value. */
export type Spelling =
  | { readonly kind: 'switch' }
  | { readonly kind: 'number' }
  | { readonly kind: 'word'; readonly placeholder: string }
  | { readonly kind: 'choice'; readonly placeholder: string; readonly choices: readonly string[] }
  /** `name=value`, may be repeated. */
  | { readonly kind: 'settings' }
  /** The path of a file; the library takes what is in it. */
  | { readonly kind: 'file' };

export interface OptionKind<T, S extends Spelling = Spelling> {
  readonly spelling: S;
  /** Completes "expected …". */
  readonly expected: string;
  readonly fits: (value: unknown) => value is T;
}

export interface OptionDeclaration<T, S extends Spelling = Spelling> extends OptionKind<T, S> {
  /** One sentence. */
  readonly about: string;
  /** The value of an option that is left out. */
  readonly fallback?: T;
}

type Settings = NonNullable<ResolveOptions['settings']>;
type ReadImport = NonNullable<ResolveOptions['readImport']>;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isBytes = (value: unknown): value is Uint8Array | ArrayBuffer =>
  value instanceof Uint8Array || value instanceof ArrayBuffer;
const isWholeNumber = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const onOff: OptionKind<boolean, { kind: 'switch' }> = {
  spelling: { kind: 'switch' },
  expected: 'true or false',
  fits: (value) => typeof value === 'boolean',
};

const wholeNumber: OptionKind<number, { kind: 'number' }> = {
  spelling: { kind: 'number' },
  expected: 'a whole number of at least 0',
  fits: isWholeNumber,
};

const name: OptionKind<string> = {
  spelling: { kind: 'word', placeholder: 'name' },
  expected: 'a string',
  fits: (value) => typeof value === 'string',
};

const settings: OptionKind<Settings, { kind: 'settings' }> = {
  spelling: { kind: 'settings' },
  expected: 'an object of numbers, truth values and words',
  fits: (value): value is Settings => isObject(value),
};

const oneOf = <const C extends string>(placeholder: string, choices: readonly C[]): OptionKind<C> => ({
  spelling: { kind: 'choice', placeholder, choices },
  expected: choices.map((choice) => `'${choice}'`).join(' or '),
  fits: (value): value is C => (choices as readonly unknown[]).includes(value),
});

const initialisation: OptionKind<Initialisation['scheme'] | Initialisation> = {
  spelling: { kind: 'choice', placeholder: 'scheme', choices: ['he'] },
  expected: "'he' or { scheme: 'he', seed: a whole number }",
  fits: (value): value is 'he' | Initialisation =>
    value === 'he' || (isObject(value) && value.scheme === 'he' && isWholeNumber(value.seed)),
};

const weightsFile: OptionKind<Uint8Array | ArrayBuffer | WeightTensors, { kind: 'file' }> = {
  spelling: { kind: 'file' },
  expected: 'the bytes of a safetensors file, or a Map of tensors by name',
  fits: (value) => isBytes(value) || value instanceof Map,
};

const schedulesFile: OptionKind<Uint8Array | ArrayBuffer | Records, { kind: 'file' }> = {
  spelling: { kind: 'file' },
  expected: 'the bytes of a file that `atrous tune` has written',
  fits: (value): value is Uint8Array | ArrayBuffer | Records =>
    isBytes(value) || (isObject(value) && value.schedules instanceof Map && value.algorithms instanceof Map),
};

const declare = <T, S extends Spelling>(kind: OptionKind<T, S>, about: string): OptionDeclaration<T, S> => ({
  ...kind,
  about,
});

const declareWith = <T, S extends Spelling>(
  fallback: T,
  kind: OptionKind<T, S>,
  about: string,
): OptionDeclaration<T, S> & { readonly fallback: T } => ({ ...kind, about, fallback });

/** Which model is read, and how its open sizes and params are settled. */
export const sourceOptions = {
  model: declare(name, 'Which model of the file; needed where there are several.'),
  set: declare(settings, 'A value for a param or a symbolic size, such as `H=320`.'),
};

/** Where trained tensors come from. */
export const weightOptions = {
  weights: declare(weightsFile, 'A safetensors file, in place of the one that the model names.'),
  init: declare(initialisation, 'Random weights; with `weights`, for those tensors only that the file does not have.'),
  seed: declareWith(1, wholeNumber, 'Seed for random weights.'),
};

/** How a model becomes code. */
export const loweringOptions = {
  target: declareWith('wasm', oneOf('name', backendNames), 'Target to compile for.'),
  lowering: declareWith(
    'phases',
    oneOf('way', ['phases', 'zero-insertion']),
    'How transposed convolutions are computed.',
  ),
  exact: declareWith(false, onOff, 'Only algorithms that sum in the order of the definition: no Winograd.'),
  quantize: declare(
    oneOf('element', ['f16', 'int8']),
    'Store weights of two and more axes as half-precision numbers, or as 8-bit integers with a scale per output channel.',
  ),
  schedules: declare(schedulesFile, 'Schedules file from `atrous tune`.'),
};

/** Every option of a compilation: all commands that compile take them. */
export const compilationOptions = { ...sourceOptions, ...weightOptions, ...loweringOptions };

/** The form of the module that is written. */
export const moduleOptions = {
  emit: declareWith(
    'js',
    oneOf('language', ['js', 'ts']),
    'Language of the module: NAME.js with NAME.d.ts, or NAME.ts.',
  ),
  inlineWeights: declareWith(
    'auto',
    oneOf('when', ['auto', 'always', 'never']),
    'Whether the weights are text inside the module; `auto` does so up to 128 KiB.',
  ),
  fallback: declareWith(false, onOff, 'A module that needs WebAssembly also carries plain kernels.'),
};

/** Options of the library alone, since it reads no files. */
export const libraryOptions = {
  file: declare(name, 'The name shown in problems, which relative imports start from.'),
  readImport: declare<ReadImport, Spelling>(
    {
      spelling: { kind: 'file' },
      expected: 'a function of a path',
      fits: (value): value is ReadImport => typeof value === 'function',
    },
    'Reads an imported file, by its path as seen from the importing one.',
  ),
};

/** `--inline-weights` for `inlineWeights`. */
export const flagName = (name: string): string =>
  `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

export type OptionTable = Readonly<Record<string, OptionDeclaration<never>>>;

type Value<D> = D extends OptionKind<infer T> ? T : never;

/** The options of a table as the library takes them: a file is what is in it. */
export type Given<T> = { readonly [K in keyof T]?: Value<T[K]> | undefined };

/** The same as the command and configuration files take them: a file is its path. */
export type GivenInFiles<T> = {
  readonly [K in keyof T]?: (T[K] extends { spelling: { kind: 'file' } } ? string : Value<T[K]>) | undefined;
};

/** With a value for every option. */
export type Settled<T> = { readonly [K in keyof T]: Value<T[K]> };

/** The options that decide how a model is lowered, files replaced by their content. */
export interface Decisions extends Omit<Given<typeof loweringOptions>, 'target' | 'schedules'>, Partial<Records> {}

export type Lowering = NonNullable<Decisions['lowering']>;
export type WeightElement = NonNullable<Decisions['quantize']>;

/** The given options that are of a table. */
export function pick<T extends object, V extends object>(table: T, values: V): Pick<V, keyof T & keyof V> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => Object.hasOwn(table, key))) as never;
}

/** The given options, and what holds for the others. */
export function settle<T extends Readonly<Record<string, { readonly fallback: unknown }>>>(
  table: T,
  given: Given<T>,
): Settled<T> {
  const fallbacks = Object.entries(table).map(([name, { fallback }]) => [name, fallback]);
  const stated = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries([...fallbacks, ...stated]) as Settled<T>;
}

/** Those given options that decide how a model is lowered, all but what a file of schedules says. */
export function decisionsOf(options: GivenInFiles<typeof loweringOptions> | Given<typeof loweringOptions>): Decisions {
  const { target, schedules, ...decisions } = pick(loweringOptions, options);
  return decisions;
}

/** The random weights that are asked for. Problem: `options/value`, for a seed of nothing. */
export function initialisationOf({ init, seed }: Given<typeof weightOptions>): Result<Initialisation | undefined> {
  if (seed !== undefined && typeof init !== 'string')
    return failure([error('options/value', '`seed` is for random weights, which `init` asks for')]);
  if (typeof init !== 'string') return success(init);
  return success({ scheme: init, seed: seed ?? weightOptions.seed.fallback });
}

/** Problems: `options/source`, `options/unknown`, `options/value`. An option that is `undefined` is one left out. */
export function optionProblems(source: unknown, options: unknown, table: object): readonly Problem[] {
  if (typeof source !== 'string')
    return [error('options/source', `the source is ${show(source)}, a string is expected`)];
  if (!isObject(options)) return [error('options/value', `the options are ${show(options)}, an object is expected`)];
  return Object.entries(options).flatMap(([name, value]) => problemOf(name, value, table as OptionTable));
}

function problemOf(name: string, value: unknown, table: OptionTable): readonly Problem[] {
  if (!Object.hasOwn(table, name)) {
    const names = Object.keys(table);
    const notes = [...didYouMean(name, names), `options are ${names.join(', ')}`];
    return [error('options/unknown', `there is no option \`${name}\``, undefined, { notes })];
  }
  const { fits, expected } = table[name]!;
  if (value === undefined || fits(value)) return [];
  const notes = [`expected ${expected}`];
  return [error('options/value', `\`${name}\` cannot be ${show(value)}`, undefined, { notes })];
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return 'a function';
  return isObject(value) ? `of type ${Object.prototype.toString.call(value).slice(8, -1)}` : String(value);
}
