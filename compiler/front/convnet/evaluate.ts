// Computes expressions at compile time: `round(32 * width)`, `stride == 1 and not wide`, `[H / 4, 3]`.
// A name that means nothing is a keyword (`same`), and a problem only where a number or a truth value is wanted.
import { error } from '../../../dsl/problem.ts';
import { didYouMean } from '../../../dsl/suggest.ts';
import type { Binary, BinaryOperator, Call, Expression, Unary } from '../../../dsl/syntax.ts';
import { type Static, sameStatic, showNumber } from '../../operators/parameters.ts';
import type { Context } from './context.ts';
import type { Reporter } from './reporter.ts';
import type { Scope } from './scope.ts';
import { evaluateSize, SIZE_FUNCTIONS } from './sizes.ts';

/** The value, or undefined where a problem was reported (now or when a name it uses was given its value). */
export function evaluate(expression: Expression, context: Context): Static | undefined {
  switch (expression.kind) {
    case 'number':
    case 'string':
    case 'boolean':
      return expression.value;
    case 'name': {
      const meaning = context.scope.lookup(expression.name);
      if (!meaning) return expression.name;
      if (meaning.kind === 'static') return meaning.value;
      context.reporter.report(
        error(
          'arithmetic/value',
          `\`${expression.name}\` is a layer's value, known only when the model runs`,
          expression.span,
        ),
      );
      return undefined;
    }
    case 'list': {
      const elements = expression.elements.map((element) => evaluate(element, context));
      return elements.some((element) => element === undefined) ? undefined : (elements as Static[]);
    }
    case 'unary':
      return evaluateUnary(expression, context);
    case 'binary':
      return evaluateBinary(expression, context);
    case 'call':
      return evaluateCall(expression, context);
    case 'result':
      context.reporter.report(
        error('arithmetic/value', 'the result of a layer is known only when the model runs', expression.span),
      );
      return undefined;
    case 'chain':
      context.reporter.report(
        error(
          'arithmetic/value',
          'a chain of layers is no number: it has a value only when the model runs',
          expression.span,
        ),
      );
      return undefined;
  }
}

function evaluateUnary({ operator, operand }: Unary, context: Context): Static | undefined {
  if (operator === 'not') {
    const value = evaluateTruth(operand, context);
    return value === undefined ? undefined : !value;
  }
  const value = evaluateNumber(operand, context);
  return value === undefined ? undefined : operator === '-' ? -value : value;
}

function evaluateBinary(binary: Binary, context: Context): Static | undefined {
  const { operator, left, right } = binary;
  if (operator === 'and' || operator === 'or') {
    const first = evaluateTruth(left, context);
    return first === undefined || first === (operator === 'or') ? first : evaluateTruth(right, context);
  }
  if (operator === '==' || operator === '!=') {
    const first = evaluate(left, context);
    const second = evaluate(right, context);
    if (first === undefined || second === undefined) return undefined;
    return sameStatic(first, second) === (operator === '==');
  }
  const first = evaluateNumber(left, context);
  const second = evaluateNumber(right, context);
  if (first === undefined || second === undefined) return undefined;
  if ((operator === '/' || operator === '%') && second === 0) {
    context.reporter.report(error('arithmetic/division-by-zero', `${first} ${operator} 0 has no result`, binary.span));
    return undefined;
  }
  if (arithmetic.has(operator) && !(Number.isFinite(first) && Number.isFinite(second))) {
    context.reporter.report(infinite(operator, binary));
    return undefined;
  }
  const result = compute(operator, first, second);
  if (typeof result === 'boolean' || Number.isFinite(result)) return result;
  context.reporter.report(
    error('arithmetic/overflow', `${first} ${operator} ${second} is no finite number`, binary.span),
  );
  return undefined;
}

const arithmetic: ReadonlySet<BinaryOperator> = new Set(['+', '-', '*', '/', '%', '^']);

/** `inf` is a number to compare with and to hand on. */
const infinite = (operation: string, { span }: Expression) =>
  error('arithmetic/infinite', `\`inf\` is a limit, and \`${operation}\` calculates with it`, span, {
    notes: ['`inf` and `-inf` may be arguments (`clip(min: -inf)`), compared, and given to min and max'],
  });

function compute(
  operator: Exclude<BinaryOperator, 'and' | 'or' | '==' | '!='>,
  a: number,
  b: number,
): number | boolean {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    // The remainder has the sign of the divisor: `-1 % 4` is 3.
    case '%':
      return a - b * Math.floor(a / b);
    case '^':
      return a ** b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
}

/** The functions of the language; `min` and `max` take any number of numbers. */
const FUNCTIONS: ReadonlyMap<string, { readonly arity: number; readonly apply: (...values: number[]) => number }> =
  new Map([
    ['round', { arity: 1, apply: (value: number) => Math.round(value) }],
    ['floor', { arity: 1, apply: (value: number) => Math.floor(value) }],
    ['ceil', { arity: 1, apply: (value: number) => Math.ceil(value) }],
    ['min', { arity: Number.POSITIVE_INFINITY, apply: Math.min }],
    ['max', { arity: Number.POSITIVE_INFINITY, apply: Math.max }],
  ]);

export const isFunction = (name: string): boolean => FUNCTIONS.has(name) || SIZE_FUNCTIONS.has(name);

