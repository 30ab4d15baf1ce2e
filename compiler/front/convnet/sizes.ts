// Sizes of values as numbers: a layer can follow from what it stands on.
//
//   conv(2 * channels(it), kernel: 3)     repeat size(x, 0) { … }     if rank(input) == 3 { … }
import { error, type Problem } from '../../../dsl/problem.ts';
import { didYouMean } from '../../../dsl/suggest.ts';
import type { Argument, Call, Expression, Identifier, Name } from '../../../dsl/syntax.ts';
import { type Shape, showShape } from '../../tensor.ts';
import type { Context } from './context.ts';
import { resultOf } from './results.ts';
import { FAILED, shapeOf, type Value } from './scope.ts';

/** How each is written, and how many arguments that is. No block may have such a name. */
export const SIZE_FUNCTIONS: ReadonlyMap<string, { readonly written: string; readonly arguments: number }> = new Map([
  ['channels', { written: 'channels(x)', arguments: 1 }],
  ['size', { written: 'size(x, n)', arguments: 2 }],
  ['rank', { written: 'rank(x)', arguments: 1 }],
]);

/**
 * The number; undefined after a problem, and where the value failed.
 * @param number computes the second argument
 */
export function evaluateSize(
  call: Call,
  context: Context,
  number: (expression: Expression) => number | undefined,
): number | undefined {
  const { name } = call.callee;
  const wrong = argumentProblem(call);
  if (wrong) {
    context.reporter.report(wrong);
    return undefined;
  }
  const [first, second] = call.arguments as readonly [Argument, Argument | undefined];
  const value = valueAsked(name, first.value, context);
  const axis = second && number(second.value);
  const shape = value && shapeOf(value);
  if (!shape) return undefined;
  if (name === 'rank') return shape.length;
  if (!second) return shape.at(-1);
  if (axis === undefined) return undefined;
  const size = Number.isSafeInteger(axis) ? shape.at(axis) : undefined;
  if (size === undefined) context.reporter.report(noSuchAxis(axis, shape, second));
  return size;
}

function argumentProblem({ callee, arguments: given, span }: Call): Problem | undefined {
  const { written, arguments: count } = SIZE_FUNCTIONS.get(callee.name)!;
  const named = given.find((argument) => argument.name)?.name;
  if (named) return error('argument/unknown', `\`${callee.name}\` has no argument \`${named.name}\``, named.span);
  if (given.length === count) return undefined;
  const notes = [`it is written \`${written}\``];
  const wanted = count === 1 ? 'one argument' : `${count} arguments`;
  return error('argument/count', `\`${callee.name}\` takes ${wanted}, not ${given.length}`, span, { notes });
}

/** The value that is named. */
function valueAsked(name: string, expression: Expression, context: Context): Value | undefined {
  const { scope, reporter } = context;
  if (expression.kind === 'result' && expression.of.kind === 'name') {
    const value = valueAsked(name, expression.of, context);
    return value && resultOf(value, expression, reporter);
  }
  if (expression.kind !== 'name') {
    const notes = ['a chain would make layers: name its value with `as` and ask for that'];
    reporter.report(error('size/no-name', `\`${name}\` takes the name of a value`, expression.span, { notes }));
    return undefined;
  }
  const meaning = scope.lookup(expression.name);
  if (meaning?.kind === 'value') return meaning.value;
  if (expression.name === 'it') return context.current ?? noValue(expression, context);
  if (expression.name === 'input') return context.input ?? noValue(expression, context);
  if (meaning) {
    const related = [{ at: meaning.span, label: 'named here' }];
    const message = `\`${expression.name}\` is known at compile time: no value with sizes`;
    reporter.report(error('size/no-value', message, expression.span, { related }));
  } else {
    const notes = didYouMean(expression.name, [...scope.visible('value'), 'it', 'input']);
    reporter.report(error('name/unknown', `there is no value \`${expression.name}\` here`, expression.span, { notes }));
  }
  return undefined;
}

function noValue({ name, span }: Name, { reporter }: Context): Value {
  reporter.report(error('value/none', `\`${name}\` has no value here`, span));
  return FAILED;
}

function noSuchAxis(axis: number, shape: Shape, { value }: Argument): Problem {
  const last = shape.length - 1;
  const range = last === 0 ? '0 (or −1)' : `0 to ${last}, or −1 to −${last + 1} from the end`;
  const notes = [`its shape is ${showShape(shape)}: sizes are counted ${range}`];
  return error('size/axis', `there is no size ${axis} of ${shape.length}`, value.span, { notes });
}

/** A name that only a function may have. */
export function reservedForSizes({ name, span }: Identifier): Problem {
  const notes = [`\`${SIZE_FUNCTIONS.get(name)!.written}\` is a number, a size of the value \`x\``];
  return error('name/reserved', `\`${name}\` has a meaning of its own`, span, { notes });
}
