// What callers of the library may pass. TypeScript holds them to it; who writes JavaScript, or reads options from a file,
// gets a problem instead of a puzzle.
import { error, type Problem } from '../dsl/problem.ts';
import { didYouMean } from '../dsl/suggest.ts';

interface Rule {
  readonly fits: (value: unknown) => boolean;
  readonly expected: string;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const oneOf = (...words: readonly string[]): Rule => ({
  fits: (value) => words.includes(value as string),
  expected: words.map((word) => `'${word}'`).join(' or '),
});
const text: Rule = { fits: (value) => typeof value === 'string', expected: 'a string' };
const isSeed = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const table: Rule = { fits: (value) => value instanceof Map, expected: 'a Map' };

const rulesFor = (targets: readonly string[]): Readonly<Record<string, Rule>> => ({
  file: text,
  model: text,
  set: { fits: isObject, expected: 'an object of numbers, truth values and words' },
  readImport: { fits: (value) => typeof value === 'function', expected: 'a function of a path' },
  target: oneOf(...targets),
  weights: {
    fits: (value) => value instanceof Uint8Array || value instanceof ArrayBuffer || value instanceof Map,
    expected: 'the bytes of a safetensors file, or a Map of tensors by name',
  },
  init: {
    fits: (value) => value === 'he' || (isObject(value) && value.scheme === 'he' && isSeed(value.seed)),
    expected: "'he' or { scheme: 'he', seed: a whole number }",
  },
  lowering: oneOf('phases', 'zero-insertion'),
  exact: { fits: (value) => typeof value === 'boolean', expected: 'true or false' },
  schedules: table,
  algorithms: table,
});

/** Problems: `options/source`, `options/unknown`, `options/value`. An option that is `undefined` is one left out. */
export function optionProblems(source: unknown, options: unknown, targets: readonly string[]): readonly Problem[] {
  if (typeof source !== 'string')
    return [error('options/source', `the source is ${show(source)}, a string is expected`)];
  if (!isObject(options)) return [error('options/value', `the options are ${show(options)}, an object is expected`)];
  const rules = rulesFor(targets);
  return Object.entries(options).flatMap(([name, value]): Problem[] => {
    if (!Object.hasOwn(rules, name)) {
      const names = Object.keys(rules);
      const notes = [...didYouMean(name, names), `options are ${names.join(', ')}`];
      return [error('options/unknown', `there is no option \`${name}\``, undefined, { notes })];
    }
    const { fits, expected } = rules[name]!;
    if (value === undefined || fits(value)) return [];
    return [
      error('options/value', `\`${name}\` cannot be ${show(value)}`, undefined, { notes: [`expected ${expected}`] }),
    ];
  });
}

function show(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return 'a function';
  return isObject(value) ? `of type ${value.constructor?.name ?? 'object'}` : String(value);
}