function evaluateCall(call: Call, context: Context): Static | undefined {
  const { name, span } = call.callee;
  if (SIZE_FUNCTIONS.has(name)) return evaluateSize(call, context, (argument) => evaluateNumber(argument, context));
  const known = FUNCTIONS.get(name);
  if (!known) {
    const names = [...FUNCTIONS.keys(), ...SIZE_FUNCTIONS.keys()];
    const notes = [...didYouMean(name, names), `functions are ${names.join(', ')}`];
    context.reporter.report(error('name/unknown', `\`${name}\` is no function`, span, { notes }));
    return undefined;
  }
  const named = call.arguments.find((argument) => argument.name);
  if (named) {
    context.reporter.report(
      error('argument/unknown', `\`${name}\` has no argument \`${named.name!.name}\``, named.name!.span),
    );
    return undefined;
  }
  const count = call.arguments.length;
  if (count === 0 || count > known.arity) {
    const wanted = known.arity === 1 ? 'one number' : 'at least one number';
    context.reporter.report(error('argument/count', `\`${name}\` takes ${wanted}, not ${count}`, call.span));
    return undefined;
  }
  const values = call.arguments.map(({ value }) => evaluateNumber(value, context));
  if (values.some((value) => value === undefined)) return undefined;
  if (known.arity === 1 && !Number.isFinite(values[0])) {
    context.reporter.report(infinite(name, call));
    return undefined;
  }
  return known.apply(...(values as number[]));
}

export function evaluateNumber(expression: Expression, context: Context): number | undefined {
  const value = evaluate(expression, context);
  if (value === undefined || typeof value === 'number') return value;
  reportMisfit(expression, value, 'a number', context);
  return undefined;
}

export function evaluateTruth(expression: Expression, context: Context): boolean | undefined {
  const value = evaluate(expression, context);
  if (value === undefined || typeof value === 'boolean') return value;
  reportMisfit(expression, value, 'true or false', context);
  return undefined;
}

function reportMisfit(expression: Expression, value: Static, wanted: string, context: Context): void {
  if (isUnknownName(expression, context.scope)) context.reporter.report(unknownName(expression, context.scope));
  else context.reporter.report(error('arithmetic/type', `expected ${wanted}, found ${show(value)}`, expression.span));
}

/** Whether this is a name that stands for itself, as a keyword does. */
export function isUnknownName(
  expression: Expression,
  scope: Scope,
): expression is Extract<Expression, { kind: 'name' }> {
  return expression.kind === 'name' && scope.lookup(expression.name) === undefined;
}

export function unknownName({ name, span }: Extract<Expression, { kind: 'name' }>, scope: Scope) {
  const known = scope.visible('static');
  return error('name/unknown', `\`${name}\` is not known here`, span, { notes: didYouMean(name, known) });
}

/** A whole number of at least `minimum`, or a problem; `what` begins the message: "the size of H". */
export function evaluateWhole(
  expression: Expression,
  what: string,
  minimum: number,
  context: Context,
): number | undefined {
  const value = evaluateNumber(expression, context);
  if (value === undefined || (Number.isSafeInteger(value) && value >= minimum)) return value;
  const inexact = inexactDivision(expression, context);
  if (inexact) context.reporter.report(inexact);
  else
    context.reporter.report(
      error(
        'dimension/size',
        `${what} is ${showNumber(value)}, expected a whole number of at least ${minimum}`,
        expression.span,
      ),
    );
  return undefined;
}

/** The first `/` in the expression that leaves a remainder, as a problem with its numbers. */
export function inexactDivision(expression: Expression, context: Context) {
  const division = findInexact(expression, context);
  if (!division) return undefined;
  const [left, right] = division.numbers;
  const notes = [
    `${left} / ${right} = ${Number((left / right).toPrecision(7))}; round, floor or ceil says which whole number is meant`,
  ];
  return error('arithmetic/inexact', `${left} does not divide by ${right} evenly`, division.binary.span, { notes });
}

type Inexact = { readonly binary: Binary; readonly numbers: readonly [number, number] };

function findInexact(expression: Expression, context: Context): Inexact | undefined {
  switch (expression.kind) {
    case 'unary':
      return findInexact(expression.operand, context);
    case 'list':
      return firstInexact(expression.elements, context);
    case 'binary': {
      const inner = firstInexact([expression.left, expression.right], context);
      if (inner || expression.operator !== '/') return inner;
      const left = quietly(expression.left, context);
      const right = quietly(expression.right, context);
      if (typeof left !== 'number' || typeof right !== 'number' || Number.isInteger(left / right)) return undefined;
      return { binary: expression, numbers: [left, right] };
    }
    // A rounding function makes what is in it exact.
    default:
      return undefined;
  }
}

function firstInexact(expressions: readonly Expression[], context: Context): Inexact | undefined {
  for (const expression of expressions) {
    const found = findInexact(expression, context);
    if (found) return found;
  }
  return undefined;
}

const quietly = (expression: Expression, context: Context): Static | undefined =>
  evaluate(expression, { ...context, reporter: { report: () => {} } as unknown as Reporter });

/** A compile-time value as it would be written, cut where it is long. */
export function show(value: Static): string {
  const text = written(value);
  return text.length > 60 ? `${text.slice(0, 56)}…` : text;
}

function written(value: Static): string {
  if (typeof value === 'string') return `\`${value}\``;
  if (typeof value === 'number') return showNumber(Number(value.toPrecision(10)));
  if (typeof value === 'boolean') return String(value);
  const parts: string[] = [];
  for (const element of value.slice(0, 30)) parts.push(written(element));
  return `[${parts.join(', ')}${value.length > 30 ? ', …' : ''}]`;
}
