// How each scalar function is spelled in JavaScript. Parentheses stand where precedence asks for them and nowhere else.
import type { FunctionName } from '../../algebra/functions.ts';

/** A piece of source with how tightly its outermost operator binds. */
export interface Spelled {
  readonly text: string;
  readonly binds: number;
}

const conditional = 1;
const comparison = 2;
const additive = 3;
const multiplicative = 4;
const unary = 5;
const primary = 6;

export const atom = (text: string): Spelled => ({ text, binds: primary });

/** `-0.5`, `Infinity`, `1e-7`: the shortest text that reads back as the same number. */
export function spellNumber(value: number): Spelled {
  if (Number.isNaN(value)) return atom('Number.NaN');
  if (!Number.isFinite(value)) {
    return atom(value > 0 ? 'Number.POSITIVE_INFINITY' : 'Number.NEGATIVE_INFINITY');
  }
  const negative = value < 0 || Object.is(value, -0);
  return { text: Object.is(value, -0) ? '-0' : String(value), binds: negative ? unary : primary };
}

const within = (part: Spelled, least: number): string => (part.binds >= least ? part.text : `(${part.text})`);

type Speller = (a: Spelled, b: Spelled, c: Spelled) => Spelled;

/** Left-associative: the right side binds tighter, so that sums are never regrouped. */
const infix =
  (operator: string, binds: number): Speller =>
  (a, b) => ({ text: `${within(a, binds)} ${operator} ${within(b, binds + 1)}`, binds });

const call =
  (name: string, arity = 1): Speller =>
  (...parts) =>
    atom(
      `${name}(${parts
        .slice(0, arity)
        .map((part) => part.text)
        .join(', ')})`,
    );

/** Functions of the runtime that a module carries where it uses them. */
export type HelperName = 'sigmoid' | 'errorFunction' | 'roundHalfEven' | 'placeOf' | 'widenHalf';
export const helperOf: Partial<Record<FunctionName, HelperName>> = {
  sigmoid: 'sigmoid',
  errorFunction: 'errorFunction',
  roundHalfEven: 'roundHalfEven',
};

const spellers: Readonly<Record<FunctionName, Speller>> = {
  add: infix('+', additive),
  subtract: infix('-', additive),
  multiply: infix('*', multiplicative),
  divide: infix('/', multiplicative),
  maximum: call('Math.max', 2),
  minimum: call('Math.min', 2),
  power: call('Math.pow', 2),
  negate: (a) => ({ text: `-${within(a, primary)}`, binds: unary }),
  absolute: call('Math.abs'),
  squareRoot: call('Math.sqrt'),
  exponential: call('Math.exp'),
  exponentialMinusOne: call('Math.expm1'),
  logarithm: call('Math.log'),
  logarithmOnePlus: call('Math.log1p'),
  tanh: call('Math.tanh'),
  sigmoid: call('sigmoid'),
  errorFunction: call('errorFunction'),
  sine: call('Math.sin'),
  cosine: call('Math.cos'),
  tangent: call('Math.tan'),
  floor: call('Math.floor'),
  ceiling: call('Math.ceil'),
  truncate: call('Math.trunc'),
  roundHalfEven: call('roundHalfEven'),
  sign: call('Math.sign'),
  less: (a, b) => ({ text: `${within(a, additive)} < ${within(b, additive)} ? 1 : 0`, binds: conditional }),
  select: (a, b, c) => choose({ text: `${within(a, additive)} !== 0`, binds: comparison }, b, c),
};

const choose = (test: Spelled, b: Spelled, c: Spelled): Spelled => ({
  text: `${test.text} ? ${within(b, comparison)} : ${within(c, comparison)}`,
  binds: conditional,
});

export function spellCall(name: FunctionName, [a, b, c]: readonly Spelled[]): Spelled {
  const none = atom('');
  return spellers[name](a ?? none, b ?? none, c ?? none);
}

/** select(less(a, b), x, y) without the detour through 1 and 0: `a < b ? x : y`. */
export function spellChoice([a, b]: readonly Spelled[], x: Spelled, y: Spelled): Spelled {
  return choose({ text: `${within(a!, additive)} < ${within(b!, additive)}`, binds: comparison }, x, y);
}
